package source

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/fleet"
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
	configs  []config.Config // also invalid ones
	where    []string
	problems config.Problems
	valid    []bool
}

// Load loads every NestedConfig under the paths (see Files), on all cores, and
// checks them against each other. What it keeps of each is its Config alone,
// some 5 KB. step, if not nil, is called after each file, from any goroutine.
// The error is that of ctx; everything else is told in Problems.
func Load(ctx context.Context, paths []string, in io.Reader, step func(done, of int)) (Fleet, error) {
	files, err := Files(paths)
	var f Fleet
	if err != nil {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			f.Problems = append(f.Problems, config.Problem{Severity: config.Error, Message: line})
		}
	}

	// First, every file by itself.
	parts := make([]loaded, len(files))
	var next, done atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		workers.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(files) {
					return
				}
				parts[i] = load(files[i], in)
				if n := done.Add(1); step != nil {
					step(int(n), len(files))
				}
			}
		})
	}
	workers.Wait()
	if err := ctx.Err(); err != nil {
		return Fleet{}, err
	}

	// Next, all of them in the order of their files.
	total := 0
	for _, p := range parts {
		total += len(p.configs)
	}
	f.Configs = make([]config.Config, 0, total)
	f.Where = make([]string, 0, total)
	for i, p := range parts {
		if total == 1 && len(files) == 1 {
			p.problems.At("") // nobody to take it for
		}
		f.Problems = append(f.Problems, p.problems...)
		for j, c := range p.configs {
			if p.valid[j] {
				f.Configs, f.Where = append(f.Configs, c), append(f.Where, p.where[j])
			}
		}
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

func load(f File, in io.Reader) loaded {
	var l loaded
	fail := func(err error) {
		l.problems = append(l.problems, config.Problem{Severity: config.Error, Message: err.Error()})
	}
	text, err := f.Read(in)
	if err != nil {
		fail(err)
		return l
	}
	var docs []Doc
	var problems []config.Problems
	for doc, err := range f.Docs(text) {
		if err != nil {
			fail(err)
			continue
		}
		c, ps := config.Load(doc.Node)
		if free := c.Unpinned(); !ps.Errors() && len(free) > 0 {
			ps = append(ps, config.NotPinned(free, config.WouldMove))
		}
		c.Spec.CommonEnv = "" // merged; up to a megabyte each
		doc.Node = nil
		docs, problems = append(docs, doc), append(problems, ps)
		l.configs, l.valid = append(l.configs, c), append(l.valid, !ps.Errors())
	}
	l.where = Where(docs)
	for i, ps := range problems {
		l.problems = append(l.problems, ps.At(l.where[i])...)
	}
	return l
}

// Where is how messages call the documents of one file or list: by the path,
// and by the name as well where several share it.
func Where(docs []Doc) []string {
	count := map[string]int{}
	for _, d := range docs {
		count[d.Path]++
	}
	where := make([]string, len(docs))
	for i, d := range docs {
		switch {
		case count[d.Path] == 1:
			where[i] = d.Path
		case d.Name == "":
			where[i] = fmt.Sprintf("%s (document %d)", d.Path, d.Index+1)
		default:
			where[i] = fmt.Sprintf("%s (%s)", d.Path, d.Name)
		}
	}
	return where
}
