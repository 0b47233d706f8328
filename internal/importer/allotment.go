package importer

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/fn/linklocal"
)

// allotment is what contrail-ansible 4.x makes service IPs of. Controllers get those
// from the base of its private network plus 2 on, analytics nodes the next ones,
// Keystone the base plus 101, and the vRouter agent the one behind. A node of two
// roles gets two.
type allotment struct {
	base                   netip.Addr // the zero Addr: none are made
	controllers, analytics []netip.Addr
	apiServer              string // where nothing else says it
	line                   int
}

// The places of service IPs, counted from the base.
const (
	allotNodes    = 2
	allotKeystone = 101
	allotVRouter  = 102
)

// join adds what another source says.
func (a *allotment) join(b *allotment) *allotment {
	if a == nil || b == nil {
		if a == nil {
			return b
		}
		return a
	}
	joined := *a
	if !joined.base.IsValid() {
		joined.base = b.base
	}
	if joined.controllers == nil {
		joined.controllers = b.controllers
	}
	if joined.analytics == nil {
		joined.analytics = b.analytics
	}
	if joined.apiServer == "" {
		joined.apiServer = b.apiServer
	}
	return &joined
}

// allotted makes settings of service IPs, as contrail-ansible did, and pairs of them
// with what is behind, if each node has one.
func (d draft) allotted() draft {
	a := d.allot
	if a == nil {
		return d
	}
	r := &reading{d.spans.String(), "", d}
	if r.has(env.ConfigNodes) || r.has(env.ControllerNodes) {
		r.say("the address lists of the source count, and not the service IPs that contrail-ansible would make")
		return r.draft
	}
	r.allotDefaults()
	if !r.has(env.NestedMode) {
		r.say("nested_mode is not true, so contrail-ansible makes a cluster that is not nested; the NestedConfig is nested")
	}
	if len(a.controllers) == 0 {
		r.say(fmt.Sprintf("no host is in [%s]: give the inventory and its group_vars together, such as hosts group_vars/all.yml", controllersGroup))
		return r.draft
	}
	if len(a.analytics) == 0 {
		r.say(fmt.Sprintf("no host is in [%s]: so contrail-ansible makes no service IP for collectors; those of the controllers are used", analyticsGroup))
	}
	switch {
	case !a.base.IsValid():
		r.lists(a.controllers, a.analytics)
		r.say("nested_cluster_private_network is missing, so contrail-ansible makes no service IPs")
	case len(a.controllers)+len(a.analytics) > allotKeystone-allotNodes:
		r.problems = append(r.problems, config.Problem{Severity: config.Error, Path: r.file, Message: "has more controllers and analytics nodes than contrail-ansible has service IPs for"})
	default:
		r.serviceIPs(a)
	}
	return r.draft
}

// allotDefaults are what contrail-ansible takes where nobody says it.
func (r *reading) allotDefaults() {
	if r.allot.apiServer != "" && !r.has(env.APIServer) {
		r.putFrom("["+kubernetesGroup+"]", env.APIServer, r.allot.apiServer, 1)
	}
	if !r.has(env.RabbitMQPort) {
		r.putFrom("default of contrail-ansible", env.RabbitMQPort, "5672", 1)
	}
}

// serviceIPs counts them on from the base.
func (r *reading) serviceIPs(a *allotment) {
	var pairs []Pair
	var lists [2][]netip.Addr
	next := allotNodes
	for i, nodes := range [2][]netip.Addr{a.controllers, a.analytics} {
		for _, ip := range nodes {
			lists[i] = append(lists[i], plus(a.base, next))
			pairs = append(pairs, Pair{plus(a.base, next), linklocal.HostAt(ip)})
			next++
		}
	}
	r.lists(lists[0], lists[1])
	if text := r.value(env.KeystoneHost); text != "" {
		host, service := linklocal.ParseHost(text), plus(a.base, allotKeystone)
		pairs = append(pairs, Pair{service, host})
		if host.Addr().IsValid() { // a name stays
			r.put(env.KeystoneHost, service.String(), r.lineOf(env.KeystoneHost))
		}
	}
	r.putFrom("of nested_cluster_private_network", env.VRouterVIP, plus(a.base, allotVRouter).String(), 1)
	r.pair(pairs)
}

// pair keeps the pairs, unless a node has several: a NestedConfig has one service IP
// for each.
func (r *reading) pair(pairs []Pair) {
	seen := map[linklocal.Host]netip.Addr{}
	for _, p := range pairs {
		if first, ok := seen[p.Fabric]; ok {
			r.doubled = true
			r.note(p.Fabric.String(), fmt.Sprintf("has the service IP %s beside %s", p.ServiceIP, first))
			r.say(fmt.Sprintf("contrail-ansible gave %s the service IPs %s and %s, and a NestedConfig has one for each node: the addresses stay service IPs (connectivity Direct), and you maintain the rows in the underlay yourself", p.Fabric, first, p.ServiceIP))
			continue
		}
		seen[p.Fabric] = p.ServiceIP
	}
	if !r.doubled {
		r.pairs = pairs
	}
}

// lists makes settings of addresses.
func (r *reading) lists(controllers, analytics []netip.Addr) {
	for _, l := range []struct {
		variable, field, group string
		ips                    []netip.Addr
	}{{env.ConfigNodes, "config", controllersGroup, controllers}, {env.ControllerNodes, "configDB", controllersGroup, controllers}, {env.AnalyticsNodes, "analytics", analyticsGroup, analytics}} {
		var texts []string
		for _, ip := range l.ips {
			texts = append(texts, ip.String())
		}
		if len(texts) > 0 {
			r.put(l.variable, strings.Join(texts, ","), 1)
			r.places["spec.underlay."+l.field+".nodes"] = "[" + l.group + "]"
		}
	}
}

// say warns of the source as a whole.
func (r *reading) say(message string) {
	p := config.Problem{Severity: config.Warning, Path: r.file, Message: message}
	if !slices.Contains(r.problems, p) {
		r.problems = append(r.problems, p)
	}
}

// plus counts on from an address; it ends with the last there is.
func plus(ip netip.Addr, n int) netip.Addr {
	for ; n > 0 && ip.Next().IsValid(); n-- {
		ip = ip.Next()
	}
	return ip
}
