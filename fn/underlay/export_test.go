package underlay

import (
	"context"
	"time"
)

// WithoutPauses gives options with which nothing waits.
func WithoutPauses(o Options) Options {
	o.sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	return o
}
