package build

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"
)

// MaxHeap is what a build may hold in memory where nothing tells it to hold less (see Memory). kustomize has operations that double a value (the copy of a JSON
// patch, a replacement into its own source), each of them a line. Honest packages stay far below: 20 MB of ConfigMaps hold some 200 MB, and kustomize
// holds some 100 MB for a megabyte of small resources, for which it needs a minute.
const MaxHeap = 1 << 30

// generous is the heap up to which the collector may wait for garbage as main has it
// wait: most builds end below it and are never collected, which saves them a fifth of
// their CPU time. A larger build holds at most twice what it needs.
const generous = 32 << 20

var (
	errInternal  = errors.New("internal error")
	errAbandoned = errors.New("given up")
)

// bounded calls f and returns its error; a panic in it is one. When the context ends and f does not, or the heap grows beyond the limit, that is
// errAbandoned: f still runs, and the program must end.
func bounded(ctx context.Context, limit uint64, f func() error) error {
	done := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- fmt.Errorf("%w: %v; kustomize takes for granted that a field is there: look for null in what it reads, and report it with the kustomization", errInternal, p)
			}
		}()
		done <- f()
	}()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case err := <-done:
			return err
		case <-ctx.Done():
			select {
			case err := <-done:
				return err
			case <-time.After(2 * time.Second): // kustomize cannot be asked to stop
				return fmt.Errorf("%w: %w", errAbandoned, ctx.Err())
			}
		case <-ticker.C:
			used := heap()
			if used > generous {
				debug.SetGCPercent(100)
			}
			if used <= limit {
				continue
			}
			runtime.GC() // main collects late, so that much of it may be garbage
			if heap() > limit {
				return fmt.Errorf("%w: needs more than %d MB of memory: look for patches or replacements that copy what they have copied", errAbandoned, limit>>20)
			}
		}
	}
}

// heap is what objects take, in bytes. The package runtime/metrics tells it without a
// stop of the program, and costs every start of it as much as ten such stops.
func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
