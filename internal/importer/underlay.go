package importer

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/fn/underlay"
	"github.com/nested-config/nested-config/internal/underlay/plan"
)

// Look reads what the underlay of a site holds. The config is what the sources
// say, with addresses that may be service IPs.
type Look func(config.Config) (underlay.Holding, error)

// matcher finds the one link-local service behind every address of a spec.
type matcher struct {
	draft      *draft
	spec       *config.Spec
	held       underlay.Holding
	flags      []Pair
	byKey      map[netip.AddrPort][]underlay.Entry
	byIP       map[netip.Addr][]underlay.Entry
	byPort     map[uint16][]underlay.Entry // no more than are shown
	agents     []underlay.Entry            // those that lead to the vRouter agent
	found      []Pair
	from       map[Pair]underlay.Entry       // of found: the service that says so
	fabrics    map[netip.Addr]linklocal.Host // of found
	serviceIPs map[linklocal.Host]netip.Addr // of found
	problems   config.Problems
}

// address is what pods dial for a role of the underlay.
type address struct {
	variable string
	ip       netip.Addr
	port     uint16
	keystone bool
}

func (a address) String() string { return netip.AddrPortFrom(a.ip, a.port).String() }

// agentAddress is what every compute node takes as itself.
var agentAddress = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// ask looks at the underlay. It gives the pairs of service IP and fabric address
// that were found there, and sets what else it answers: the service IP of the
// agent, and the connectivity where no address is a service IP.
func (d *draft) ask(c *config.Config, o Options) ([]Pair, underlay.Holding, config.Problems) {
	held, err := o.Look(*c)
	if err != nil {
		return nil, held, failed(err)
	}
	m := &matcher{draft: d, spec: &c.Spec, held: held, flags: o.Pairs, from: map[Pair]underlay.Entry{},
		fabrics: map[netip.Addr]linklocal.Host{}, serviceIPs: map[linklocal.Host]netip.Addr{},
		byKey: map[netip.AddrPort][]underlay.Entry{}, byIP: map[netip.Addr][]underlay.Entry{}, byPort: map[uint16][]underlay.Entry{}}
	for _, e := range held.Entries {
		m.index(e)
	}
	m.network()
	m.agent()
	wanted := m.wanted()
	isServiceIP := func(a address) bool { return len(m.byIP[a.ip]) > 0 }
	if len(m.flags) == 0 && !slices.ContainsFunc(wanted, isServiceIP) {
		m.withoutServiceIPs()
		return nil, held, m.problems
	}
	for _, a := range wanted {
		m.behind(a)
	}
	if c.Spec.Auth.Mode == config.Keystone && c.Spec.Underlay.Keystone.Host.Name() != "" {
		m.namedKeystone(c.Spec.Underlay.Keystone.Host)
	}
	if held.Network.SNAT {
		d.left = append(d.left, "fabric_snat of the virtual network is on in the underlay: it stays so")
	}
	return m.pairs(), held, m.problems
}

// failed makes a problem of each line: every server of several may have failed.
func failed(err error) config.Problems {
	var ps config.Problems
	for line := range strings.SplitSeq(err.Error(), "\n") {
		ps = append(ps, config.Problem{Severity: config.Error, Message: line})
	}
	return ps
}

// maxCandidates is how many link-local services a message names.
const maxCandidates = 5

func (m *matcher) index(e underlay.Entry) {
	s := e.Service
	if s.ServiceIP.IsValid() {
		key := netip.AddrPortFrom(s.ServiceIP, s.ServicePort)
		m.byKey[key] = append(m.byKey[key], e)
		m.byIP[s.ServiceIP] = append(m.byIP[s.ServiceIP], e)
	}
	if s.ServicePort != 0 && len(m.byPort[s.ServicePort]) <= maxCandidates {
		m.byPort[s.ServicePort] = append(m.byPort[s.ServicePort], e)
	}
	if e.Whole && slices.Equal(s.FabricIPs, []netip.Addr{agentAddress}) {
		m.agents = append(m.agents, e)
	}
}

// tell adds a problem of what a variable says.
func (m *matcher) tell(s config.Severity, variable, value, format string, args ...any) {
	p := config.Problem{Severity: s, Path: m.draft.fileOf(variable), Place: variable, Message: fmt.Sprintf(format, args...)}
	if value != "" {
		p.Value = fmt.Sprintf("%q", value)
	}
	if !slices.ContainsFunc(m.problems, func(q config.Problem) bool { return q.Value == p.Value && q.Message == p.Message }) {
		m.problems = oneMore(m.problems, p, "--config-api")
	}
}

// these names link-local services in a message, the first few.
func these(candidates []underlay.Entry) string {
	var b strings.Builder
	for i, e := range candidates {
		if i == maxCandidates {
			fmt.Fprintf(&b, "; and more")
			break
		}
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(plan.Describe(e.Raw))
	}
	return b.String()
}

// network is the virtual network of the nodes: kube-manager silently works beside
// one that does not exist.
func (m *matcher) network() {
	v := m.spec.Underlay.VirtualNetwork
	if !m.held.Network.Exists {
		m.tell(config.Error, env.ClusterNetwork, strings.Join([]string{v.Domain, v.Project, v.Name}, ":"),
			"does not exist in the underlay: is %s the config API of its Contrail?", m.held.Server)
	}
}

// wanted are the addresses of the roles, in their order.
func (m *matcher) wanted() []address {
	var all []address
	for _, r := range m.spec.Roles() {
		for i, f := range r.Fabrics {
			if f.Addr().IsValid() {
				all = append(all, address{variableOf(r.NodePath(i)), f.Addr(), uint16(r.Port), r.Kind == linklocal.Keystone})
			}
		}
	}
	return all
}

// agent finds the service of the vRouter agent, or its service IP where the
// sources have none.
func (m *matcher) agent() {
	port := uint16(m.spec.Underlay.VRouter.Port)
	a := address{variable: env.VRouterVIP, ip: m.spec.LinkLocal.VRouterServiceIP, port: port}
	if !a.ip.IsValid() {
		m.onlyAgent(a)
		return
	}
	at := m.byKey[netip.AddrPortFrom(a.ip, a.port)]
	if len(at) == 0 {
		m.tell(config.Error, a.variable, a.String(), "has no link-local service in the underlay (those that lead to the vRouter agent: %s): is %s the config API of its Contrail?", orNone(m.agents), m.held.Server)
		return
	}
	if e, ok := m.only(a, at); ok && (!e.Whole || e.Service.FabricPort != port || e.Service.FabricDNSName != "" || !slices.Equal(e.Service.FabricIPs, []netip.Addr{agentAddress})) {
		m.tell(config.Error, a.variable, a.String(), "must lead to %s, which is the vRouter agent of every compute node: correct it in the underlay (%s)", netip.AddrPortFrom(agentAddress, port), these(at))
	}
}

// onlyAgent takes the service IP of the agent from the underlay, if there is one
// alone.
func (m *matcher) onlyAgent(a address) {
	var ips []netip.Addr
	for _, e := range m.agents {
		if s := e.Service; s.ServicePort == a.port && s.FabricPort == a.port && !slices.Contains(ips, s.ServiceIP) {
			ips = append(ips, s.ServiceIP)
		}
	}
	if len(ips) != 1 {
		m.tell(config.Error, a.variable, "", "is required, but the underlay does not have exactly one service IP that leads to %s (%s): add the line", netip.AddrPortFrom(agentAddress, a.port), orNone(m.agents))
		return
	}
	m.spec.LinkLocal.VRouterServiceIP = ips[0]
	m.draft.places["spec.linkLocal.vrouterServiceIP"] = "the only one of the underlay that leads to the vRouter agent"
}

func orNone(candidates []underlay.Entry) string {
	if len(candidates) == 0 {
		return "none"
	}
	return these(candidates)
}

// withoutServiceIPs is for a site whose addresses are not service IPs.
func (m *matcher) withoutServiceIPs() {
	if !m.held.Network.SNAT {
		m.tell(config.Warning, "", "", "no address has a link-local service in the underlay, and fabric_snat of the virtual network is off: the import uses the addresses as they are (connectivity Direct)")
		return
	}
	m.spec.Connectivity = config.FabricSNATMode
	m.draft.places["spec.connectivity"] = "fabric_snat of the virtual network is on, and no address below has a link-local service"
	switch pools := m.held.Pools; {
	case m.held.PoolsUnknown:
		m.tell(config.Warning, "", "", "the port translation pools of the underlay cannot be read: `underlay plan` says so too")
	case len(pools) == 0:
		m.tell(config.Warning, "", "", "the underlay has no port translation pools, without which no SNAT flow is made: `underlay plan` adds those of kube-manager")
	case !plan.SamePools(pools, linklocal.PortTranslationPools()):
		m.tell(config.Warning, "", "", "the port translation pools of the underlay (%s) differ from those of kube-manager, which overwrites them: `underlay plan` shows them as a conflict", plan.DescribePools(pools))
		m.draft.left = append(m.draft.left, "port translation pools "+plan.DescribePools(pools)+": kube-manager has its own")
	}
}
