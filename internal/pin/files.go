package pin

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/fleet"
	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/source"
	"github.com/nested-config/nested-config/internal/wholefile"

	"sigs.k8s.io/kustomize/kyaml/yaml"
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
	if len(b.configs) == 1 && len(paths) == 1 {
		for i := range b.problems {
			b.problems[i].Where = "" // nobody to take it for
		}
	}
	if b.problems.Errors() {
		return b.problems, nil
	}

	// Last, replace the files.
	return b.problems, b.replace()
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
	seen := map[string]bool{}
	for _, path := range paths {
		if path = filepath.Clean(path); seen[path] {
			continue
		}
		seen[path] = true
		if err := b.readFile(path); err != nil {
			b.fail("", fmt.Errorf("%s: %w", path, err))
		}
	}
}

func (b *batch) readFile(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return cause(err)
	}
	if !info.Mode().IsRegular() {
		return errors.New("is not a file: name the files to be written")
	}
	f := file{path: path, first: len(b.configs)}
	if f.text, err = os.ReadFile(path); err != nil {
		return cause(err)
	}
	docs, err := decode(f.text)
	if err != nil {
		return err
	}
	var found []source.Doc
	for i, n := range docs {
		if kind, name := text(n, "kind"), text(n, "metadata", "name"); kind == config.Kind {
			found = append(found, source.Doc{Path: path, Index: i, Name: name, Node: n})
		}
	}
	if len(found) == 0 {
		return errors.New("holds no NestedConfig")
	}
	where := source.Where(found)
	for i, doc := range found {
		c, problems := config.Parse(doc.Node)
		b.problems = append(b.problems, problems.At(where[i])...)
		b.configs, b.where = append(b.configs, c), append(b.where, where[i])
		f.document = append(f.document, doc.Index)
	}
	b.files = append(b.files, f)
	return nil
}

func text(n *yaml.Node, path ...string) string {
	for _, name := range path {
		_, n, _ = find(n, name)
	}
	if n == nil {
		return ""
	}
	return n.Value
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
		b.fail("", fmt.Errorf("%s: %w", f.path, err))
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
			errs = append(errs, fmt.Errorf("%s: has changed meanwhile, and nothing is written: run it again", f.path))
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

// cause is the reason without operation and path, which the caller names.
func cause(err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}
