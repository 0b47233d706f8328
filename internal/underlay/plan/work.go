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
	entries []*item                     // in the order of the list, new ones at the end
	claims  map[string]map[key]claims   // of each record, but for the unused ones
	outside map[key][]linklocal.Service // what clusters outside of the call claim
	spots   map[key]*spot               // where the list changes
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
	for _, raw := range s.Entries {
		w.entries = append(w.entries, &item{entry: parseEntry(raw)})
	}
	return w
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
