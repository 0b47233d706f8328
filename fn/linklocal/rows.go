package linklocal

import (
	"fmt"
	"net/netip"
)

// Role is something of the underlay that runs on one or more nodes.
type Role struct {
	Name    string   // as link-local services are called after it
	Path    string   // of the field that describes it, for messages
	Fabrics []string // IPv4 addresses or one DNS name
	Port    int      // TCP, the same on every node and as service port
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
			s := Service{Name: prefix + role.Name, ServiceIP: ip, ServicePort: uint16(role.Port), FabricPort: uint16(role.Port)}
			if len(role.Fabrics) > 1 {
				s.Name = fmt.Sprintf("%s %d", s.Name, i+1)
			}
			if fabricIP, err := netip.ParseAddr(f); err == nil {
				s.FabricIPs = []netip.Addr{fabricIP}
			} else {
				s.FabricDNSName = f
			}
			rows = append(rows, s)
		}
	}
	return append(rows, Service{
		Name:        prefix + agentName,
		ServiceIP:   a.VRouter.ServiceIP,
		ServicePort: uint16(vrouterPort),
		FabricIPs:   []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})},
		FabricPort:  uint16(vrouterPort),
	})
}
