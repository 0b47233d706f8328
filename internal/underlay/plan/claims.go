package plan

import (
	"maps"
	"slices"

	"github.com/nested-config/nested-config/fn/linklocal"
)

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
