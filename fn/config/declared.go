package config

import "net/netip"

// Kinds that are written, not read.
const (
	LinkLocalServiceKind = "LinkLocalService"
	FabricSNATKind       = "FabricSNAT"
	FleetCheckKind       = "FleetCheck"
)

// LinkLocalServiceSpec declares one link-local service of the underlay.
type LinkLocalServiceSpec struct {
	ServiceName   string       `yaml:"serviceName" format:"namePrefix" require:"schema" doc:"Name of the entry."`
	ServiceIP     netip.Addr   `yaml:"serviceIP" require:"schema" doc:"What pods and nodes dial."`
	ServicePort   int          `yaml:"servicePort" min:"1" max:"65535" require:"schema" doc:"TCP port that they dial."`
	FabricIPs     []netip.Addr `yaml:"fabricIPs" doc:"Where it leads; several are chosen from at random."`
	FabricDNSName string       `yaml:"fabricDNSName" format:"host" doc:"Where it leads, by name; instead of fabricIPs."`
	FabricPort    int          `yaml:"fabricPort" min:"1" max:"65535" require:"schema" doc:"TCP port there."`
}

// FabricSNATSpec declares Fabric SNAT of one virtual network.
type FabricSNATSpec struct {
	VirtualNetwork       Network    `yaml:"virtualNetwork" require:"schema" doc:"The network of the VMs."`
	PortTranslationPools []PortPool `yaml:"portTranslationPools" require:"schema" doc:"Source ports that the vRouter agents use."`
}

// PortPool is a range of ports.
type PortPool struct {
	Protocol string `yaml:"protocol" enum:"tcp,udp" require:"schema" doc:"Protocol."`
	Ports    string `yaml:"ports" format:"portRange" require:"schema" doc:"First and last port, such as 56000-57023."`
}
