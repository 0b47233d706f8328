package plan

import (
	"maps"
	"slices"

	"github.com/nested-config/nested-config/fn/linklocal"
)

// claims are what one record says of one service IP and port.
type claims struct{ owns, pending []linklocal.Service }

// byKey takes the claims of a record apart by service IP and port. What is both
// owned and pending is owned.
func (r Record) byKey() map[key]claims {
	out := map[key]claims{}
	r = r.sorted() // so that the order in which a record is written says nothing
	for _, s := range r.Owns {
		c := out[keyOf(s)]
		c.owns = append(c.owns, s)
		out[keyOf(s)] = c
	}
	for _, s := range r.Pending {
		if c := out[keyOf(s)]; !contains(c.owns, s) {
			c.pending = append(c.pending, s)
			out[keyOf(s)] = c
		}
	}
	return out
}

// findOwners says whose every entry is.
func (w *work) findOwners() {
	w.outside = map[key][]linklocal.Service{}
	w.claims = map[string]map[key]claims{}
	for c, r := range w.Records {
		r.Pending = slices.DeleteFunc(slices.Clone(r.Pending), func(s linklocal.Service) bool { return contains(w.Unused[c], s) })
		w.claims[c] = r.byKey()
		if w.inCall(c) {
			continue
		}
		for _, s := range slices.Concat(r.Owns, r.Pending) {
			w.outside[keyOf(s)] = append(w.outside[keyOf(s)], s)
		}
	}
	whole := map[key][]*item{}
	for _, e := range w.entries {
		if e.whole {
			whole[e.key] = append(whole[e.key], e)
		}
	}
	for _, cluster := range slices.Sorted(maps.Keys(w.claims)) {
		for k, c := range w.claims[cluster] {
			for i, means := range w.meaning(cluster, c, asRead(whole[k])) {
				if e := whole[k]; means {
					e[i].was = append(e[i].was, cluster) // each once, and sorted
				}
			}
		}
	}
	for _, e := range w.entries {
		e.owners = e.was
	}
}

func asRead(items []*item) []entry {
	out := make([]entry, len(items))
	for i, e := range items {
		out[i] = e.entry
	}
	return out
}

// meaning says which of the entries at one service IP and port the claims mean,
// by the rules of the package. It depends on nothing that a run writes but on
// these claims and these entries, so that the run can see to what they will mean.
func (w *work) meaning(cluster string, c claims, at []entry) []bool {
	found := make([]bool, len(at))
	mark := func(means func(entry) bool) bool {
		any := false
		for i, e := range at {
			if means(e) {
				found[i], any = true, true
			}
		}
		return any
	}
	exact, missing := false, []linklocal.Service{}
	for _, s := range c.owns {
		if mark(func(e entry) bool { return e.is(s) }) {
			exact = true
		} else {
			missing = append(missing, s)
		}
	}
	for _, s := range c.pending {
		exact = mark(func(e entry) bool { return e.is(s) }) || exact
	}
	for _, s := range missing {
		named := func(e entry) bool {
			return e.name == s.Name && !slices.ContainsFunc(w.outside[e.key], e.is)
		}
		switch {
		case !w.inCall(cluster):
			_ = mark(func(e entry) bool { return e.sameTarget(s) }) || mark(named)
			continue
		case exact:
			return found
		}
		one := slices.IndexFunc(at, func(e entry) bool { return e.sameTarget(s) })
		if one < 0 {
			one = onlyIndex(at, named)
		}
		if one >= 0 {
			mark(func(e entry) bool { return e.is(at[one].service) })
			return found
		}
	}
	return found
}

// onlyIndex is the index of the one entry that is ok; -1: none is, or several are.
func onlyIndex(at []entry, ok func(entry) bool) int {
	i := slices.IndexFunc(at, ok)
	if i >= 0 && slices.ContainsFunc(at[i+1:], ok) {
		return -1
	}
	return i
}

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

// claim is the record before anything else is written: what it says now, and
// what is about to be put into the underlay. It means the same entries as now,
// and once the list is written it means them still, as far as they stay, and
// what the cluster then owns. What is there already needs no claim yet: cut off
// here, nothing of ours is there without one.
func (w *work) claim(cluster string, now Record) Record {
	r := Record{SNAT: slices.Concat(now.SNAT, w.finalSNAT[cluster]), Pools: now.Pools}
	at := now.byKey()
	for _, k := range w.spotsFor(cluster, at) {
		s, c := w.spots[k], at[k]
		for _, e := range s.after {
			s := e.will().service
			if has(e.owners, cluster) && (e.to != nil || e.passes()) && !contains(c.owns, s) && !contains(c.pending, s) {
				c.pending = append(slices.Clone(c.pending), s)
			}
		}
		if !w.steady(cluster, s, c) {
			c = s.exact(cluster)
		}
		at[k] = c
	}
	for _, c := range at {
		r.Owns = append(r.Owns, c.owns...)
		r.Pending = append(r.Pending, c.pending...)
	}
	for _, p := range w.finalPools[cluster] {
		if !slices.Contains(r.Pools, p) {
			r.Pools = append(slices.Clone(r.Pools), p)
		}
	}
	return r.sorted()
}

// spotsFor are the places where the list changes that a cluster has to do with: by
// what it owns there, before or after, or by what its record says.
func (w *work) spotsFor(cluster string, at map[key]claims) []key {
	out := slices.Clone(w.spotsOf[cluster])
	for k := range at {
		if w.spots[k] != nil && !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

// steady reports whether the claims mean what the cluster owns, both before and
// after the list is written.
func (w *work) steady(cluster string, s *spot, c claims) bool {
	before := w.meaning(cluster, c, asRead(s.before))
	for i, e := range s.before {
		if before[i] != (e.ownedBy(cluster) || e.passesTo(cluster)) {
			return false
		}
	}
	will := make([]entry, len(s.after))
	for i, e := range s.after {
		will[i] = e.will()
	}
	after := w.meaning(cluster, c, will)
	for i, e := range s.after {
		means := e.ownedBy(cluster) || e.passesTo(cluster)
		if e.to != nil {
			means = has(e.owners, cluster)
		}
		if after[i] != means {
			return false
		}
	}
	return true
}

// exact are claims that mean nothing but what is exactly so.
func (s *spot) exact(cluster string) (c claims) {
	for _, e := range s.before {
		switch {
		case e.passesTo(cluster) || e.ownedBy(cluster) && (e.drop || e.to != nil):
			c.pending = append(c.pending, e.service)
		case e.ownedBy(cluster):
			c.owns = append(c.owns, e.service)
		}
	}
	for _, e := range s.after {
		if e.to != nil && has(e.owners, cluster) {
			c.pending = append(c.pending, *e.to)
		}
	}
	return c
}

// unused are the claims that are written first, and mean nothing yet: if such an
// entry is in the list all the same before this run has written it, somebody else
// has put it there.
func (w *work) unused() map[string][]linklocal.Service {
	out := maps.Clone(w.Unused)
	for c, r := range w.plan.Claim {
		for _, s := range r.Pending {
			there := slices.ContainsFunc(w.byKey[keyOf(s)], func(e *item) bool { return !e.isNew && e.is(s) })
			if !there && !contains(w.Records[c].Pending, s) {
				if out == nil {
					out = map[string][]linklocal.Service{}
				}
				out[c] = append(slices.Clone(out[c]), s)
			}
		}
	}
	return out
}
