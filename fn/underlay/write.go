package underlay

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/nested-config/nested-config/internal/underlay/configapi"
	"github.com/nested-config/nested-config/internal/underlay/plan"
)

// write is a PUT of the list whose outcome has not been looked at yet.
type write struct {
	uuid         string
	read, target []json.RawMessage // the list before and after
	stored       bool              // the server has said so; else it may be either way
}

var (
	errChanged       = errors.New("another client keeps writing to the object between the plan and the PUT")
	errOverwritten   = errors.New("another client overwrote the list")
	errKeepsChanging = errors.New("the underlay keeps changing")
)

// writeList puts the list, and the pools with it, under the guard described at
// the package. Nothing between the conditional GET and the PUT takes time.
func (r *run) writeList(ctx context.Context, s snapshot, p plan.Plan) error {
	body, err := configapi.Body(s.Ref, properties(s, p))
	if err != nil {
		return err
	}
	start := time.Now()
	o, changed, err := r.client.Get(ctx, s.Ref, s.ETag, fields...)
	if err != nil {
		return err
	}
	if changed && !sameProperties(o, s.Object) {
		return errChanged
	}
	// From here to the end of the PUT the caller's patience does not count: half
	// of it done is worse than a second more.
	err = r.client.Put(context.WithoutCancel(ctx), s.Ref, body)
	window := time.Since(start)
	if err != nil && (!configapi.Transient(err) || errors.Is(err, configapi.ErrTokenRenewed)) {
		return err // refused: nothing was stored
	}
	r.unused = nil
	r.written = &write{uuid: s.UUID, read: s.Entries, target: p.Entries, stored: err == nil}
	r.report.Window = max(r.report.Window, window)
	if err == nil {
		r.report.ListWrites++
	}
	return err
}

func properties(s snapshot, p plan.Plan) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	if p.ListChanges {
		out[plan.PropertyServices] = plan.EncodeServices(p.Entries, s.Rest)
	}
	if p.Pools != nil {
		out[plan.PropertyPools] = plan.EncodePools(p.Pools)
	}
	return out
}

func (r *run) checkSize(s snapshot, p plan.Plan) error {
	if !p.ListChanges || len(p.Conflicts) > 0 {
		return nil
	}
	body, err := configapi.Body(s.Ref, properties(s, p))
	if err == nil && len(body) > r.MaxRequest {
		return &TooLongError{Bytes: len(body), Limit: r.MaxRequest, Entries: len(p.Entries)}
	}
	return err
}

// sameProperties reports whether nothing has changed that a plan looks at: also
// a server that sends no ETag is safe, and a change of something else is none.
func sameProperties(a, b configapi.Object) bool {
	return !slices.ContainsFunc(fields, func(f string) bool {
		return !plan.SameProperty(f, a.Properties[f], b.Properties[f])
	})
}

// inspect looks at what became of the last PUT. Whatever of the list as written
// is not there any more, somebody has overwritten.
func (r *run) inspect(s snapshot) error {
	w := r.written
	r.written = nil
	if w == nil || w.uuid != s.UUID {
		return nil
	}
	missing := minus(w.target, s.Entries)
	if len(missing) == 0 || !w.stored && !w.visible(s.Entries) {
		return nil // all is there, or nothing was done
	}
	r.lost = &loss{write: w, missing: missing}
	return errOverwritten
}

// visible reports whether anything of the change is to be seen in the list.
func (w *write) visible(list []json.RawMessage) bool {
	added, removed := minus(w.target, w.read), minus(w.read, w.target)
	return len(minus(added, list)) < len(added) || len(minus(removed, list)) > 0
}

// loss is what a rival's write took away.
type loss struct {
	write   *write
	missing []json.RawMessage
}

// restore puts what is missing of others' entries back where it was: after the
// entry that it followed. It does not put back what somebody has replaced; our
// own entries are for the plan.
func (r *run) restore(list []json.RawMessage) []json.RawMessage {
	if r.lost == nil {
		return list
	}
	w := r.lost.write
	news := minus(list, w.target)
	out := slices.Clone(list)
	for _, raw := range minus(minus(w.target, minus(w.target, w.read)), list) {
		if slices.ContainsFunc(news, func(n json.RawMessage) bool { return plan.Rivals(raw, n) }) {
			r.report.Left = addOnce(r.report.Left, r.describe(raw))
			continue
		}
		r.report.Repaired = addOnce(r.report.Repaired, r.describe(raw))
		out = slices.Insert(out, position(out, w.target, raw), raw)
	}
	if len(out) == len(list) {
		r.lost = nil
	}
	return out
}

// position is the index in list behind the nearest entry that came before raw.
func position(list, before []json.RawMessage, raw json.RawMessage) int {
	same := func(a json.RawMessage) func(json.RawMessage) bool {
		c := plan.Stored(a)
		return func(b json.RawMessage) bool { return plan.Stored(b) == c }
	}
	for i := slices.IndexFunc(before, same(raw)) - 1; i >= 0; i-- {
		if j := slices.IndexFunc(list, same(before[i])); j >= 0 {
			return j + 1
		}
	}
	return 0
}

// minus gives what of a is not in b, each as often as it is missing.
func minus(a, b []json.RawMessage) []json.RawMessage {
	count := make(map[string]int, len(b))
	for _, raw := range b {
		count[plan.Stored(raw)]++
	}
	var out []json.RawMessage
	for _, raw := range a {
		if c := plan.Stored(raw); count[c] > 0 {
			count[c]--
		} else {
			out = append(out, raw)
		}
	}
	return out
}

func addOnce(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}
