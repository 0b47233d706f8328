package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/fn/krm"
	"github.com/nested-config/nested-config/internal/cli"
	"github.com/nested-config/nested-config/internal/golden"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/kio"
)

// Every example with an expected.yaml is what the kustomization beside it gives.
func TestExamplesBuildAsTheyPromise(t *testing.T) {
	files, err := filepath.Glob("examples/*/expected.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples with expected.yaml: %v", err)
	}
	for _, file := range files {
		dir := filepath.Dir(file)
		t.Run(dir, func(t *testing.T) {
			var out, stderr bytes.Buffer
			if status := cli.Run([]string{"build", dir}, cli.Env{Out: &out, Err: &stderr}); status != 0 {
				t.Fatalf("exit status %d: %s", status, stderr.String())
			}
			if golden.Update() {
				if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), out.String()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
			if stderr.Len() > 0 {
				t.Errorf("stderr: %s", stderr.String())
			}
		})
	}
}

// The kpt package is shipped as it is rendered: the function gives back every
// file of it as it stands.
func TestKptExampleIsRendered(t *testing.T) {
	reader := kio.LocalPackageReader{PackagePath: "examples/kpt", PreserveSeqIndent: true, MatchFilesGlob: []string{"*.yaml", "Kptfile"}}
	items, err := reader.Read()
	if err != nil {
		t.Fatal(err)
	}
	rl := &krm.ResourceList{Items: items}
	if err := fn.Process(rl); err != nil || len(rl.Results) > 0 {
		t.Fatalf("%v: %v", err, rl.Results)
	}
	dir := t.TempDir()
	if err := (kio.LocalPackageWriter{PackagePath: dir}).Write(rl.Items); err != nil {
		t.Fatal(err)
	}
	if golden.Update() {
		for name, text := range tree(t, dir) {
			if err := os.WriteFile(filepath.Join("examples/kpt", name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	shipped := tree(t, "examples/kpt")
	delete(shipped, "README.md")
	if diff := cmp.Diff(shipped, tree(t, dir)); diff != "" {
		t.Errorf("examples/kpt (-as shipped +rendered):\n%s", diff)
	}
}

// tree is the text of every file below dir, by its path.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
