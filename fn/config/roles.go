package config

import (
	"iter"
	"net/netip"

	"github.com/nested-config/nested-config/fn/linklocal"
)

// roles with nodes of their own, in the order in which service IPs are given. The
// kind is the name of the field below spec.underlay; the names are the guide's.
var roles = []struct {
	kind linklocal.Kind
	name string
	tls  string // the switch below spec for TLS
	at   func(*Underlay) (nodes *[]netip.Addr, port int)
}{
	{linklocal.Config, "Contrail Config", "tls.configAPI", func(u *Underlay) (*[]netip.Addr, int) { return &u.Config.Nodes, u.Config.Port }},
	{linklocal.Analytics, "Contrail Analytics", "tls.sandesh", func(u *Underlay) (*[]netip.Addr, int) { return &u.Analytics.Nodes, u.Analytics.Port }},
	{linklocal.RabbitMQ, "Contrail Msg Queue", "tls.rabbitmq", func(u *Underlay) (*[]netip.Addr, int) { return &u.RabbitMQ.Nodes, u.RabbitMQ.Port }},
	{linklocal.ConfigDB, "Contrail VNC DB", "tls.configDB", func(u *Underlay) (*[]netip.Addr, int) { return &u.ConfigDB.Nodes, u.ConfigDB.Port }},
}

// Roles are what the nested cluster reaches in the underlay: those with nodes, and
// Keystone last.
func (s *Spec) Roles() []linklocal.Role {
	out := make([]linklocal.Role, 0, len(roles)+1)
	for _, r := range roles {
		nodes, port := r.at(&s.Underlay)
		out = append(out, linklocal.Role{Kind: r.kind, Name: r.name, Path: "spec.underlay." + string(r.kind), Fabrics: hosts(*nodes), Port: port})
	}
	if s.Auth.Mode == Keystone {
		k := s.Underlay.Keystone
		out = append(out, linklocal.Role{Kind: linklocal.Keystone, Name: "Keystone", Path: "spec.underlay.keystone", Fabrics: []linklocal.Host{k.Host}, Port: k.Port})
	}
	return out
}

// SpeaksTLS reports whether a role is reached by TLS.
func (s *Spec) SpeaksTLS(kind linklocal.Kind) bool {
	if kind == linklocal.Keystone {
		return s.Auth.Protocol == "https"
	}
	for _, r := range roles {
		if r.kind == kind {
			return s.Meets(r.tls)
		}
	}
	return false
}

// NodeLists are the node lists of the roles, each by its path below spec.
func (s *Spec) NodeLists() iter.Seq2[string, *[]netip.Addr] {
	return func(yield func(string, *[]netip.Addr) bool) {
		for _, r := range roles {
			if nodes, _ := r.at(&s.Underlay); !yield("underlay."+string(r.kind)+".nodes", nodes) {
				return
			}
		}
	}
}

func hosts(ips []netip.Addr) []linklocal.Host {
	out := make([]linklocal.Host, len(ips))
	for i, ip := range ips {
		out[i] = linklocal.HostAt(ip)
	}
	return out
}

// Request asks for the service IPs that the config needs: with LinkLocal one
// for each distinct fabric host, otherwise for the vRouter agent alone.
func (c Config) Request() linklocal.Request {
	r := linklocal.Request{
		Pool:       c.Spec.LinkLocal.Pool,
		Exclude:    c.Spec.LinkLocal.Exclude,
		Pins:       c.Spec.LinkLocal.ServiceIPs,
		VRouterPin: c.Spec.LinkLocal.VRouterServiceIP,
	}
	if c.Spec.Connectivity != LinkLocalMode {
		return r
	}
	seen := map[linklocal.Host]bool{}
	for _, role := range c.Spec.Roles() {
		for _, f := range role.Fabrics {
			if !seen[f] {
				seen[f] = true
				r.Fabrics = append(r.Fabrics, f)
			}
		}
	}
	return r
}

// Dial is what the pods of the nested cluster dial for a fabric host: with
// LinkLocal the service IP of an address, otherwise the host itself. A name
// stays in any case, because certificates hold it; the pod gets a host alias.
func (c Config) Dial(fabric linklocal.Host) string {
	if ip := c.ServiceIPs.ServiceIP(fabric); ip.IsValid() && fabric.Name() == "" {
		return ip.String()
	}
	return fabric.String()
}
