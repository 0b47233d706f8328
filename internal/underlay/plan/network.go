package plan

import (
	"maps"
	"slices"

	"github.com/nested-config/nested-config/fn/linklocal"
)

// whatPools names the property where a service would stand in a Change.
const whatPools = "port translation pools"

// planPools sets the pools where there are none, and changes them where they
// are ours. They are never taken away: whatever else does SNAT needs them, and
// kube-manager counts on its own being there.
func (w *work) planPools() {
	var want []linklocal.PortTranslationPool
	var clusters []string
	for _, c := range w.want {
		switch {
		case c.SNAT == nil:
			if mine := w.Records[c.Name].Pools; len(mine) > 0 && !w.Prune {
				w.finalPools[c.Name] = mine
			}
			continue
		case want != nil && !SamePools(want, c.SNAT.Pools):
			w.plan.Conflicts = append(w.plan.Conflicts, Conflict{
				Reason: PoolsDisagree, What: whatPools, Clusters: []string{clusters[0], c.Name}})
			return
		}
		want, clusters = c.SNAT.Pools, append(clusters, c.Name) // by name
	}
	if len(want) == 0 {
		return
	}
	have, readable := w.ReadPools()
	var owners []string
	for _, c := range slices.Sorted(maps.Keys(w.Records)) {
		if len(w.Records[c].Pools) > 0 {
			owners = append(owners, c)
		}
	}
	written := func(c string) bool {
		return w.inCall(c) && !slices.ContainsFunc(have, func(p linklocal.PortTranslationPool) bool { return !slices.Contains(w.Records[c].Pools, p) })
	}
	change := Change{Action: Modify, Clusters: clusters, What: whatPools, Note: DescribePools(want)}
	switch {
	case readable && SamePools(have, want):
		if len(owners) == 0 && !w.Adopt {
			w.plan.Kept = append(w.plan.Kept, Kept{What: whatPools, Wanted: clusters, Standing: Shared})
			return
		}
		w.plan.Kept = append(w.plan.Kept, Kept{What: whatPools, Wanted: clusters, Owners: owners})
	case readable && len(have) == 0:
		change.Action = Add
		w.plan.Pools, w.plan.Changes = want, append(w.plan.Changes, change)
	case w.allInCall(owners) && (w.Adopt || slices.ContainsFunc(owners, written)):
		w.plan.Pools, w.plan.Changes = want, append(w.plan.Changes, change)
	default:
		w.plan.Conflicts = append(w.plan.Conflicts, Conflict{
			Reason: PoolsTaken, What: whatPools, Clusters: clusters, Entry: w.Pools, Owners: owners})
		return
	}
	for _, c := range clusters {
		w.finalPools[c] = want
	}
}

// SamePools compares as sets: a list property comes back in any order.
func SamePools(a, b []linklocal.PortTranslationPool) bool {
	in := func(list []linklocal.PortTranslationPool) func(linklocal.PortTranslationPool) bool {
		return func(p linklocal.PortTranslationPool) bool { return !slices.Contains(list, p) }
	}
	return len(a) == len(b) && !slices.ContainsFunc(a, in(b)) && !slices.ContainsFunc(b, in(a))
}

// planNetworks switches fabric_snat on where it is declared, and off where it is
// ours and no longer declared.
func (w *work) planNetworks() {
	wanters, owners := map[FQName][]string{}, map[FQName][]string{}
	for _, c := range w.want {
		if c.SNAT != nil {
			wanters[c.SNAT.Network] = append(wanters[c.SNAT.Network], c.Name)
		}
	}
	for _, c := range slices.Sorted(maps.Keys(w.Records)) {
		for _, name := range w.Records[c].SNAT {
			if !has(owners[name], c) {
				owners[name] = append(owners[name], c)
			}
		}
	}
	for _, name := range Networks(w.Records, w.want) {
		if len(wanters[name]) > 0 {
			w.switchOn(name, wanters[name], owners[name])
		} else {
			w.switchOff(name, owners[name])
		}
	}
}

func (w *work) switchOn(name FQName, wanters, owners []string) {
	network, what := w.Networks[name], whatSNAT(name)
	switch {
	case !network.Exists:
		w.plan.Conflicts = append(w.plan.Conflicts, Conflict{Reason: NoNetwork, What: name.String(), Clusters: wanters})
		return
	case !network.SNAT:
		w.plan.SNAT = append(w.plan.SNAT, SNATChange{name, true})
		w.plan.Changes = append(w.plan.Changes, Change{Action: Add, Clusters: wanters, What: what})
	case len(owners) == 0 && !w.Adopt:
		w.plan.Kept = append(w.plan.Kept, Kept{What: what, Wanted: wanters, Standing: Shared})
		return
	default:
		w.plan.Kept = append(w.plan.Kept, Kept{What: what, Wanted: wanters, Owners: owners})
	}
	for _, c := range union(wanters, owners) {
		if w.inCall(c) && (has(wanters, c) || !w.Prune) {
			w.finalSNAT[c] = append(w.finalSNAT[c], name)
		}
	}
}

func (w *work) switchOff(name FQName, owners []string) {
	network, what := w.Networks[name], whatSNAT(name)
	if !w.Prune {
		for _, c := range owners {
			w.finalSNAT[c] = append(w.finalSNAT[c], name)
		}
		w.plan.Kept = append(w.plan.Kept, Kept{What: what, Owners: owners, Standing: Undeclared})
		return
	}
	if w.allInCall(owners) && network.SNAT {
		w.plan.SNAT = append(w.plan.SNAT, SNATChange{name, false})
		w.plan.Changes = append(w.plan.Changes, Change{Action: Remove, Clusters: owners, What: what})
	}
}

// WhatSNAT is what a virtual network's fabric_snat is called in a Change, before
// the network's name.
const WhatSNAT = "fabric_snat of "

func whatSNAT(name FQName) string { return WhatSNAT + name.String() }
