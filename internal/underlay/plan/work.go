package plan

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/nested-config/nested-config/fn/linklocal"
)

// work is a plan in the making.
type work struct {
	State
	Options
	want    []Cluster
	demands []demand
	entries []*item // in the order of the list, new ones at the end
	plan    Plan
	// final is what each cluster of this call owns of networks and pools in the end.
	finalSNAT  map[string][]FQName
	finalPools map[string][]linklocal.PortTranslationPool
}

// item is an entry with what becomes of it.
type item struct {
	entry
	isNew  bool
	was    []string                     // owners as read, sorted
	owners []string                     // owners in the end
	claim  map[string]linklocal.Service // what each owner's record says of it
	to     *linklocal.Service           // new content
	drop   bool
	wanted []string // the clusters of this call that declare it

	inTheWay  bool // of a conflict
	keepsName bool // it is called otherwise than declared: another cluster owns it too
}

func newWork(s State, want []Cluster, o Options) *work {
	w := &work{State: s, Options: o, want: want,
		finalSNAT: map[string][]FQName{}, finalPools: map[string][]linklocal.PortTranslationPool{}}
	w.demands, w.plan.Conflicts = demands(want)
	for _, raw := range s.Entries {
		w.entries = append(w.entries, &item{entry: parseEntry(raw), claim: map[string]linklocal.Service{}})
	}
	return w
}

// findOwners resolves every claim: to all entries that are exactly so, which
// nobody can tell apart, or else to at most one.
func (w *work) findOwners() {
	clusters := slices.Sorted(maps.Keys(w.Records))
	var missing []struct {
		cluster string
		service linklocal.Service
	}
	// First, the entries that are exactly as somebody recorded them.
	byKey := w.index()
	for _, c := range clusters {
		r := w.Records[c].sorted() // so that the order in which a record is written says nothing
		for i, s := range slices.Concat(r.Owns, r.Pending) {
			pending := i >= len(r.Owns)
			if pending && (contains(w.Unused[c], s) || contains(r.Owns, s)) {
				continue
			}
			found := false
			for _, e := range byKey[keyOf(s)] {
				if e.is(s) {
					e.own(c, s)
					found = true
				}
			}
			if !found && !pending {
				missing = append(missing, struct {
					cluster string
					service linklocal.Service
				}{c, s})
			}
		}
	}
	// Then, those that somebody changed since: with the same key, and the same
	// target (renamed, perhaps by a co-owner) or the same name (edited, unless it
	// is exactly what another cluster owns, or is about to own: else the claim
	// would hold until that cluster's is written, and the next plan would differ).
	// Of several with the name nobody knows which. Only what a record has seen in
	// the list counts: of something pending it is not known that it ever was there.
	for _, m := range missing {
		at := byKey[keyOf(m.service)]
		if slices.ContainsFunc(at, func(e *item) bool { return e.ownedBy(m.cluster) }) {
			continue
		}
		e := firstOf(at, func(e *item) bool { return e.sameTarget(m.service) })
		if e == nil {
			e = onlyOf(at, func(e *item) bool { return e.name == m.service.Name })
			if e != nil && (len(e.was) > 0 || !w.inCall(m.cluster) && w.declared(e)) {
				e = nil
			}
		}
		for _, o := range at {
			if e != nil && (o == e || o.whole && e.is(o.service)) {
				o.own(m.cluster, m.service)
			}
		}
	}
	for _, e := range w.entries {
		e.owners = e.was
	}
}

// declared reports whether the entry leads just where a cluster of this call
// declares that it does.
func (w *work) declared(e *item) bool {
	return slices.ContainsFunc(w.demands, func(d demand) bool { return e.sameTarget(d.Service) })
}

func (w *work) index() map[key][]*item {
	byKey := make(map[key][]*item, len(w.entries))
	for _, e := range w.entries {
		if e.key.valid() {
			byKey[e.key] = append(byKey[e.key], e)
		}
	}
	return byKey
}

func (e *item) own(cluster string, s linklocal.Service) {
	e.was = add(e.was, cluster)
	e.claim[cluster] = s
}

func (e *item) ownedBy(cluster string) bool {
	_, found := slices.BinarySearch(e.was, cluster)
	return found
}

func (e *item) foreign() bool { return len(e.was) == 0 && !e.isNew }

func firstOf(items []*item, ok func(*item) bool) *item {
	if i := slices.IndexFunc(items, ok); i >= 0 {
		return items[i]
	}
	return nil
}

// onlyOf is the one item that is ok; nil: none is, or several are.
func onlyOf(items []*item, ok func(*item) bool) *item {
	i := slices.IndexFunc(items, ok)
	if i < 0 || slices.ContainsFunc(items[i+1:], ok) {
		return nil
	}
	return items[i]
}

// release takes the clusters of this call off what they own and do not declare.
// What loses its last owner goes.
func (w *work) release() {
	for _, e := range w.entries {
		if e.drop {
			e.owners = nil
			continue
		}
		for _, c := range e.owners {
			switch {
			case !w.inCall(c) || slices.Contains(e.wanted, c):
			case w.Prune:
				e.owners = without(e.owners, c)
			}
		}
		if len(e.was) > 0 && len(e.owners) == 0 && len(e.wanted) == 0 {
			e.drop = true
		}
	}
}

// after is the entry as it will stand in the list.
func (e *item) after() json.RawMessage {
	switch {
	case e.drop:
		return nil
	case e.to != nil:
		return marshal(*e.to)
	}
	return e.raw
}
