package plan

import (
	"slices"
)

// spot is a service IP and port where the list changes: the entries there as
// read, and those that will be there.
type spot struct{ before, after []*item }

// findSpots finds what the list is about to change.
func (w *work) findSpots() {
	w.spots = map[key]*spot{}
	at := func(k key) *spot {
		if w.spots[k] == nil {
			w.spots[k] = &spot{}
		}
		return w.spots[k]
	}
	for _, e := range w.entries {
		if e.drop || e.to != nil || e.passes() {
			at(e.key)
		}
		if e.to != nil && !e.drop {
			at(keyOf(*e.to))
		}
	}
	for _, e := range w.entries {
		if s := w.spots[e.key]; s != nil && e.whole && !e.isNew {
			s.before = append(s.before, e)
		}
		if s := w.spots[e.will().key]; s != nil && e.will().whole && !e.drop {
			s.after = append(s.after, e)
		}
	}
	w.spotsOf = map[string][]key{}
	for k, s := range w.spots {
		var clusters []string
		for _, e := range slices.Concat(s.before, s.after) {
			clusters = append(append(clusters, e.was...), e.owners...)
		}
		slices.Sort(clusters)
		for _, c := range slices.Compact(clusters) {
			w.spotsOf[c] = append(w.spotsOf[c], k)
		}
	}
}

// will is the entry as it will be, unless it goes.
func (e *item) will() entry {
	if e.to == nil {
		return e.entry
	}
	return entry{name: e.to.Name, key: keyOf(*e.to), service: *e.to, whole: true}
}

// passes reports whether the entry stays as it is and goes from one cluster of
// the call to another: its record by record, so the taker's must be first.
func (e *item) passes() bool {
	return !e.drop && e.to == nil && len(difference(e.was, e.owners)) > 0 && len(difference(e.owners, e.was)) > 0
}

func (e *item) passesTo(cluster string) bool {
	return !e.ownedBy(cluster) && has(e.owners, cluster) && e.passes()
}

// somethingPasses reports whether anything goes from one cluster of the call to
// another without being written.
func (w *work) somethingPasses() bool {
	if slices.ContainsFunc(w.entries, (*item).passes) {
		return true
	}
	lost, lostPools, gainedPools := map[FQName]bool{}, false, false
	for _, c := range w.want {
		now := w.Records[c.Name]
		for _, n := range difference(now.SNAT, w.finalSNAT[c.Name]) {
			lost[n] = true
		}
		lostPools = lostPools || len(now.Pools) > len(w.finalPools[c.Name])
		gainedPools = gainedPools || len(w.finalPools[c.Name]) > len(now.Pools)
	}
	return lostPools && gainedPools || slices.ContainsFunc(w.want, func(c Cluster) bool {
		gained := difference(w.finalSNAT[c.Name], w.Records[c.Name].SNAT)
		return slices.ContainsFunc(gained, func(n FQName) bool { return lost[n] })
	})
}
