package fn

import (
	"errors"
	"io"

	"nested-config/fn/manifest"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/kio"
)

// ErrInvalid says that the results hold an error: nothing was rendered, and the
// process must not exit 0.
var ErrInvalid = errors.New("the input has errors")

// Run reads a ResourceList, processes it and writes it. The results are what
// the user must be told; they are in the output as well. The error is ErrInvalid
// or says why there is no output.
func Run(in io.Reader, out io.Writer) (framework.Results, error) {
	var results framework.Results
	gate := &gate{out, false}
	source := &kio.ByteReadWriter{Reader: in, Writer: gate, KeepReaderAnnotations: true}
	err := framework.Execute(framework.ResourceListProcessorFunc(func(rl *framework.ResourceList) error {
		if source.WrappingKind != kio.ResourceListKind {
			gate.shut = true
			return errNotAList
		}
		err := Process(rl)
		results = rl.Results
		return err
	}), source)
	return results, err
}

// Process turns every NestedConfig of the list into its resources. It returns
// ErrInvalid when the results hold an error; nothing is rendered then.
func Process(rl *framework.ResourceList) error {
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
	l.checkFleet()
	if l.invalid() {
		return l.finish()
	}

	// Then, render.
	for i := range l.members {
		m := &l.members[i]
		var err error
		if m.rendered, err = manifest.Render(m.config); err != nil {
			return err
		}
	}

	// Last, put it among the items.
	if l.withFiles {
		l.upsert()
		l.pin()
	} else {
		l.warnUnpinned()
		l.appendAll()
	}
	return l.finish()
}

// gate keeps the framework from echoing what was not a ResourceList.
type gate struct {
	io.Writer
	shut bool
}

func (g *gate) Write(p []byte) (int, error) {
	if g.shut {
		return len(p), nil
	}
	return g.Writer.Write(p)
}
