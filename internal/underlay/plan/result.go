package plan

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/linklocal"
)

// result writes down what the items have come to.
func (w *work) result() Plan {
	p := &w.plan
	var changes []Change
	p.ListChanges = w.Restored
	for _, e := range w.entries {
		after := e.after()
		if after != nil {
			p.Entries = append(p.Entries, after)
		}
		if c, ok := w.change(e, after); ok {
			p.ListChanges = p.ListChanges || c.Action == Add || c.Action == Modify || c.Action == Remove
			changes = append(changes, c)
		} else {
			p.Kept = append(p.Kept, Kept{Entry: e.raw, Owners: e.owners, Wanted: e.wanted, Standing: w.standing(e), Note: e.note()})
		}
	}
	p.Changes = append(changes, p.Changes...)
	if len(p.Conflicts) > 0 {
		return Plan{Conflicts: p.Conflicts, Changes: p.Changes, Kept: p.Kept, Entries: w.State.Entries}
	}
	w.findSpots()
	w.findChanged()
	w.claiming = p.WritesUnderlay() || w.somethingPasses()
	p.Claim, p.Final = map[string]Record{}, map[string]Record{}
	for _, c := range w.want {
		w.record(c.Name)
	}
	p.Unused = w.unused()
	return *p
}

func (e *item) note() string {
	if e.keepsName {
		return noteOtherName
	}
	return ""
}

// standing is that of an entry which stays.
func (w *work) standing(e *item) Standing {
	switch {
	case e.inTheWay:
		return InTheWay
	case len(e.owners) > 0 && len(e.wanted) == 0 && w.anyInCall(e.owners):
		return Undeclared
	case len(e.owners) > 0:
		return Owned
	case len(e.wanted) > 0 && !w.declares(e):
		return OtherName
	case len(e.wanted) > 0:
		return Shared
	}
	return Foreign
}

// declares reports whether a cluster of the call gives an entry the name that it
// has.
func (w *work) declares(e *item) bool {
	d := w.wanted[e.key]
	return d != nil && slices.Contains(d.names, e.name)
}

// change says what happens to an entry that becomes after; false: nothing.
func (w *work) change(e *item, after json.RawMessage) (Change, bool) {
	c := Change{Clusters: e.wanted, Before: e.raw, After: after, Note: e.note()}
	gone := difference(e.was, e.owners)
	switch {
	case e.isNew:
		c.Action, c.Before = Add, nil
	case e.drop:
		c.Action, c.Clusters, c.Note = Remove, e.was, ""
		if len(e.was) == 0 {
			c.Note = noteReplaced
		}
	case e.to != nil && len(e.was) == 0:
		c.Action, c.Note = Modify, noteAdopted
	case e.to != nil:
		c.Action = Modify
	case len(difference(e.owners, e.was)) > 0:
		c.Action, c.Clusters = Own, difference(e.owners, e.was)
		if len(e.was) == 0 {
			c.Note = noteAdopted
		}
	case len(gone) > 0:
		c.Action, c.Clusters = Release, gone
	default:
		return Change{}, false
	}
	return c, true
}

// record compares what a cluster's record says with what it should say before
// and after the writing.
func (w *work) record(cluster string) {
	now := w.Records[cluster].sorted()
	claim, final := w.claim(cluster, now), w.final(cluster)
	if w.claiming && !claim.Equal(now) {
		w.plan.Claim[cluster], now = claim, claim
	}
	if final.Equal(now) {
		return
	}
	w.plan.Final[cluster] = final
	if !w.changed[cluster] {
		w.plan.Changes = append(w.plan.Changes, Change{Action: Modify, Clusters: []string{cluster},
			What: "annotation " + OwnerPrefix + cluster, Note: noteUpToDate})
	}
}

// findChanged finds the clusters that a change is for, and what each will own.
func (w *work) findChanged() {
	w.changed, w.owned = map[string]bool{}, map[string][]*item{}
	for _, c := range w.plan.Changes {
		for _, cluster := range c.Clusters {
			w.changed[cluster] = true
		}
	}
	for _, e := range w.entries {
		for _, cluster := range e.owners {
			if !e.drop {
				w.owned[cluster] = append(w.owned[cluster], e)
			}
		}
	}
}

// final is the record once everything is written.
func (w *work) final(cluster string) Record {
	r := Record{SNAT: w.finalSNAT[cluster], Pools: w.finalPools[cluster]}
	for _, e := range w.owned[cluster] {
		switch {
		case e.to != nil:
			r.Owns = append(r.Owns, *e.to)
		default:
			r.Owns = append(r.Owns, e.service)
		}
	}
	return r.sorted()
}

func (r Record) sorted() Record {
	byKey := func(a, b linklocal.Service) int {
		if c := cmp.Or(a.ServiceIP.Compare(b.ServiceIP), cmp.Compare(a.ServicePort, b.ServicePort), strings.Compare(a.Name, b.Name)); c != 0 {
			return c
		}
		return strings.Compare(string(marshal(a)), string(marshal(b))) // seldom, and dear
	}
	r.Owns = slices.CompactFunc(slices.SortedFunc(slices.Values(r.Owns), byKey), linklocal.Service.Equal)
	r.Pending = slices.CompactFunc(slices.SortedFunc(slices.Values(r.Pending), byKey), linklocal.Service.Equal)
	r.SNAT = slices.Compact(slices.SortedFunc(slices.Values(r.SNAT), compareFQName))
	return r
}

// difference gives what of one set is not in another.
func difference[T comparable](a, b []T) []T {
	if len(a) == 0 || slices.Equal(a, b) {
		return nil
	}
	in := make(map[T]bool, len(b))
	for _, s := range b {
		in[s] = true
	}
	return slices.DeleteFunc(slices.Clone(a), func(s T) bool { return in[s] })
}

func parsePool(raw json.RawMessage) (linklocal.PortTranslationPool, bool) {
	var j struct {
		Protocol json.RawMessage `json:"protocol"`
		Range    *struct {
			Start json.RawMessage `json:"start_port"`
			End   json.RawMessage `json:"end_port"`
		} `json:"port_range"`
		Count json.RawMessage `json:"port_count"`
	}
	if json.Unmarshal(raw, &j) != nil || j.Range == nil || text(j.Count) != "" {
		return linklocal.PortTranslationPool{}, false
	}
	p := linklocal.PortTranslationPool{Protocol: text(j.Protocol),
		PortRange: linklocal.PortRange{Start: port(j.Range.Start), End: port(j.Range.End)}}
	return p, p.PortRange.Start != 0 && p.PortRange.End >= p.PortRange.Start
}

// DescribePools puts pools into one line.
func DescribePools(pools []linklocal.PortTranslationPool) string {
	var parts []string
	for _, p := range pools {
		parts = append(parts, fmt.Sprintf("%s %d-%d", p.Protocol, p.PortRange.Start, p.PortRange.End))
	}
	return strings.Join(parts, ", ")
}
