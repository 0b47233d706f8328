package underlay

import (
	"context"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/underlay/configapi"
	"github.com/nested-config/nested-config/internal/underlay/plan"
)

// Holding is what an underlay holds of the things that nested clusters declare.
type Holding struct {
	Server string
	// Entries are the link-local services of all clusters and of everybody else, in
	// the order of the list. One whose fields hold a password or a token has no
	// name, and is not whole where it matters.
	Entries []plan.Found
	// Network is the virtual network that was asked for.
	Network plan.Network
	// Pools are the port translation pools; PoolsUnknown: they cannot be read.
	Pools        []linklocal.PortTranslationPool
	PoolsUnknown bool
}

// Read reads what the underlay holds, and the virtual network; the zero FQName is
// none. It writes nothing.
func Read(ctx context.Context, c *configapi.Client, network plan.FQName, o Options) (Holding, error) {
	want := []plan.Cluster{}
	if network != (plan.FQName{}) {
		want = append(want, plan.Cluster{SNAT: &plan.FabricSNAT{Network: network}})
	}
	r := newRun(c, want, o)
	var s snapshot
	err := r.patiently(ctx, func() (err error) {
		s, err = r.read(ctx)
		return err
	})
	if err != nil {
		return Holding{}, err
	}
	h := Holding{Server: r.report.Server, Entries: s.Found(), Network: s.Networks[network]}
	for i := range h.Entries {
		h.Entries[i] = r.found(h.Entries[i])
	}
	pools, ok := s.ReadPools()
	h.Pools, h.PoolsUnknown = pools, !ok
	return h, nil
}

// found is an entry as it may be shown.
func (r *run) found(e plan.Found) plan.Found {
	if !r.client.Secrets.In(string(e.Raw)) {
		return e
	}
	e.Raw = r.entry(e.Raw)
	if r.client.Secrets.In(e.Service.Name) {
		e.Service.Name = ""
	}
	if r.client.Secrets.In(e.Service.FabricDNSName) {
		e.Service.FabricDNSName, e.Whole = "", false
	}
	return e
}
