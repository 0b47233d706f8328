package importer

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/printable"
)

// ParsePair reads SERVICE_IP=FABRIC. The fabric address is judged where it ends
// up, in the config.
func ParsePair(s string) (Pair, error) {
	service, text, ok := strings.Cut(s, "=")
	fabric := linklocal.ParseHost(text)
	ip, err := netip.ParseAddr(service)
	if !ok || err != nil || !ip.Is4() || text == "" {
		return Pair{}, fmt.Errorf("--link-local: %q: must be a service IP and the fabric address behind it, such as 10.10.10.1=192.168.1.100", s)
	}
	return Pair{ip, fabric}, nil
}

// translator replaces service IPs by the fabric addresses behind them.
type translator struct {
	fileOf   func(variable string) string
	fabrics  map[netip.Addr]linklocal.Host
	used     map[netip.Addr]bool
	problems config.Problems
}

// translate makes a spec of service IPs one of fabric addresses with pins.
func (d draft) translate(s *config.Spec, pairs []Pair) config.Problems {
	t := &translator{fileOf: d.fileOf, fabrics: map[netip.Addr]linklocal.Host{}, used: map[netip.Addr]bool{}}
	t.take(pairs)
	s.Connectivity = config.LinkLocalMode
	u := &s.Underlay
	for path, nodes := range s.NodeLists() {
		*nodes = t.nodes(variableOf("spec."+path), *nodes)
	}
	if s.Auth.Mode == config.Keystone {
		u.Keystone.Host = t.keystone(u.Keystone.Host)
	}

	s.LinkLocal.ServiceIPs = map[linklocal.Host]netip.Addr{}
	for _, ip := range slices.SortedFunc(maps.Keys(t.fabrics), netip.Addr.Compare) {
		if !t.used[ip] {
			t.errorf("--link-local", pair(ip, t.fabrics[ip]), "is in no address list of %s: remove it", d.spans)
		}
		s.LinkLocal.ServiceIPs[t.fabrics[ip]] = ip
	}
	return t.problems
}

func (t *translator) errorf(path, value, format string, args ...any) {
	if !t.said(value) {
		t.problems = append(t.problems, config.Problem{Severity: config.Error, Path: path, Value: value, Message: fmt.Sprintf(format, args...)})
	}
}

// said reports whether a value was refused already: the same address is in many
// lists.
func (t *translator) said(value string) bool {
	return value != "" && slices.ContainsFunc(t.problems, func(p config.Problem) bool { return p.Value == value })
}

// take refuses pairs that contradict each other: a node has one service IP.
func (t *translator) take(pairs []Pair) {
	seen := map[linklocal.Host]netip.Addr{}
	for _, p := range pairs {
		value := pair(p.ServiceIP, p.Fabric)
		if other, ok := t.fabrics[p.ServiceIP]; ok && other != p.Fabric {
			t.errorf("--link-local", value, "is already %s: a service IP belongs to one node", printable.Text(other.String()))
			continue
		}
		if other, ok := seen[p.Fabric]; ok && other != p.ServiceIP {
			t.errorf("--link-local", value, "has the service IP %s already: a node has one", other)
			continue
		}
		t.fabrics[p.ServiceIP], seen[p.Fabric] = p.Fabric, p.ServiceIP
	}
}

// pair is the value of --link-local, for messages.
func pair(serviceIP netip.Addr, fabric linklocal.Host) string {
	return fmt.Sprintf("%q", serviceIP.String()+"="+fabric.String())
}

func (t *translator) nodes(variable string, serviceIPs []netip.Addr) []netip.Addr {
	var out []netip.Addr
	for _, ip := range serviceIPs {
		fabric, ok := t.fabrics[ip]
		if !ok {
			t.unknown(variable, ip.String())
			continue
		}
		t.used[ip] = true
		if !fabric.Addr().IsValid() {
			t.errorf("--link-local", pair(ip, fabric), "must be an IPv4 address: a node of %s is behind it", variable)
			continue
		}
		out = append(out, fabric.Addr())
	}
	return out
}

// keystone translates Keystone's address. A name stays, because its certificate
// has it; the pair with that name says which service IP it has.
func (t *translator) keystone(host linklocal.Host) linklocal.Host {
	if !host.Addr().IsValid() {
		for service, fabric := range t.fabrics {
			if fabric == host {
				t.used[service] = true
				return host
			}
		}
		t.errorf(t.fileOf(env.KeystoneHost), "", "%s: %q needs its service IP: add --link-local SERVICE_IP=%s", env.KeystoneHost, host.Name(), printable.Text(host.String()))
		return host
	}
	fabric, ok := t.fabrics[host.Addr()]
	if !ok {
		t.unknown(env.KeystoneHost, host.String())
		return host
	}
	t.used[host.Addr()] = true
	return fabric
}

// unknown reports an address without a pair, once for all lists that have it.
func (t *translator) unknown(variable, ip string) {
	if t.said(fmt.Sprintf("%q", ip)) {
		return
	}
	t.problems = append(t.problems, config.Problem{Severity: config.Error, Path: t.fileOf(variable), Place: variable, Value: fmt.Sprintf("%q", ip),
		Message: fmt.Sprintf("has no fabric address: add --link-local %s=FABRIC_IP", printable.Text(ip))})
}
