package linklocal

import (
	"fmt"
	"net/netip"
)

// Kind says which part of the underlay something is, by the name of its field below
// spec.underlay. It is what protocols, TLS and wording hang on; the names of
// link-local services are for people. The zero Kind is unknown: of a service that was
// read from a rendered declaration or from the underlay, only the name says what it is
// for, and somebody may have chosen that.
type Kind string

// The kinds that are treated differently from the rest.
const (
	Keystone Kind = "keystone" // one host, which may have a DNS name
	VRouter  Kind = "vrouter"  // on every compute node
)

// Role is something of the underlay that runs on one or more nodes.
type Role struct {
	Kind    Kind
	Name    string // as link-local services are called after it
	Path    string // of the field that describes it, for messages
	Fabrics []Host // addresses, or one host of either form
	Port    int    // TCP, the same on every node and as service port
}

// NodePath is the field that holds the i-th of Fabrics, for messages.
func (r Role) NodePath(i int) string {
	if r.Kind == Keystone {
		return r.Path + ".host"
	}
	return fmt.Sprintf("%s.nodes[%d]", r.Path, i)
}

// agentName is the guide's name for the vRouter agent's service.
const agentName = "K8s-cni-to-agent"

// Services are the link-local services for what has been allocated: a row for
// each node of each role that has a service IP, and the vRouter agent's, last.
// The agent is reached at 127.0.0.1, which every compute node takes as itself.
func Services(prefix string, roles []Role, vrouterPort int, a Allocation) []Service {
	var rows []Service
	for _, role := range roles {
		for i, f := range role.Fabrics {
			ip := a.ServiceIP(f)
			if !ip.IsValid() {
				continue
			}
			s := Service{Kind: role.Kind, Name: prefix + role.Name, ServiceIP: ip, ServicePort: uint16(role.Port), FabricPort: uint16(role.Port)}
			if len(role.Fabrics) > 1 {
				s.Name = fmt.Sprintf("%s %d", s.Name, i+1)
			}
			if f.Addr().IsValid() {
				s.FabricIPs = []netip.Addr{f.Addr()}
			}
			s.FabricDNSName = f.Name()
			rows = append(rows, s)
		}
	}
	return append(rows, Service{
		Kind:        VRouter,
		Name:        prefix + agentName,
		ServiceIP:   a.VRouter.ServiceIP,
		ServicePort: uint16(vrouterPort),
		FabricIPs:   []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})},
		FabricPort:  uint16(vrouterPort),
	})
}
