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
	for _, e := range w.entries {
		if after := e.after(); after != nil {
			p.Entries = append(p.Entries, after)
		}
		if c, ok := w.change(e); ok {
			p.ListChanges = p.ListChanges || c.Action == Add || c.Action == Modify || c.Action == Remove
			changes = append(changes, c)
		} else {
			p.Kept = append(p.Kept, Kept{Entry: e.raw, Owners: e.owners, Wanted: e.wanted, Note: e.note})
		}
	}
	p.Changes = append(changes, p.Changes...)
	if len(p.Conflicts) > 0 {
		return Plan{Conflicts: p.Conflicts, Changes: p.Changes, Kept: p.Kept, Entries: w.State.Entries}
	}
	p.Claim, p.Settle = map[string]Record{}, map[string]Record{}
	for _, c := range w.want {
		w.record(c.Name)
	}
	return *p
}

// change says what happens to an entry; false: nothing.
func (w *work) change(e *item) (Change, bool) {
	c := Change{Clusters: e.wanted, Before: e.raw, After: e.after(), Note: e.note}
	gone := difference(e.was, e.owners)
	switch {
	case e.isNew:
		c.Action, c.Before = Add, nil
	case e.drop:
		c.Action, c.Clusters, c.Note = Remove, e.was, ""
		if len(e.was) == 0 {
			c.Note = "adopted: it is in the way"
		}
	case e.to != nil && len(e.was) == 0:
		c.Action, c.Note = Modify, "adopted"
	case e.to != nil:
		c.Action = Modify
	case len(difference(e.owners, e.was)) > 0:
		c.Action, c.Clusters = Own, difference(e.owners, e.was)
		if len(e.was) == 0 {
			c.Note = "adopted"
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
	now := w.Records[cluster]
	final := Record{SNAT: w.finalSNAT[cluster], Pools: w.finalPools[cluster]}
	claim := Record{Owns: slices.Clone(now.Owns), Pending: slices.Clone(now.Pending),
		SNAT: slices.Clone(now.SNAT), Pools: now.Pools}
	covered := true
	for _, e := range w.entries {
		if e.drop || !slices.Contains(e.owners, cluster) {
			continue
		}
		s := e.service
		switch {
		case e.to != nil:
			s = *e.to
		case !e.whole:
			s = e.claim[cluster]
		}
		final.Owns = append(final.Owns, s)
		if now.claims(s) {
			continue
		}
		covered = false
		if e.to == nil {
			claim.Owns = append(claim.Owns, s)
		} else {
			claim.Pending = append(claim.Pending, s)
		}
	}
	for _, n := range final.SNAT {
		if !slices.Contains(claim.SNAT, n) {
			claim.SNAT, covered = append(claim.SNAT, n), false
		}
	}
	if len(final.Pools) > 0 && !samePools(final.Pools, now.Pools) {
		claim.Pools, covered = final.Pools, false
	}
	final, claim = final.sorted(), claim.sorted()
	if w.plan.WritesUnderlay() && !covered {
		w.plan.Claim[cluster] = claim
	}
	if final.Equal(now.sorted()) {
		return
	}
	w.plan.Settle[cluster] = final
	if !slices.ContainsFunc(w.plan.Changes, func(c Change) bool { return slices.Contains(c.Clusters, cluster) }) {
		w.plan.Changes = append(w.plan.Changes, Change{Action: Modify, Clusters: []string{cluster},
			What: "annotation " + OwnerPrefix + cluster, Note: "brought up to date with the list"})
	}
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

func difference(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
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

func describePools(pools []linklocal.PortTranslationPool) string {
	var parts []string
	for _, p := range pools {
		parts = append(parts, fmt.Sprintf("%s %d-%d", p.Protocol, p.PortRange.Start, p.PortRange.End))
	}
	return strings.Join(parts, ", ")
}
