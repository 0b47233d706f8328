// Package workers runs tasks in parallel. A panic in a task becomes a panic in the
// caller, which can recover from it. In a goroutine of its own it would end the
// process with status 2, which has another meaning here.
package workers

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// Panic is what Each panics with: the value of the worker's panic, and its stack.
type Panic struct {
	Value any
	Stack []byte
}

func (p Panic) Error() string { return fmt.Sprint(p.Value) }

// Each handles every number from 0 to n-1, each once, by several workers, each of
// which is a function that worker makes and may have what no other uses. It begins no
// other number once ctx has ended or a worker has returned false, finishes those at
// hand, and returns. If a worker panics, so does Each, with a Panic.
func Each(ctx context.Context, several, n int, worker func() func(i int) bool) {
	var next atomic.Int64
	var stopped atomic.Bool
	var failed atomic.Pointer[Panic]
	var group sync.WaitGroup
	for range min(max(several, 1), n) {
		group.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					stopped.Store(true)
					failed.CompareAndSwap(nil, &Panic{v, debug.Stack()})
				}
			}()
			do := worker()
			for ctx.Err() == nil && !stopped.Load() {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if !do(i) {
					stopped.Store(true)
				}
			}
		})
	}
	group.Wait()
	if p := failed.Load(); p != nil {
		panic(*p)
	}
}
