package linklocal

import "fmt"

// PortTranslationPool is a range of source ports that the vRouter agent uses for
// Fabric SNAT, in the field names of Contrail's schema.
type PortTranslationPool struct {
	Protocol  string    `json:"protocol"` // tcp or udp
	PortRange PortRange `json:"port_range"`
}

// PortRange is a range of ports, both ends included.
type PortRange struct {
	Start uint16 `json:"start_port"`
	End   uint16 `json:"end_port"`
}

// String is the range as a FabricSNAT has it, such as 56000-57023.
func (r PortRange) String() string { return fmt.Sprintf("%d-%d", r.Start, r.End) }

// PortTranslationPools returns the pools that Fabric SNAT needs before kube-manager
// can reach the config API. They are the pools that kube-manager itself sets
// (vnc_kubernetes.py): it overwrites all others.
func PortTranslationPools() []PortTranslationPool {
	return []PortTranslationPool{
		{"tcp", PortRange{56000, 57023}},
		{"udp", PortRange{57024, 58047}},
	}
}
