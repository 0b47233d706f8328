package source

import (
	"context"
	"io"
	"runtime"
	"sync/atomic"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/fleet"
	"github.com/nested-config/nested-config/internal/workers"
)

// Fleet are the configs under some paths, loaded, checked, and checked against
// each other.
type Fleet struct {
	// Configs are those without an error, in the order of their files.
	Configs []config.Config
	Where   []string // of each of Configs
	// Problems are everything to tell, in the order of the files, conflicts last.
	// An error among them means that at least one config is not among Configs.
	Problems config.Problems
}

// Failed reports whether anything is an error.
func (f Fleet) Failed() bool { return f.Problems.Errors() }

// loaded is what one file gave.
type loaded struct {
	configs   []config.Config // those without an error
	where     []string
	problems  config.Problems
	documents int // all NestedConfigs
}

// Load loads every NestedConfig under the paths, on all cores, and checks them
// against each other. What it keeps of each is its Config alone, some 5 KB. step,
// if not nil, is called after each file, from any goroutine. The error is that of
// ctx; everything else is told in Problems.
func Load(ctx context.Context, paths []string, in io.Reader, step func(done, of int)) (Fleet, error) {
	found := find(paths, Options{})

	// First, every file by itself.
	parts := make([]loaded, len(found.files))
	var done atomic.Int64
	workers.Each(ctx, runtime.GOMAXPROCS(0), len(found.files), func() func(int) bool {
		return func(i int) bool {
			parts[i] = found.files[i].load(in)
			if n := done.Add(1); step != nil {
				step(int(n), len(found.files))
			}
			return true
		}
	})
	if err := ctx.Err(); err != nil {
		return Fleet{}, err
	}

	// Next, all of them in the order of their files.
	total, valid := 0, 0
	for i, p := range parts {
		total, valid = total+p.documents, valid+len(p.configs)
		if p.problems.Errors() {
			found.tell(i)
		}
	}
	f := Fleet{Problems: found.problems, Configs: make([]config.Config, 0, valid), Where: make([]string, 0, valid)}
	empty := found.empty(func(i int) bool { return parts[i].documents > 0 })
	for i, p := range parts {
		if total == 1 && len(parts) == 1 {
			p.problems.At("") // nobody to take it for
		}
		f.Problems = append(append(f.Problems, p.problems...), empty[i]...)
		f.Configs, f.Where = append(f.Configs, p.configs...), append(f.Where, p.where...)
		parts[i] = loaded{}
	}

	// Last, against each other.
	f.checkFleet()
	return f, nil
}

// checkFleet tells the conflicts and takes those out that are told one.
func (f *Fleet) checkFleet() {
	bad := map[int]bool{}
	for _, p := range fleet.Check(f.Configs, f.Where) {
		p.Where = f.Where[p.Member]
		f.Problems = append(f.Problems, p.Problem)
		bad[p.Member] = bad[p.Member] || p.Severity == config.Error
	}
	n := 0
	for i := range f.Configs {
		if !bad[i] {
			f.Configs[n], f.Where[n] = f.Configs[i], f.Where[i]
			n++
		}
	}
	f.Configs, f.Where = f.Configs[:n], f.Where[:n]
}

func (f file) load(in io.Reader) loaded {
	var l loaded
	text, err := f.read(in)
	if err != nil {
		l.problems = append(l.problems, problem(err))
		return l
	}
	var docs []Doc
	var configs []config.Config
	var problems []config.Problems
	for doc, err := range f.docs(text, []string{config.Kind}) {
		if doc.Node == nil {
			l.problems = append(l.problems, problem(err))
			continue
		}
		c, ps := config.Config{}, lines(err)
		if err == nil {
			c, ps = Config(doc)
		}
		c.Spec.CommonEnv = "" // merged; up to a megabyte each
		doc.Node = nil
		docs, configs, problems = append(docs, doc), append(configs, c), append(problems, ps)
	}
	call(docs)
	l.documents = len(docs)
	for i, ps := range problems {
		if !ps.Errors() {
			l.configs, l.where = append(l.configs, configs[i]), append(l.where, docs[i].Where)
		}
		l.problems = append(l.problems, ps.At(docs[i].Where)...)
	}
	return l
}

// Config loads the NestedConfig in a document. What is allocated and not pinned is
// a warning.
func Config(doc Doc) (config.Config, config.Problems) {
	c, ps := config.Load(doc.Node)
	if free := c.Unpinned(); !ps.Errors() && len(free) > 0 {
		ps = append(ps, config.NotPinned(free, config.WouldMove))
	}
	return c, ps.At(doc.Where)
}
