package fleet

import (
	"fmt"
	"net/netip"
	"strconv"

	"github.com/nested-config/nested-config/fn/config"
)

// holder is the first config that has something, and how many more have it.
type holder struct {
	member int
	path   string
	more   int
	last   int // the latest of those counted
}

// route is why a service IP must mean nothing else anywhere in the underlay.
const route = "every network of the underlay gets a route for service IPs"

// book is what all configs have, each address and prefix once.
type book struct {
	serviceIPs map[netip.Addr]*holder
	services   map[netip.Addr]place // the first with a service IP
	order      []netip.Addr         // of the service IPs
	subnets    map[netip.Prefix]*holder
	lengths    [33]bool // of the prefixes of the subnets
	machines   map[netip.Addr]*holder
}

func (c *checker) collect() *book {
	b := &book{serviceIPs: map[netip.Addr]*holder{}, services: map[netip.Addr]place{}, subnets: map[netip.Prefix]*holder{}, machines: map[netip.Addr]*holder{}}
	for _, m := range c.members {
		conf := &c.configs[m]
		for i, s := range conf.Services {
			h := b.serviceIPs[s.ServiceIP]
			if h == nil {
				b.order = append(b.order, s.ServiceIP)
				b.services[s.ServiceIP] = place{m, i}
			}
			count(b.serviceIPs, s.ServiceIP, m, "", h)
		}
		for _, s := range conf.Subnets() {
			b.lengths[s.Prefix.Bits()] = true
			count(b.subnets, s.Prefix, m, s.Path, b.subnets[s.Prefix])
		}
		for _, x := range addressesOf(conf) {
			count(b.machines, x.ip, m, x.path, b.machines[x.ip])
		}
	}
	return b
}

// addresses compares every service IP with the subnets and the machines of all
// other clusters. A config has been compared with itself already.
func (c *checker) addresses() {
	b := c.collect()

	// First, look up every service IP.
	inside := map[*holder][]netip.Addr{} // service IPs of earlier configs, by subnet
	for _, ip := range b.order {
		mine := b.serviceIPs[ip]
		for bits, used := range b.lengths {
			if !used {
				continue
			}
			prefix, _ := ip.Prefix(bits)
			switch h := b.subnets[prefix]; {
			case h == nil:
			case h.member > mine.member:
				inside[h] = append(inside[h], ip)
			default:
				path, value := c.origin(b.services[ip])
				c.errorf(mine.member, path, value, "service IP %s of %s lies in %s %s of %s, and %s: choose an unused address", ip, c.self(mine.member), h.path, prefix, c.holder(h), route)
			}
		}
		if h := b.machines[ip]; h != nil {
			c.isMachine(b.services[ip], mine, h)
		}
	}

	// Last, tell each subnet once, whatever lies in it.
	for prefix, h := range b.subnets {
		ips := inside[h]
		if len(ips) == 0 {
			continue
		}
		others := ""
		if n := len(ips) - 1; n > 0 {
			others = fmt.Sprintf(" (and %d other service IPs)", n)
		}
		c.errorf(h.member, h.path, strconv.Quote(prefix.String()), "of %s contains service IP %s of %s%s, and %s: choose another subnet, or other service IPs there",
			c.self(h.member), ips[0], c.holder(b.serviceIPs[ips[0]]), others, route)
	}
}

func count[K comparable](m map[K]*holder, key K, member int, path string, h *holder) {
	switch {
	case h == nil:
		m[key] = &holder{member, path, 0, member}
	case h.last != member: // a config may have it at several ports or roles
		h.more++
		h.last = member
	}
}

func (c *checker) isMachine(p place, mine, h *holder) {
	ip := c.at(p).ServiceIP
	if mine.member > h.member {
		path, value := c.origin(p)
		c.errorf(mine.member, path, value, "service IP %s of %s is %s of %s: choose an unused address", ip, c.self(mine.member), h.path, c.holder(h))
		return
	}
	c.errorf(h.member, h.path, strconv.Quote(ip.String()), "is a machine in %s and a service IP of %s: choose an unused address there", c.self(h.member), c.holder(mine))
}

// holder is who has something, in a message.
func (c *checker) holder(h *holder) string {
	name := c.name(h.member)
	if h.more > 0 {
		name += fmt.Sprintf(" and of %d more", h.more)
	}
	return name
}

type machine struct {
	ip   netip.Addr
	path string
}

// addressesOf are the machines that a config knows by address.
func addressesOf(c *config.Config) []machine {
	var out []machine
	for _, role := range c.Spec.Roles() {
		for i, f := range role.Fabrics {
			if ip := f.Addr(); ip.IsValid() {
				out = append(out, machine{ip, role.NodePath(i)})
			}
		}
	}
	if ip := c.Spec.Kubernetes.APIServer.Addr(); ip.IsValid() {
		out = append(out, machine{ip, "spec.kubernetes.apiServer"})
	}
	for i, n := range c.Spec.Nodes {
		out = append(out, machine{n.IP, fmt.Sprintf("spec.nodes[%d].ip", i)})
	}
	return out
}
