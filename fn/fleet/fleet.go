// Package fleet knows what the nested clusters of one underlay share, and how they
// can conflict. The whole underlay has one list of link-local services. The
// vRouter agent identifies an entry by service IP and port, and silently ignores a
// second entry with the same pair; tools identify an entry by its name; and every
// network of the underlay gets a route for every service IP.
package fleet

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/linklocal"
)

// Problem is a conflict, reported for the later of the two configs.
type Problem struct {
	Member int // index into what Check got
	config.Problem
}

// Check compares the configs of each underlay with each other. where[i] is the name
// of config i in messages: its file, or its name. It takes time linear in the
// number of link-local services.
func Check(configs []config.Config, where []string) []Problem {
	var problems []Problem
	for _, u := range byUnderlay(configs) {
		if len(u.Members) < 2 {
			continue
		}
		c := checker{configs: configs, where: where, members: u.Members}
		c.clusterNames()
		c.owners()
		c.services()
		c.addresses()
		problems = append(problems, c.problems...)
	}
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(a.Member-b.Member, strings.Compare(a.Path, b.Path))
	})
	return problems
}

// Underlay is what the configs of one underlay need of it together.
type Underlay struct {
	Name    string // spec.underlay.name
	Members []int  // indexes into what was asked about
	Entries []Entry
}

// Entry is a link-local service and who uses it.
type Entry struct {
	linklocal.Service          // as the first of Members calls it
	AlsoNamed         []string // other names of the same, in order
	Members           []int
}

// Union returns the link-local services that each underlay must have for all
// configs. Equal services appear once, in order of first appearance. The configs
// must have passed Check.
func Union(configs []config.Config) []Underlay {
	underlays := byUnderlay(configs)
	for i := range underlays {
		u := &underlays[i]
		at := map[netip.AddrPort]int{}
		for _, m := range u.Members {
			for _, s := range configs[m].Services {
				key := netip.AddrPortFrom(s.ServiceIP, s.ServicePort)
				j, known := at[key]
				if !known {
					j = len(u.Entries)
					at[key] = j
					u.Entries = append(u.Entries, Entry{Service: s})
				}
				e := &u.Entries[j]
				e.Members = append(e.Members, m)
				if s.Name != e.Name && !slices.Contains(e.AlsoNamed, s.Name) {
					e.AlsoNamed = append(e.AlsoNamed, s.Name)
				}
			}
		}
	}
	return underlays
}

func byUnderlay(configs []config.Config) []Underlay {
	var out []Underlay
	at := map[string]int{}
	for i := range configs {
		name := configs[i].Spec.Underlay.Name
		j, known := at[name]
		if !known {
			j = len(out)
			at[name] = j
			out = append(out, Underlay{Name: name})
		}
		out[j].Members = append(out[j].Members, i)
	}
	return out
}

// Allocate allocates the service IPs of configs from config.Parse, for all configs
// of one underlay together. It allocates in the order of their names, so the order
// of the arguments does not matter. Pins never change.
func Allocate(configs []config.Config) []Problem {
	var problems []Problem
	for _, u := range byUnderlay(configs) {
		slices.SortStableFunc(u.Members, func(a, b int) int { return strings.Compare(configs[a].Name, configs[b].Name) })
		requests := make([]linklocal.Request, len(u.Members))
		for i, m := range u.Members {
			requests[i] = configs[m].Request()
		}
		allocations, errs := linklocal.AllocateAll(requests)
		for i, m := range u.Members {
			if errs[i] != nil {
				problems = append(problems, Problem{m, config.PoolProblem(errs[i])})
				continue
			}
			for _, p := range configs[m].Assign(allocations[i]) {
				problems = append(problems, Problem{m, p})
			}
		}
	}
	slices.SortStableFunc(problems, func(a, b Problem) int { return a.Member - b.Member })
	return problems
}

// self is the config that is told, whose place stands in front of the message.
func (c checker) self(m int) string { return config.Kind + " " + c.configs[m].Name }

// name is another config in a message, with its place.
func (c checker) name(m int) string {
	name := c.self(m)
	if c.where[m] != c.configs[m].Name {
		name += " (" + c.where[m] + ")"
	}
	return name
}
