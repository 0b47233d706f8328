package plan

import (
	"encoding/json"
	"slices"

	"github.com/nested-config/nested-config/fn/linklocal"
)

// work is a plan in the making.
type work struct {
	State
	Options
	want    []Cluster
	call    map[string]bool // the names of the clusters in want
	demands []demand
	wanted  map[key]*demand // the demands by service IP and port
	entries []*item         // in the order of the list, new ones at the end
	byKey   map[key][]*item // the entries by service IP and port, in their order
	byName  map[string][]*item
	claims  map[string]map[key]claims   // of each record, but for the unused ones
	outside map[key][]linklocal.Service // what clusters outside of the call claim
	spots   map[key]*spot               // where the list changes
	spotsOf map[string][]key            // those with an entry of a cluster, before or after
	owned   map[string][]*item          // what each cluster will own, in the order of the list
	changed map[string]bool             // the clusters that a change is for
	// claiming: there are claims to write before anything else.
	claiming bool
	plan     Plan
	// final is what each cluster of this call owns of networks and pools in the end.
	finalSNAT  map[string][]FQName
	finalPools map[string][]linklocal.PortTranslationPool
}

// item is an entry with what becomes of it.
type item struct {
	entry
	isNew  bool
	was    []string           // owners as read, sorted
	owners []string           // owners in the end
	to     *linklocal.Service // new content
	drop   bool
	wanted []string // the clusters of this call that declare it

	inTheWay  bool // of a conflict
	keepsName bool // it is called otherwise than declared: another cluster owns it too
}

func newWork(s State, want []Cluster, o Options) *work {
	w := &work{State: s, Options: o, want: want, call: map[string]bool{},
		finalSNAT: map[string][]FQName{}, finalPools: map[string][]linklocal.PortTranslationPool{}}
	for _, c := range want {
		w.call[c.Name] = true
	}
	w.demands, w.plan.Conflicts = demands(want)
	w.wanted = make(map[key]*demand, len(w.demands))
	for i := range w.demands {
		w.wanted[keyOf(w.demands[i].Service)] = &w.demands[i]
	}
	w.byKey, w.byName = map[key][]*item{}, map[string][]*item{}
	for _, raw := range s.Entries {
		w.append(&item{entry: parseEntry(raw)})
	}
	return w
}

// append puts an entry at the end of the list.
func (w *work) append(e *item) {
	w.entries = append(w.entries, e)
	w.byKey[e.key] = append(w.byKey[e.key], e)
	if e.name != "" {
		w.byName[nameKey(e.name)] = append(w.byName[nameKey(e.name)], e)
	}
}

func (e *item) ownedBy(cluster string) bool { return has(e.was, cluster) }

func (e *item) foreign() bool { return len(e.was) == 0 && !e.isNew }

func firstOf(items []*item, ok func(*item) bool) *item {
	if i := slices.IndexFunc(items, ok); i >= 0 {
		return items[i]
	}
	return nil
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
			case !w.inCall(c) || has(e.wanted, c):
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
