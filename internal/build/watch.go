package build

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/nested-config/nested-config/internal/workers"
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
	errCrash     = errors.New("cannot be built")
	errAbandoned = errors.New("given up")
)

// bounded calls f and returns its error; a panic in it is one. When the context ends and f does not, or the heap grows beyond the limit, that is
// errAbandoned: f still runs, and the program must end.
func bounded(ctx context.Context, limit uint64, f func() error) error {
	done := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- crash(p, debug.Stack())
			}
		}()
		done <- f()
	}()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	collecting := false
	for {
		select {
		case err := <-done:
			if own, ok := err.(ownPanic); ok {
				panic(workers.Panic(own))
			}
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
			if used > generous && !collecting { // once: it stops the program
				debug.SetGCPercent(100)
				collecting = true
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

// crash is a panic of kustomize as an error. It has no check for some values that are wrong, and ends with the first thing that it cannot do.
func crash(p any, stack []byte) error {
	if isOwn(stack) {
		return ownPanic{Value: p, Stack: stack}
	}
	text := fmt.Sprint(p)
	if strings.HasPrefix(text, "invalid schema file") {
		return fmt.Errorf("%w: openapi.path names a file that is no OpenAPI schema: correct it, or remove the field", errCrash)
	}
	return fmt.Errorf("%w: kustomize crashes on what it has read (%s): look for a value that is missing, or is of another type than kustomize documents", errCrash, text)
}

// ownPanic is a panic of this program, which goes on where it can be reported as one.
type ownPanic workers.Panic

func (p ownPanic) Error() string { return "panic" }

// isOwn reports whether a panic began in this program, and not in a library.
func isOwn(stack []byte) bool {
	_, below, _ := bytes.Cut(stack, []byte("\npanic("))
	for line := range bytes.Lines(below) {
		if name := string(line); !strings.HasPrefix(name, "\t") && !strings.HasPrefix(name, "runtime.") && strings.Contains(name, "/") {
			return strings.HasPrefix(name, "github.com/nested-config/")
		}
	}
	return false
}

// heap is what objects take, in bytes. The package runtime/metrics tells it without a
// stop of the program, and costs every start of it as much as ten such stops.
func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
