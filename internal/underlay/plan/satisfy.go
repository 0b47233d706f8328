package plan

import (
	"slices"

	"github.com/nested-config/nested-config/fn/linklocal"
)

// satisfy gives a declared service its entry.
func (w *work) satisfy(d demand) {
	var at []*item
	for _, e := range w.byKey[keyOf(d.Service)] {
		if !e.drop {
			at = append(at, e)
		}
	}
	e := w.choose(at, d)
	switch {
	case e == nil:
		e = w.place(at, d)
	case e.sameTarget(d.Service):
		w.share(e, d)
	default:
		w.redirect(e, d)
	}
	if e != nil && !e.inTheWay {
		e.wanted = d.clusters
	}
	for _, o := range at {
		if e != nil && e.to == nil && o.whole && e.is(o.service) {
			o.wanted = e.wanted // its duplicate, which leads to the same place
		}
	}
	w.clear(at, e, d)
}

// choose finds the entry that already is the service, or was: the right target
// before the wrong one, ours before others' before nobody's, the right name
// before the wrong one. Nobody's with the wrong target is never chosen.
func (w *work) choose(at []*item, d demand) *item {
	rank := func(e *item) int {
		r := 0
		switch {
		case w.anyInCall(e.was):
		case len(e.was) > 0:
			r += 2
		default:
			r += 4
		}
		if !e.sameTarget(d.Service) {
			if r != 0 {
				return -1
			}
			r += 6
		}
		if e.name != d.Name {
			r++
		}
		return r
	}
	var best *item
	for _, e := range at {
		if r := rank(e); r >= 0 && (best == nil || r < rank(best)) {
			best = e
		}
	}
	return best
}

// share is for an entry that leads where it should: only its name and its
// owners are in question.
func (w *work) share(e *item, d demand) {
	switch {
	case len(e.was) == 0 && !w.Adopt && e.name != d.Name && Hijacked(e.name):
		w.conflict(KeyTaken, d, e)
		return
	case len(e.was) == 0 && !w.Adopt:
		return // it serves, whatever it is called: the agent goes by address and port
	}
	e.owners = union(e.owners, d.clusters)
	if slices.Contains(d.names, e.name) {
		return
	}
	if !w.allInCall(e.was) {
		e.keepsName = true
		return
	}
	if w.nameIsFree(d, e) {
		e.to = &d.Service
	}
}

// redirect is for an entry of ours that leads elsewhere.
func (w *work) redirect(e *item, d demand) {
	if !w.allInCall(e.was) && !w.restores(e, d) {
		w.conflict(KeyOwned, d, e)
		return
	}
	if e.name != d.Name && !w.nameIsFree(d, e) {
		return
	}
	e.owners, e.to = d.clusters, &d.Service
}

// restores reports whether the entry becomes what every claim of a cluster
// outside of the call says of its service IP and port: somebody has edited it.
func (w *work) restores(e *item, d demand) bool {
	return !slices.ContainsFunc(w.outside[e.key], func(s linklocal.Service) bool { return !d.SameTarget(s) })
}

// place is for a service that has no entry: it takes one that is in its way, if
// it may, or else gets a new one at the end of the list.
func (w *work) place(at []*item, d demand) *item {
	if len(at) > 0 {
		e := firstOf(at, func(e *item) bool { return e.foreign() })
		if e == nil || !w.Adopt {
			return nil // clear names the conflicts
		}
		if e.name != d.Name && !w.nameIsFree(d, e) {
			return nil
		}
		e.owners, e.to = d.clusters, &d.Service
		return e
	}
	if e := w.sameNamed(d); e != nil {
		e.owners, e.to = d.clusters, &d.Service
		return e
	}
	if !w.nameIsFree(d, nil) {
		return nil
	}
	s := d.Service
	e := &item{isNew: true, owners: d.clusters, to: &s,
		entry: entry{name: s.Name, key: keyOf(s), service: s, whole: true}}
	w.append(e)
	return e
}

// sameNamed is the one entry of nobody's that has the service's name and that
// no other service wants, if it may be taken.
func (w *work) sameNamed(d demand) *item {
	var found *item
	for _, e := range w.byName[nameKey(d.Name)] {
		if !w.Adopt || e.drop {
			continue
		}
		if !e.foreign() || w.wanted[e.key] != nil || e.to != nil || found != nil {
			return nil
		}
		found = e
	}
	return found
}

// nameIsFree reports whether nothing but e and what is ours has the service's
// name; anything else is a conflict.
func (w *work) nameIsFree(d demand, e *item) bool {
	free := true
	for _, o := range w.byName[nameKey(d.Name)] {
		if o == e || o.drop || o.isNew || o.to != nil || w.anyInCall(o.was) {
			continue
		}
		reason := NameTaken
		if len(o.was) > 0 {
			reason = NameOwned
		}
		w.conflict(reason, d, o)
		free = false
	}
	return free
}

// clear deals with everything else at the service's key. The agent takes the
// first entry, so one that leads elsewhere cannot stay.
func (w *work) clear(at []*item, chosen *item, d demand) {
	for _, e := range at {
		if e == chosen || e.sameTarget(d.Service) {
			continue
		}
		switch {
		case len(e.was) == 0 && w.Adopt, len(e.was) > 0 && w.allInCall(e.was):
			e.drop = true
		case len(e.was) == 0:
			w.conflict(KeyTaken, d, e)
		default:
			w.conflict(KeyOwned, d, e)
		}
	}
}

func (w *work) conflict(r Reason, d demand, e *item) {
	e.inTheWay = true
	w.plan.Conflicts = append(w.plan.Conflicts, Conflict{
		Reason: r, Clusters: d.clusters, Service: d.Service, Entry: e.raw, Owners: e.was})
}

func union(a, b []string) []string {
	for _, s := range b {
		a = add(a, s)
	}
	return a
}
