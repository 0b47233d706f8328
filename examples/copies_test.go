package examples_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nested-config/nested-config/internal/cli"
	"github.com/nested-config/nested-config/internal/golden"
)

// TestCopies: an example is copied alone, so it has a copy of what it needs of the rest of the repository. Each copy is the original.
func TestCopies(t *testing.T) {
	copies := map[string]string{"argocd/cluster/external-secret.yaml": "../overlays/secrets/external-secrets/keystone/external-secret.yaml"}
	for dir, kind := range kustomizations(t, ".") {
		if name := filepath.Base(dir); kind == "Component" && (name == "roll" || name == "rename") {
			copies[dir+"/kustomization.yaml"] = "../overlays/" + name + "/kustomization.yaml"
			copies[dir+"/name-references.yaml"] = "../overlays/" + name + "/name-references.yaml"
		}
		if kind == "Component" && filepath.Base(dir) == "guard" {
			copies[dir+"/kustomization.yaml"] = "../bases/guard/kustomization.yaml"
		}
	}
	if len(copies) < 12 {
		t.Errorf("only %d copies: an example has no guard", len(copies))
	}
	for file, original := range copies {
		want := read(t, original)
		if golden.Update() {
			if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(want, read(t, file)); diff != "" {
			t.Errorf("%s is not %s (-want +got):\n%s", file, original, diff)
		}
	}
}

// TestAlone: each example builds where there is nothing but its directory, with the bytes that it has here.
func TestAlone(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		t.Run(e.Name(), func(t *testing.T) {
			alone := t.TempDir()
			if err := os.CopyFS(alone, os.DirFS(e.Name())); err != nil {
				t.Fatal(err)
			}
			for dir, kind := range kustomizations(t, e.Name()) {
				if kind == "Component" {
					continue
				}
				here, there := built(dir), strings.ReplaceAll(built(alone+strings.TrimPrefix(dir, e.Name())), alone, e.Name())
				if diff := cmp.Diff(here, there); diff != "" {
					t.Errorf("%s (-here +alone):\n%s", dir, diff)
				}
			}
		})
	}
}

// kustomizations are the directories below root that kustomize builds, with the kind of each.
func kustomizations(t *testing.T, root string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != "kustomization.yaml" {
			return err
		}
		var k struct{ Kind string }
		parse(t, path, &k)
		found[filepath.Dir(path)] = k.Kind
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// built is all that nested-config build says about a directory; what fails here, such as a base that is for overlays alone, fails there in the
// same way.
func built(dir string) string {
	var out, errs bytes.Buffer
	status := cli.Run([]string{"build", dir}, cli.Env{Out: &out, Err: &errs})
	return fmt.Sprintf("%s%sexit status %d\n", out.String(), strings.ReplaceAll(errs.String(), dir, "DIR"), status)
}
