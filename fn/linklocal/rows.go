package linklocal

import (
	"fmt"
	"net/netip"
)

// Kind is a part of the underlay, named like its field below spec.underlay.
// Protocols, TLS and messages depend on the kind; the names of link-local services
// are only for people. The zero Kind is unknown: a service that was read from a
// rendered declaration or from the underlay has only a name, which anybody may have
// chosen.
type Kind string

// The kinds that are treated differently from the rest.
const (
	Keystone Kind = "keystone" // one host, which may have a DNS name
	VRouter  Kind = "vrouter"  // on every compute node
)

// Role is a part of the underlay that runs on one or more nodes.
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

// Services are the link-local services for an allocation: one for each node of each
// role that has a service IP, and then the one for the vRouter agent. The fabric
// address of the agent is 127.0.0.1, because it is on every compute node.
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
