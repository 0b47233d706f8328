package workers_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/nested-config/nested-config/internal/workers"
)

func each(do func(int) bool) func() func(int) bool { return func() func(int) bool { return do } }

func TestEachCallsEachOnce(t *testing.T) {
	for _, n := range []int{0, 1, 3, 1000} {
		calls := make([]atomic.Int32, n)
		workers.Each(t.Context(), 4, n, each(func(i int) bool { calls[i].Add(1); return true }))
		for i := range calls {
			if c := calls[i].Load(); c != 1 {
				t.Errorf("%d of %d: %d calls", i, n, c)
			}
		}
	}
}

// A panic in a worker arrives where Each was called, with the worker's stack.
func TestPanicArrives(t *testing.T) {
	defer func() {
		p, ok := recover().(workers.Panic)
		if !ok || p.Value != "seven" || !strings.Contains(string(p.Stack), "TestPanicArrives") {
			t.Errorf("recovered %+v", p)
		}
	}()
	workers.Each(t.Context(), 4, 100, each(func(i int) bool {
		if i == 7 {
			panic("seven")
		}
		return true
	}))
	t.Error("Each returned")
}

// Nothing new begins after the end of the context, or when a call says so.
func TestEachStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	workers.Each(ctx, 4, 10, each(func(int) bool { t.Error("called after the end"); return true }))

	var calls atomic.Int32
	workers.Each(t.Context(), 4, 1_000_000, each(func(int) bool { calls.Add(1); return false }))
	// At most one for each of the workers, which began before they could know.
	if c := int(calls.Load()); c < 1 || c > 4 {
		t.Errorf("%d calls after the first has said that it is enough", c)
	}
}
