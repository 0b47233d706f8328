package pin

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/fleet"
	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/printable"
	"github.com/nested-config/nested-config/internal/source"
	"github.com/nested-config/nested-config/internal/wholefile"
)

// file is a file to be pinned.
type file struct {
	path     string
	text     []byte
	pinned   []byte
	document []int // where each of its configs stands among its documents
	first    int   // of its configs among all
}

// batch is everything that is pinned together.
type batch struct {
	files    []file
	configs  []config.Config
	where    []string
	problems config.Problems
}

// Files allocates service IPs for the NestedConfigs in all the files together
// (fleet.Allocate) and writes those that are not pinned into each. A file with
// nothing to pin is not touched, every other is replaced whole, links followed;
// when anything is wrong with any of them, or there is no room for all, none is.
// The error says which could not be replaced; others may have been only when
// renaming fails.
func Files(paths []string) (config.Problems, error) {
	b := allocate(paths)
	if b.problems.Errors() {
		return b.problems, nil
	}
	return b.problems, b.replace()
}

// Check says what Files would refuse and which files it would write, and writes
// none.
func Check(paths []string) config.Problems {
	b := allocate(paths)
	for _, f := range b.files {
		if f.pinned != nil {
			b.fail(f.path, errors.New("has service IPs that are not pinned: run nested-config pin"))
		}
	}
	return b.problems
}

// allocate reads all the files and makes every text that is to be written.
func allocate(paths []string) batch {
	// First, read and allocate.
	var b batch
	b.read(paths)
	if !b.problems.Errors() {
		b.tell(fleet.Allocate(b.configs))
	}
	if !b.problems.Errors() {
		b.tell(fleet.Check(b.configs, b.where))
	}

	// Next, make every text.
	for i := range b.files {
		if !b.problems.Errors() {
			b.write(&b.files[i])
		}
	}
	return b
}

func (b *batch) fail(where string, err error) {
	b.problems = append(b.problems, config.Problem{Severity: config.Error, Where: where, Message: err.Error()})
}

func (b *batch) tell(problems []fleet.Problem) {
	for _, p := range problems {
		p.Where = b.where[p.Member]
		b.problems = append(b.problems, p.Problem)
	}
}

func (b *batch) read(paths []string) {
	docs, problems := source.Read(paths, strings.NewReader(""), source.Options{})
	b.problems = problems
	for _, doc := range docs {
		if doc.Item {
			b.fail(doc.Path, errors.New("is in a list, and pins cannot be written there: give it a document of its own"))
			continue
		}
		if len(b.files) == 0 || b.files[len(b.files)-1].path != doc.File {
			b.files = append(b.files, file{path: doc.File, text: doc.Text, first: len(b.configs)})
			if info, err := os.Stat(doc.File); err != nil || !info.Mode().IsRegular() {
				b.fail("", fmt.Errorf("%s: is not a regular file and cannot be written", printable.Text(doc.File)))
			}
		}
		c, problems := config.Parse(doc.Node)
		b.problems = append(b.problems, problems.At(doc.Where)...)
		b.configs, b.where = append(b.configs, c), append(b.where, doc.Where)
		f := &b.files[len(b.files)-1]
		f.document = append(f.document, doc.Index)
	}
}

// write makes the new text of a file, if anything in it is not pinned.
func (b *batch) write(f *file) {
	pins := map[int][]linklocal.Assignment{}
	for i, doc := range f.document {
		if free := b.configs[f.first+i].Unpinned(); len(free) > 0 {
			pins[doc] = free
		}
	}
	if len(pins) == 0 {
		return
	}
	pinned, err := Text(f.text, pins)
	if err != nil {
		b.fail("", fmt.Errorf("%s: %w", printable.Text(f.path), err))
		return
	}
	f.pinned = pinned
}

// replace writes every text before it puts any in the place of its file, which
// keeps its mode.
func (b *batch) replace() error {
	var sets []*wholefile.Set
	var errs []error
	for _, f := range b.files {
		if f.pinned == nil {
			continue
		}
		if now, err := os.ReadFile(f.path); err != nil || !bytes.Equal(now, f.text) {
			errs = append(errs, fmt.Errorf("%s: was changed during this run, so nothing is written: run it again", printable.Text(f.path)))
			continue
		}
		set, err := wholefile.Stage(f.path, bytes.NewReader(f.pinned), wholefile.Shared)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		defer set.Drop()
		sets = append(sets, set)
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	for _, set := range sets {
		errs = append(errs, set.Commit())
	}
	return errors.Join(errs...)
}
