package fn

import (
	"errors"
	"io"

	"github.com/nested-config/nested-config/fn/krm"
	"github.com/nested-config/nested-config/fn/manifest"
)

// ErrInvalid says that the results hold an error: nothing was rendered, and the
// process must not exit 0.
var ErrInvalid = errors.New("the input has errors")

// Run reads a ResourceList, processes it and writes it. The results are the
// messages for the user; the output holds them too. The error is ErrInvalid or says
// why there is no output.
func Run(in io.Reader, out io.Writer) (krm.Results, error) {
	var results krm.Results
	err := krm.Execute(in, out, func(rl *krm.ResourceList) error {
		err := Process(rl)
		results = rl.Results
		return err
	})
	return results, err
}

// Process turns every NestedConfig of the list into its resources. If the results
// hold an error, it renders nothing and returns ErrInvalid.
func Process(rl *krm.ResourceList) error {
	// First, find the configs that are ours to render, or to check.
	l := newList(rl)
	if l.isFleetCheck() {
		l.loadAll()
		l.checkFleet()
		return l.finish()
	}
	l.find()

	// Next, everything that can be wrong, all at once.
	l.loadAll()
	l.onePerCluster()
	l.checkFleet()
	if l.failed {
		return l.finish()
	}

	// Then, render.
	l.dropEcho()
	for _, m := range l.members {
		m.rendered = manifest.Render(&m.config)
	}

	// Last, put it among the items.
	if l.withFiles {
		l.pin()
		l.upsert()
		l.keepPins()
	} else {
		l.warnUnpinned()
		l.appendAll()
	}
	return l.finish()
}
