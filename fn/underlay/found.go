package underlay

import (
	"cmp"
	"encoding/json"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/underlay/plan"
)

// Action is what a Change does, as one character of a diff.
type Action string

// The actions.
const (
	ActionAdd     = Action(plan.Add)
	ActionModify  = Action(plan.Modify)
	ActionRemove  = Action(plan.Remove)
	ActionOwn     = Action(plan.Own)     // ownership alone: one more owner
	ActionRelease = Action(plan.Release) // ownership alone: one owner fewer
)

// MarshalText is the action in a word, for JSON.
func (a Action) MarshalText() ([]byte, error) {
	words := map[Action]string{ActionAdd: "add", ActionModify: "change", ActionRemove: "remove", ActionOwn: "own", ActionRelease: "release"}
	return []byte(words[a]), nil
}

// Change is one planned change.
type Change struct {
	Action   Action   `json:"action"`
	Clusters []string `json:"clusters"` // on whose behalf
	// Before and After are entries of the list; nil if there is none. Both are nil
	// if What is set.
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
	What   string          `json:"what,omitempty"` // a virtual network's fabric_snat, or the pools
	Note   string          `json:"note,omitempty"`
}

// Standing is the relation of a kept entry to the clusters of the call.
type Standing string

// The standings, as people read them.
const (
	Foreign    = Standing(plan.Foreign)    // without owner, and not declared by the clusters of the call
	Owned      = Standing(plan.Owned)      // owned by a cluster
	Shared     = Standing(plan.Shared)     // without owner, and exactly as declared
	OtherName  = Standing(plan.OtherName)  // without owner, and with the declared target under another name
	Undeclared = Standing(plan.Undeclared) // owned by a cluster of the call, and not declared
	InTheWay   = Standing(plan.InTheWay)   // the entry of a Conflict
)

// Kept is an entry or a setting that does not change.
type Kept struct {
	Entry    json.RawMessage `json:"entry,omitempty"` // of the list; nil when What says what it is
	What     string          `json:"what,omitempty"`
	Owners   []string        `json:"owners"`
	Wanted   []string        `json:"wanted"` // the clusters of the call that declare it
	Standing Standing        `json:"-"`      // in JSON it is the note, where there is no other
	Note     string          `json:"note,omitempty"`
}

// MarshalJSON is for programs. The standing of what is foreign follows from its having
// no owners.
func (k Kept) MarshalJSON() ([]byte, error) {
	type fields Kept
	if k.Standing != Foreign {
		k.Note = cmp.Or(k.Note, string(k.Standing))
	}
	return json.Marshal(fields(k))
}

// Conflict is a reason to write nothing.
type Conflict struct {
	Reason   string
	Clusters []string // who declares it
	Service  linklocal.Service
	Entry    json.RawMessage // what is in its way
	Owners   []string        // of Entry
	What     string          // a virtual network or the pools, in place of Service
}

// String says what is in the way of what, and what to do.
func (c Conflict) String() string {
	return plan.Conflict{Reason: plan.Reason(c.Reason), Clusters: c.Clusters, Service: c.Service, Entry: c.Entry, Owners: c.Owners, What: c.What}.String()
}

// planned writes down a plan, which may be shown.
func (r *Report) planned(p plan.Plan) {
	r.Planned, r.pending = true, !p.Empty()
	for _, c := range p.Changes {
		r.Changes = append(r.Changes, Change{Action(c.Action), list(c.Clusters), c.Before, c.After, c.What, c.Note})
	}
	for _, k := range p.Kept {
		r.Kept = append(r.Kept, Kept{k.Entry, k.What, list(k.Owners), list(k.Wanted), Standing(k.Standing), k.Note})
	}
	r.Conflicts = conflicts(p)
}

func conflicts(p plan.Plan) []Conflict {
	var out []Conflict
	for _, c := range p.Conflicts {
		out = append(out, Conflict{string(c.Reason), c.Clusters, c.Service, c.Entry, c.Owners, c.What})
	}
	return out
}

// list is never null in JSON.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
