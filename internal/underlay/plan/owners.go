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
