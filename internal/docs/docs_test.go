package docs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/golden"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// root is the tree, seen from here.
const root = "../.."

// documents are those that are held, by their path in the tree.
func documents(t *testing.T) (paths []string) {
	t.Helper()
	for _, pattern := range []string{"*.md", "docs/*.md", "bases/*/README.md", "examples/*/README.md", "examples/*/*/README.md", "overlays/README.md", "overlays/*/README.md", "overlays/*/*/README.md"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("no documents %s: %v", pattern, err)
		}
		for _, path := range found {
			paths = append(paths, filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator))))
		}
	}
	return paths
}

func TestDocuments(t *testing.T) {
	shared := prepare(t)
	for _, path := range documents(t) {
		t.Run(path, func(t *testing.T) {
			text := read(t, filepath.Join(root, path))
			steps, problems := parse(text)
			for _, p := range problems {
				t.Errorf("%s:%s", path, p)
			}
			if t.Failed() || len(steps) == 0 {
				return
			}
			r := newReader(t, shared, path)
			r.borrowCluster(steps)
			var written string
			end := 0
			for i, s := range steps {
				want, is := r.step(i, steps)
				if !is {
					continue
				}
				if golden.Update() {
					written += text[end:s.start] + want
					end = s.end
				} else if diff := cmp.Diff(want, s.text); diff != "" {
					t.Errorf("%s:%d (-printed +shown):\n%s", path, s.line, diff)
				}
			}
			if golden.Update() && !t.Failed() {
				if err := os.WriteFile(filepath.Join(root, path), []byte(written+text[end:]), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// step does what the reader does with a block. Where the block must show something, it is given.
func (r *reader) step(i int, steps []step) (shown string, is bool) {
	s := steps[i]
	r.line = s.line
	switch s.kind {
	case "given":
		r.must(false, 0, s.text)
	case "afterwards":
		r.t.Cleanup(func() { r.line = s.line; r.must(false, 0, s.text) })
	case "file":
		r.save(s.path, s.text)
		if s.same != "" {
			return read(r.t, filepath.Join(root, s.same)), true
		}
	case "run":
		r.printed, r.skipped = r.must(s.clone, s.status, s.text)
		if s.prints != "" && !r.skipped {
			if diff := cmp.Diff(read(r.t, filepath.Join(r.where(s.clone), s.prints)), r.printed); diff != "" {
				r.t.Errorf("%s:%d (-%s +printed):\n%s", r.document, s.line, s.prints, diff)
			}
		}
	case "output":
		printed, skipped := r.printed, r.skipped
		if s.command != "" {
			printed, skipped = r.must(false, -1, s.command)
		} else if i == 0 || steps[i-1].kind != "run" {
			r.t.Errorf("%s:%d: output of what? No block that is run comes right before it", r.document, s.line)
		}
		return printed, !skipped
	case "script":
		return r.fileOf(s.path, s.name), true
	}
	return "", false
}

// fileOf is a file of a test script.
func (r *reader) fileOf(script, name string) string {
	r.t.Helper()
	archive, err := txtar.ParseFile(filepath.Join(root, script))
	if err != nil {
		r.t.Fatal(err)
	}
	for _, f := range archive.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	r.t.Fatalf("%s:%d: %s has no %s", r.document, r.line, script, name)
	return ""
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
