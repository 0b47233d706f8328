package build_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/nested-config/nested-config/fn/krm"
	"github.com/nested-config/nested-config/internal/build"
	"github.com/nested-config/nested-config/internal/golden"
)

// Each archive is a sentence, a repository whose directory top is built, and the whole output: stdout and what goes to stderr. The same
// archives are compared with kustomize itself in kustomize_test.go.
func TestRun(t *testing.T) {
	for _, path := range archives(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(unpack(t, archive))
			stdout, stderr := run("top", build.Options{})
			wd, err := os.Getwd()
			if err != nil {
				t.Fatal(err)
			}
			stderr = strings.ReplaceAll(stderr, wd, "$WORK")
			for i, f := range archive.Files {
				got, ok := map[string]string{"stdout": stdout, "stderr": stderr}[f.Name]
				if !ok {
					continue
				}
				if golden.Update() {
					archive.Files[i].Data = []byte(got)
				} else if diff := cmp.Diff(string(f.Data), got); diff != "" {
					t.Errorf("%s%s (-want +got):\n%s", archive.Comment, f.Name, diff)
				}
			}
			if golden.Update() {
				t.Chdir(filepath.Dir(path))
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// run builds dir and returns what a command would print.
func run(dir string, o build.Options) (stdout, stderr string) {
	o.Function = standIn
	o.Message = func(r krm.Result) string { return r.Field.Path + ": " + r.Message }
	m, results, err := build.Run(context.Background(), dir, o)
	for _, r := range results {
		stderr += string(r.Severity) + ": " + r.Message + "\n"
	}
	if err != nil {
		return "", stderr + err.Error() + "\n"
	}
	text, err := m.AsYaml()
	if err != nil {
		return "", err.Error() + "\n"
	}
	return string(text), stderr
}

func archives(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no archives in testdata", err)
	}
	for i := range paths {
		if paths[i], err = filepath.Abs(paths[i]); err != nil {
			t.Fatal(err)
		}
	}
	return paths
}

// unpack writes the files of an archive to a new directory and returns it. A file of one line "-> TARGET" becomes a symlink.
func unpack(t *testing.T, archive *txtar.Archive) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range archive.Files {
		if f.Name == "stdout" || f.Name == "stderr" {
			continue
		}
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, ok := strings.CutPrefix(string(f.Data), "-> "); ok {
			err = os.Symlink(strings.TrimSpace(target), path)
		} else {
			err = os.WriteFile(path, f.Data, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
