// Package fleet_test holds the example fleet to what its README says.
package fleet_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/fn/krm"
	"github.com/nested-config/nested-config/internal/cli"
	"github.com/nested-config/nested-config/internal/golden"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

var clusters = []string{"east", "south", "west"}

// run is nested-config with some arguments; it must succeed silently.
func run(t *testing.T, args ...string) string {
	t.Helper()
	var out, stderr bytes.Buffer
	if status := cli.Run(args, cli.Env{Out: &out, Err: &stderr}); status != 0 || stderr.Len() > 0 {
		t.Fatalf("%v: exit status %d: %s", args, status, stderr.String())
	}
	return out.String()
}

// shown compares a text with a file.
func shown(t *testing.T, file, got string) {
	t.Helper()
	if golden.Update() {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// Each cluster is a kustomization of its own; the check builds to nothing.
func TestKustomizations(t *testing.T) {
	for _, c := range clusters {
		shown(t, "kustomize/"+c+"/expected.yaml", run(t, "build", "kustomize/"+c))
	}
	if out := run(t, "build", "kustomize/check"); out != "" {
		t.Errorf("the check writes\n%s", out)
	}
}

// Both ways of keeping the fleet lead to the same clusters.
func TestBothWaysAreTheSame(t *testing.T) {
	for _, c := range clusters {
		kustomized := map[string]string{}
		for _, doc := range strings.Split(run(t, "build", "kustomize/"+c), "---\n") {
			n := yaml.MustParse(doc)
			kustomized[n.GetKind()+" "+n.GetName()] = data(t, n)
		}
		rendered := map[string]string{}
		for _, doc := range strings.Split(run(t, "kpt/"+c+"/nested-config.yaml"), "---\n") {
			n := yaml.MustParse(doc)
			rendered[n.GetKind()+" "+n.GetName()] = data(t, n)
		}
		if diff := cmp.Diff(kustomized, rendered); diff != "" {
			t.Errorf("%s (-kustomize +kpt):\n%s", c, diff)
		}
	}
}

// data is a resource without its order, which is kustomize's own there.
func data(t *testing.T, n *yaml.RNode) string {
	t.Helper()
	text, err := n.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The kpt package is shipped as it is rendered, package by package, and passes
// its FleetCheck.
func TestKptPackage(t *testing.T) {
	fleet := &krm.ResourceList{FunctionConfig: yaml.MustParse(mustRead(t, "kpt/fleet-check.yaml"))}
	for _, c := range clusters {
		reader := kio.LocalPackageReader{PackagePath: "kpt/" + c, PreserveSeqIndent: true, MatchFilesGlob: []string{"*.yaml", "Kptfile"}}
		items, err := reader.Read()
		if err != nil {
			t.Fatal(err)
		}
		rl := &krm.ResourceList{Items: items}
		if err := fn.Process(rl); err != nil || len(rl.Results) > 0 {
			t.Fatalf("%s: %v: %v", c, err, rl.Results)
		}
		fleet.Items = append(fleet.Items, rl.Items...)
		dir := t.TempDir()
		if err := (kio.LocalPackageWriter{PackagePath: dir}).Write(copies(rl.Items)); err != nil {
			t.Fatal(err)
		}
		if golden.Update() {
			for name, text := range tree(t, dir) {
				if err := os.WriteFile(filepath.Join("kpt", c, name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
		if diff := cmp.Diff(tree(t, "kpt/"+c), tree(t, dir)); diff != "" {
			t.Errorf("%s (-as shipped +rendered):\n%s", c, diff)
		}
	}
	if err := fn.Process(fleet); err != nil || len(fleet.Results) > 0 {
		t.Errorf("FleetCheck: %v: %v", err, fleet.Results)
	}
}

func copies(items []*yaml.RNode) []*yaml.RNode {
	var out []*yaml.RNode
	for _, i := range items {
		out = append(out, i.Copy())
	}
	return out
}

func mustRead(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// tree is the text of every file below dir, by its path.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files[path] = mustRead(t, filepath.Join(dir, path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
