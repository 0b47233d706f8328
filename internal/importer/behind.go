package importer

import (
	"net/netip"
	"slices"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/fn/underlay"
	"github.com/nested-config/nested-config/internal/printable"
	"github.com/nested-config/nested-config/internal/underlay/plan"
)

// behind finds what is behind an address.
func (m *matcher) behind(a address) {
	at := m.byKey[netip.AddrPortFrom(a.ip, a.port)]
	if len(at) == 0 {
		m.without(a)
		return
	}
	if e, ok := m.only(a, at); ok {
		if fabric, ok := m.leads(a, e); ok {
			m.take(a, Pair{a.ip, fabric}, e)
		}
	}
}

// without tells of an address that has no link-local service. Only who knows the
// site can say what is behind it.
func (m *matcher) without(a address) {
	if slices.ContainsFunc(m.flags, func(p Pair) bool { return p.ServiceIP == a.ip }) {
		return // what is to be added is told at the end
	}
	hint := "no link-local service has this service IP or port"
	if near := m.byIP[a.ip]; len(near) > 0 {
		hint = "this service IP has " + these(near)
	} else if near := m.byPort[a.port]; len(near) > 0 {
		hint = "this port has " + these(near)
	}
	m.tell(config.Error, a.variable, a.String(), "has no link-local service in the underlay (%s): correct the address or the port, or name the fabric address behind it with --link-local %s=FABRIC_IP", hint, a.ip)
}

// only is the one service at an address. Two that lead to the same place are one.
func (m *matcher) only(a address, at []underlay.Entry) (underlay.Entry, bool) {
	if slices.ContainsFunc(at, func(e underlay.Entry) bool { return plan.Hijacked(e.Service.Name) }) {
		m.tell(config.Error, a.variable, a.String(), "has a link-local service in the underlay with metadata in its name, which the vRouter agent answers itself: rename it there (%s)", these(at))
		return underlay.Entry{}, false
	}
	for _, e := range at[1:] {
		if !e.Whole || !at[0].Whole || !e.Service.SameTarget(at[0].Service) {
			m.tell(config.Error, a.variable, a.String(), "has %d link-local services in the underlay, of which the vRouter agent silently takes the first: remove the wrong ones there (%s)", len(at), these(at))
			return underlay.Entry{}, false
		}
	}
	if len(at) > 1 {
		m.tell(config.Warning, a.variable, a.String(), "has %d link-local services in the underlay that lead to the same place: one is enough (%s)", len(at), these(at))
	}
	return at[0], true
}

// leads is the fabric host that a service leads to, if a NestedConfig can say so.
func (m *matcher) leads(a address, e underlay.Entry) (linklocal.Host, bool) {
	s, why := e.Service, ""
	var host linklocal.Host
	switch {
	case !e.Whole:
		why = "cannot be read in full"
	case s.FabricPort != s.ServicePort:
		why = "leads to another port, but a NestedConfig has one port for both"
	case len(s.FabricIPs) > 1:
		why = "leads to several addresses, but a NestedConfig has a service IP for each"
	case len(s.FabricIPs) == 1 && s.FabricDNSName != "":
		why = "has an address and a name, but a NestedConfig has only one of them"
	case len(s.FabricIPs) == 1:
		host = linklocal.HostAt(s.FabricIPs[0])
	case s.FabricDNSName == "":
		why = "leads nowhere"
	case !a.keystone:
		why = "leads to a name, but a NestedConfig has addresses of nodes"
	default:
		host = linklocal.ParseHost(s.FabricDNSName)
	}
	if why != "" {
		m.tell(config.Error, a.variable, a.String(), "has a link-local service in the underlay that %s: change it there, or import without --config-api, which takes the addresses as they are (%s)", why, these([]underlay.Entry{e}))
	}
	return host, why == ""
}

// take keeps a pair, if it does not contradict another: a node has one service IP,
// and a service IP one node.
func (m *matcher) take(a address, p Pair, e underlay.Entry) {
	if fabric, ok := m.fabrics[p.ServiceIP]; ok && fabric != p.Fabric {
		m.tell(config.Error, a.variable, a.String(), "leads to another node than the same service IP at another port, but a NestedConfig has one node behind a service IP: change the list, or import without --config-api, which takes the addresses as they are (%s)", these([]underlay.Entry{m.from[Pair{p.ServiceIP, fabric}], e}))
		return
	}
	if ip, ok := m.serviceIPs[p.Fabric]; ok && ip != p.ServiceIP {
		m.tell(config.Error, a.variable, a.String(), "leads to a node that has another service IP too, but a NestedConfig has one service IP for a node: change the list, or import without --config-api, which takes the addresses as they are (%s)", these([]underlay.Entry{m.from[Pair{ip, p.Fabric}], e}))
		return
	}
	if _, ok := m.from[p]; !ok {
		m.found, m.from[p] = append(m.found, p), e
		m.fabrics[p.ServiceIP], m.serviceIPs[p.Fabric] = p.Fabric, p.ServiceIP
	}
}

// namedKeystone finds the service IP of a Keystone that the sources call by name.
func (m *matcher) namedKeystone(host linklocal.Host) {
	port := uint16(m.spec.Underlay.Keystone.Port)
	var at []underlay.Entry
	for _, e := range m.held.Entries {
		if e.Whole && e.Service.FabricDNSName == host.Name() && e.Service.ServicePort == port {
			at = append(at, e)
		}
	}
	byFlag := slices.ContainsFunc(m.flags, func(p Pair) bool { return p.Fabric == host })
	switch {
	case len(at) == 0 && byFlag:
	case len(at) == 0:
		m.tell(config.Error, env.KeystoneHost, host.Name(), "has no link-local service with this name and port %d in the underlay (%s): name its service IP with --link-local SERVICE_IP=%s", port, these(m.byPort[port]), printable.Text(host.Name()))
	default:
		a := address{env.KeystoneHost, at[0].Service.ServiceIP, port, true}
		if e, ok := m.only(a, at); ok {
			if _, ok := m.leads(a, e); ok {
				m.take(a, Pair{a.ip, host}, e)
			}
		}
	}
}

// pairs are those of the flags, and those found. What is said on the command line
// must not contradict the underlay.
func (m *matcher) pairs() []Pair {
	for _, f := range m.flags {
		for _, p := range m.found {
			if f.ServiceIP == p.ServiceIP && f.Fabric != p.Fabric {
				m.problems = append(m.problems, config.Problem{Severity: config.Error, Path: "--link-local", Value: pair(f.ServiceIP, f.Fabric),
					Message: "contradicts the underlay: remove it (" + these([]underlay.Entry{m.from[p]}) + ")"})
			}
		}
	}
	return append(slices.Clone(m.flags), slices.DeleteFunc(m.found, func(p Pair) bool { return slices.Contains(m.flags, p) })...)
}
