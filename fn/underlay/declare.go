package underlay

import (
	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/underlay/plan"
)

// Cluster is what one nested cluster declares about its underlay.
type Cluster struct {
	Name     string              // of the NestedConfig: the owner of what is written
	Services []linklocal.Service // in the order in which they are added
	SNAT     *FabricSNAT         // nil: none
}

// FabricSNAT lets the virtual machines of a network reach the underlay behind the
// address of their compute node.
type FabricSNAT struct {
	Network FQName
	Pools   []linklocal.PortTranslationPool // the ports that compute nodes may use for it; without any, flows are dropped
}

// FQName is the fully qualified name of a Contrail object: domain, project, name.
type FQName [3]string

// Declare gives what a NestedConfig declares.
func Declare(c config.Config) Cluster {
	cluster := Cluster{Name: c.Name, Services: c.Services}
	if c.Spec.Connectivity == config.FabricSNATMode {
		v := c.Spec.Underlay.VirtualNetwork
		cluster.SNAT = &FabricSNAT{Network: FQName{v.Domain, v.Project, v.Name}, Pools: linklocal.PortTranslationPools()}
	}
	return cluster
}

// wanted are the clusters as the plan takes them.
func wanted(clusters []Cluster) []plan.Cluster {
	out := make([]plan.Cluster, len(clusters))
	for i, c := range clusters {
		out[i] = plan.Cluster{Name: c.Name, Services: c.Services}
		if c.SNAT != nil {
			out[i].SNAT = &plan.FabricSNAT{Network: plan.FQName(c.SNAT.Network), Pools: c.SNAT.Pools}
		}
	}
	return out
}
