package importer

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/fn/underlay"
	"github.com/nested-config/nested-config/internal/underlay/plan"
)

// names are those that the link-local services of a config have in the underlay.
type names struct {
	declared []linklocal.Service
	there    map[netip.AddrPort][]string // of those that lead to the same place
}

// namesOf compares what a config declares with what the underlay holds.
func namesOf(declared []linklocal.Service, held underlay.Holding) names {
	n := names{declared, map[netip.AddrPort][]string{}}
	at := map[netip.AddrPort]linklocal.Service{}
	for _, s := range declared {
		at[netip.AddrPortFrom(s.ServiceIP, s.ServicePort)] = s
	}
	for _, e := range held.Entries {
		key := netip.AddrPortFrom(e.Service.ServiceIP, e.Service.ServicePort)
		if s, ok := at[key]; ok && e.Whole && e.Service.SameTarget(s) {
			n.there[key] = append(n.there[key], e.Service.Name)
		}
	}
	return n
}

func (n names) of(s linklocal.Service) []string {
	return n.there[netip.AddrPortFrom(s.ServiceIP, s.ServicePort)]
}

// prefix is what all names have in front of the guide's; false: they do not share
// one. A service that is not there yet says nothing.
func (n names) prefix() (string, bool) {
	var shared []string
	first := true
	for _, s := range n.declared {
		var these []string
		for _, name := range n.of(s) {
			if p, ok := strings.CutSuffix(name, s.Name); ok {
				these = append(these, p)
			}
		}
		switch {
		case len(n.of(s)) == 0:
			continue
		case first:
			shared, first = these, false
		default:
			shared = slices.DeleteFunc(shared, func(p string) bool { return !slices.Contains(these, p) })
		}
	}
	if len(shared) == 0 {
		return "", false
	}
	return slices.Min(shared), true
}

// missing tells what is not there yet.
func (n names) missing(server string) config.Problems {
	var ps config.Problems
	for _, s := range n.declared {
		if len(n.of(s)) == 0 {
			ps = append(ps, config.Problem{Severity: config.Warning, Path: "--config-api",
				Message: fmt.Sprintf("%s does not have the link-local service %s: `underlay plan` shows how to add it", server, plan.DescribeService(s))})
		}
	}
	return ps
}

// comment says which names stay as they are.
func (n names) comment() string {
	other := 0
	for _, s := range n.declared {
		if there := n.of(s); len(there) > 0 && !slices.Contains(there, s.Name) {
			other++
		}
	}
	if other == 0 {
		return "as in the underlay"
	}
	return fmt.Sprintf("as in the underlay, where %d of %d link-local services have names of their own and keep them", other, len(n.declared))
}
