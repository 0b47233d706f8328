package plan

import (
	"encoding/json"
	"slices"

	"github.com/nested-config/nested-config/fn/linklocal"
)

// Plan is what has to be written, and in what order: first Claim, then
// Entries, Pools and SNAT, then Final. Between any two of these the underlay may be
// left as it is: planning again from there continues.
type Plan struct {
	Changes   []Change
	Kept      []Kept
	Conflicts []Conflict // not empty: nothing may be written

	// Claim are the records to store before anything else is written, by cluster.
	Claim map[string]Record
	// Entries is the list as it should be, all of it. It is State.Entries when
	// nothing changes.
	Entries     []json.RawMessage
	ListChanges bool
	// Pools is what to store as port_translation_pools; nil: leave it.
	Pools []linklocal.PortTranslationPool
	// SNAT are the networks whose fabric_snat has to change, and to what.
	SNAT []SNATChange
	// Unused is what to pass in Options.Unused while Claim is written and the list
	// is not.
	Unused map[string][]linklocal.Service
	// Final are the records to store once all of that is there.
	Final map[string]Record
}

// Empty reports whether there is nothing to write.
func (p Plan) Empty() bool {
	return !p.WritesUnderlay() && len(p.Claim) == 0 && len(p.Final) == 0
}

// WritesUnderlay reports whether more than ownership is to be written.
func (p Plan) WritesUnderlay() bool {
	return p.ListChanges || p.Pools != nil || len(p.SNAT) > 0
}

// SNATChange sets fabric_snat of a virtual network.
type SNATChange struct {
	Network FQName
	On      bool
}

// Action is what happens to something, as one character of a diff.
type Action string

// The actions.
const (
	Add     Action = "+"
	Modify  Action = "~"
	Remove  Action = "-"
	Own     Action = "o" // ownership alone: one more owner
	Release Action = "x" // ownership alone: one owner fewer
)

// Change is one line of a plan.
type Change struct {
	Action   Action
	Clusters []string // on whose behalf
	// Before and After are entries of the list; nil for what is not there, and
	// both nil when What says what it is about.
	Before, After json.RawMessage
	What          string // a virtual network's fabric_snat, or the pools
	Note          string
}

// Kept is something that stays as it is.
type Kept struct {
	Entry    json.RawMessage // of the list; nil when What says what it is
	What     string
	Owners   []string
	Wanted   []string // the clusters of this call that declare it
	Standing Standing
	Note     string
}

// Standing is what something that stays is to the clusters of this call.
type Standing string

// The standings, as people read them.
const (
	Foreign    Standing = "foreign, stays"                                  // nobody's, and nobody here declares it
	Owned      Standing = ""                                                // a cluster's
	Shared     Standing = "already present, not managed"                    // nobody's, and just as declared
	OtherName  Standing = "already present under another name, not managed" // nobody's, and leads where it is declared to lead
	Undeclared Standing = "no longer declared: --prune removes it"          // owned here and not declared
	InTheWay   Standing = "in the way"                                      // of a Conflict
)

// Conflict is why nothing may be written.
type Conflict struct {
	Reason   Reason
	Clusters []string // who declares it
	Service  linklocal.Service
	Entry    json.RawMessage // what is in its way
	Owners   []string        // of Entry
	What     string          // a virtual network or the pools, in place of Service
}

// Reason says what kind of a conflict it is.
type Reason string

// The conflicts.
const (
	DeclaredTwice Reason = "two clusters declare different targets for one service IP and port"
	KeyTaken      Reason = "there is another entry with this service IP and port"
	KeyOwned      Reason = "another cluster owns this service IP and port, with another target"
	NameTaken     Reason = "there is another entry with this name"
	NameOwned     Reason = "another cluster owns this name"
	NoNetwork     Reason = "the virtual network does not exist"
	PoolsTaken    Reason = "other port translation pools are set"
	PoolsDisagree Reason = "two clusters declare different port translation pools"
)

// Notes of changes.
const (
	noteAdopted   = "adopted"
	noteOtherName = "keeps its name: another cluster owns it too"
	noteReplaced  = "adopted: it is in the way"
	noteUpToDate  = "updated from the list"
)

// Make plans what the clusters want, given what was read. The same arguments
// always give the same plan, and a plan carried out in full leaves an empty one.
func Make(s State, want []Cluster, o Options) Plan {
	w := newWork(s, sorted(want), o)

	// First, see whose every entry is.
	w.findOwners()

	// Next, give each declared service its entry: one that is there, one that
	// changes, or a new one at the end.
	for _, d := range w.demands {
		w.satisfy(d)
	}

	// Then, let go of what is no longer declared.
	w.release()

	// Last, the rest of the underlay, and the records before and after.
	w.planPools()
	w.planNetworks()
	return w.result()
}

// allInCall reports whether every one of the owners is a cluster of this call.
func (w *work) allInCall(owners []string) bool {
	return !slices.ContainsFunc(owners, func(o string) bool { return !w.inCall(o) })
}

func (w *work) inCall(cluster string) bool {
	return w.call[cluster]
}

// anyInCall reports whether one of the owners is a cluster of this call.
func (w *work) anyInCall(owners []string) bool {
	return slices.ContainsFunc(owners, w.inCall)
}
