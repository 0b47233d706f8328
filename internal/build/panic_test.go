package build_test

import (
	"context"
	"testing"

	"github.com/nested-config/nested-config/fn/krm"
	"github.com/nested-config/nested-config/internal/build"
	"github.com/nested-config/nested-config/internal/workers"
)

// A panic of this program is none of kustomize's, and arrives where it is reported.
func TestOwnPanicArrives(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "kustomization.yaml", "generators: [config.yaml]\n")
	write(t, dir, "config.yaml", everything["config.yaml"])
	defer func() {
		p, ok := recover().(workers.Panic)
		if !ok || p.Value != "fault" || len(p.Stack) == 0 {
			t.Errorf("got %#v", p)
		}
	}()
	_, _, err := build.Run(context.Background(), dir, build.Options{Function: func(*krm.ResourceList) error { panic("fault") }})
	t.Errorf("no panic, but %v", err)
}
