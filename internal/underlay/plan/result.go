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
		if after := e.after(); after != nil {
			p.Entries = append(p.Entries, after)
		}
		if c, ok := w.change(e); ok {
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
	w.claiming = p.WritesUnderlay() || w.somethingPasses()
	p.Claim, p.Settle = map[string]Record{}, map[string]Record{}
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
	return slices.ContainsFunc(w.demands, func(d demand) bool { return keyOf(d.Service) == e.key && slices.Contains(d.names, e.name) })
}

// change says what happens to an entry; false: nothing.
func (w *work) change(e *item) (Change, bool) {
	c := Change{Clusters: e.wanted, Before: e.raw, After: e.after(), Note: e.note()}
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
	w.plan.Settle[cluster] = final
	if !slices.ContainsFunc(w.plan.Changes, func(c Change) bool { return slices.Contains(c.Clusters, cluster) }) {
		w.plan.Changes = append(w.plan.Changes, Change{Action: Modify, Clusters: []string{cluster},
			What: "annotation " + OwnerPrefix + cluster, Note: noteUpToDate})
	}
}

// final is the record once everything is written.
func (w *work) final(cluster string) Record {
	r := Record{SNAT: w.finalSNAT[cluster], Pools: w.finalPools[cluster]}
	for _, e := range w.entries {
		switch {
		case e.drop || !slices.Contains(e.owners, cluster):
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
		return cmp.Or(a.ServiceIP.Compare(b.ServiceIP), cmp.Compare(a.ServicePort, b.ServicePort),
			strings.Compare(a.Name, b.Name), strings.Compare(string(marshal(a)), string(marshal(b))))
	}
	r.Owns = slices.CompactFunc(slices.SortedFunc(slices.Values(r.Owns), byKey), linklocal.Service.Equal)
	r.Pending = slices.CompactFunc(slices.SortedFunc(slices.Values(r.Pending), byKey), linklocal.Service.Equal)
	r.SNAT = slices.Compact(slices.SortedFunc(slices.Values(r.SNAT), compareFQName))
	return r
}

func difference[T comparable](a, b []T) []T {
	return slices.DeleteFunc(slices.Clone(a), func(s T) bool { return slices.Contains(b, s) })
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
