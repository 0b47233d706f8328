// Package underlay makes a Contrail underlay hold what nested clusters declare:
// link-local services, fabric_snat of a virtual network and port translation
// pools. It merges and never replaces: entries of others keep their values and
// their order. Declare makes a Cluster of a NestedConfig, NewClient connects, Plan
// shows what Apply and Remove would do.
//
// # Lost updates
//
// linklocal_services is one property. A PUT replaces it whole, and the server has
// no compare-and-swap. So directly before every PUT, a conditional GET checks that
// nothing has changed since the plan was made; directly after it, another GET
// checks that nothing is missing. A write by another client between the
// conditional GET and the PUT is lost unnoticed. This window is one round trip
// long, and Report.Window is its measured length. No client can close it.
//
// # Crashes
//
// Ownership is stored in annotations of the same object, with one key per cluster:
// a second property, and so a second call. A claim is written before its entry,
// and removed after its entry is removed. So a record may name entries that are
// gone, but it never misses one that exists. If a run is interrupted, the next run
// continues.
package underlay

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/nested-config/nested-config/internal/underlay/configapi"
	"github.com/nested-config/nested-config/internal/underlay/plan"
)

// Options are the operator's choices.
type Options struct {
	Prune, Adopt bool
	// MaxRequest is the longest request that the server accepts, in bytes; 0 is
	// its default of 1,024,000.
	MaxRequest int
	sleep      func(ctx context.Context, d time.Duration) error // nil: for real
}

// defaultMaxRequest is max_request_size of the config API.
const defaultMaxRequest = 1_024_000

// The limits of patience. Every one ends in an error that says what is missing.
const (
	maxSteps    = 100 // reads in one run
	maxRepairs  = 5   // PUTs that somebody overwrote
	maxReplans  = 20  // changes seen between the plan and the PUT
	maxFailures = 4   // requests in a row that were not answered
)

// Report is the state that a call has read, and what it has done.
type Report struct {
	Server string
	// Planned reports whether the underlay was read. The next fields are the state
	// at that time: the planned changes, what does not change, and the conflicts,
	// which prevent all writes.
	Planned   bool
	Changes   []Change
	Kept      []Kept
	Conflicts []Conflict
	pending   bool
	// Applied reports whether the underlay was as declared when it was last read.
	Applied bool
	// Requests that wrote something: to the list, and to anything else.
	ListWrites, OtherWrites int
	// Window is the longest time from the start of a conditional GET to the end of
	// the PUT after it: a write by another client in this time may be lost.
	Window time.Duration
	// Repaired are entries that another client had removed, and that were put back.
	Repaired []string
	// Left are entries that are gone and were not put back, because another entry
	// has their place.
	Left []string
}

// Pending reports whether a planned change is not done yet.
func (r Report) Pending() bool { return r.pending && !r.Applied }

// ErrNotFound is the error if the underlay lacks an object that every underlay has.
var ErrNotFound = configapi.ErrNotFound

// Plan reads the underlay and returns the planned changes. It writes nothing.
func Plan(ctx context.Context, c *Client, want []Cluster, o Options) (Report, error) {
	return newRun(c, want, o).look(ctx)
}

// Apply makes the changes that Plan returns. The Report is valid even with an
// error. The error is a *ConflictError, a *LostError, a *TooLongError, the error of
// a context, or an error of the config API. A run that was interrupted or failed
// can be repeated.
func Apply(ctx context.Context, c *Client, want []Cluster, o Options) (Report, error) {
	return newRun(c, want, o).apply(ctx)
}

// PlanRemoval reads the underlay and returns the changes that Remove would make.
func PlanRemoval(ctx context.Context, c *Client, cluster string, o Options) (Report, error) {
	o.Prune, o.Adopt = true, false
	return newRun(c, []Cluster{{Name: cluster}}, o).look(ctx)
}

// Remove removes the entries that only this cluster owns, and its ownership of all
// others. Port translation pools stay: other networks may use them.
func Remove(ctx context.Context, c *Client, cluster string, o Options) (Report, error) {
	o.Prune, o.Adopt = true, false
	return newRun(c, []Cluster{{Name: cluster}}, o).apply(ctx)
}

func newRun(c *Client, want []Cluster, o Options) *run {
	if o.sleep == nil {
		o.sleep = sleep
	}
	if o.MaxRequest == 0 {
		o.MaxRequest = defaultMaxRequest
	}
	return &run{client: c.api, want: wanted(want), Options: o}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// pause is a backoff with jitter, so that two runs that disturb each other
// once do not do so forever. n counts from 0.
func pause(n int) time.Duration {
	longest := 50 * time.Millisecond << min(n, 5)
	return longest/2 + rand.N(longest)
}

func (r *run) look(ctx context.Context) (Report, error) {
	var p plan.Plan
	err := r.patiently(ctx, func() (err error) {
		_, p, err = r.readAndPlan(ctx)
		return err
	})
	if err != nil {
		return r.report, err
	}
	return r.report, conflict(r.shown(p))
}

// patiently does what only reads, a few times over when that may help.
func (r *run) patiently(ctx context.Context, read func() error) error {
	err := read()
	for n := 0; err != nil && configapi.Transient(err) && n < maxFailures && ctx.Err() == nil; n++ {
		if err := r.sleep(ctx, pause(n)); err != nil {
			return err
		}
		err = read()
	}
	return err
}

func conflict(p plan.Plan) error {
	if len(p.Conflicts) == 0 {
		return nil
	}
	return &ConflictError{conflicts(p)}
}
