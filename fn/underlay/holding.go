package underlay

import (
	"context"
	"encoding/json"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/underlay/plan"
)

// Holding is the current state of those parts of an underlay that nested clusters
// declare.
type Holding struct {
	Server string
	// Entries are the link-local services of all clusters and of all others, in the
	// order of the list. A name or DNS name with a password or a token is left out;
	// without its DNS name an entry is not Whole.
	Entries []Entry
	// Network is the requested virtual network.
	Network Network
	// Pools are the port translation pools. PoolsUnknown says that they cannot be
	// read.
	Pools        []linklocal.PortTranslationPool
	PoolsUnknown bool
}

// Entry is a link-local service of the list.
type Entry struct {
	Raw json.RawMessage
	// Service is the entry as far as it can be read. If the entry is not Whole, use
	// only the name, the service IP and the service port, if they are not zero.
	Service linklocal.Service
	Whole   bool
}

// Network is a virtual network.
type Network struct {
	Exists bool
	SNAT   bool // fabric_snat is on
}

// Read reads the state of the underlay and of a virtual network; with the zero
// FQName it reads no network. It writes nothing.
func Read(ctx context.Context, c *Client, network FQName, o Options) (Holding, error) {
	want := []Cluster{}
	if network != (FQName{}) {
		want = append(want, Cluster{SNAT: &FabricSNAT{Network: network}})
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
	h := Holding{Server: r.report.Server, Network: Network(s.Networks[plan.FQName(network)])}
	for _, e := range s.Found() {
		h.Entries = append(h.Entries, r.found(Entry(e)))
	}
	pools, ok := s.ReadPools()
	h.Pools, h.PoolsUnknown = pools, !ok
	return h, nil
}

// found is an entry as it may be shown.
func (r *run) found(e Entry) Entry {
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
