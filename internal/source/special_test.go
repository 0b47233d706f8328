//go:build unix

package source_test

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/nested-config/nested-config/internal/source"

	"github.com/google/go-cmp/cmp"
)

// endless is input that never ends.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '#'
	}
	return len(p), nil
}

// What is no regular file: in a directory it is left out, even a pipe that nobody
// writes into, which would never be read to its end; by its name it is read, within
// the bound.
func TestSpecialFiles(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"pipe.yaml", "pipe.yml"} {
		if err := syscall.Mkfifo(filepath.Join(dir, name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const config = "kind: NestedConfig\nmetadata: {name: a}\n"
	if err := os.WriteFile(filepath.Join(dir, "one.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("pipe.yaml", filepath.Join(dir, "link.yaml")); err != nil {
		t.Fatal(err)
	}
	docs, problems := source.Read([]string{dir}, nil, source.Options{})
	if len(docs) != 1 || docs[0].Name != "a" || len(problems) > 0 {
		t.Errorf("the directory: %d documents, %v", len(docs), problems)
	}

	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := w.WriteString(config); err != nil {
		t.Fatal(err)
	}
	w.Close()
	docs, problems = source.Read([]string{fmt.Sprintf("/dev/fd/%d", r.Fd())}, nil, source.Options{})
	if len(docs) != 1 || len(problems) > 0 {
		t.Errorf("a pipe by its name: %d documents, %v", len(docs), problems)
	}

	for path, want := range map[string]string{
		source.Stdin: "stdin: is larger than 64 MB: split it",
		"/dev/zero":  "/dev/zero: is larger than 64 MB: split it",
	} {
		docs, problems = source.Read([]string{path}, endless{}, source.Options{})
		var got []string
		for _, p := range problems {
			got = append(got, p.String())
		}
		if diff := cmp.Diff([]string{want}, got); len(docs) > 0 || diff != "" {
			t.Errorf("%s: %d documents (-want +got):\n%s", path, len(docs), diff)
		}
	}
}
