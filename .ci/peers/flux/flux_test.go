// Package flux runs what examples/flux publishes through the build of Flux's kustomize-controller.
package flux

import (
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/fluxcd/pkg/kustomize"
	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

const example = "../../../examples/flux"

// TestRendered: Flux builds what CI rendered, and every object is as it was, also after its postBuild substitution at its strictest.
func TestRendered(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(example, "rendered"))); err != nil {
		t.Fatal(err)
	}
	sync := unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{
		"path": "./", "prune": true, "postBuild": map[string]any{"substitute": map[string]any{"cluster": "k8s"}},
	}}}
	if _, err := kustomize.NewGenerator(dir, sync).WriteFile(dir); err != nil {
		t.Fatal(err)
	}
	m, err := kustomize.SecureBuild(dir, dir, false)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range m.Resources() {
		r, err := kustomize.SubstituteVariables(t.Context(), nil, sync, r, kustomize.SubstituteWithStrict(true), kustomize.SubstituteWithDryRun(true))
		if err != nil {
			t.Fatal(err)
		}
		text, err := r.AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(text))
	}
	sort.Strings(got)
	if diff := cmp.Diff(want(t, dir), got); diff != "" {
		t.Errorf("(-rendered +built by Flux):\n%s", diff)
	}
	t.Logf("%d objects, unchanged", len(got))
}

// TestNotRendered: Flux refuses to run the function, so that a site that publishes the kustomization itself sees an error and loses nothing.
func TestNotRendered(t *testing.T) {
	root := t.TempDir()
	if err := os.CopyFS(root, os.DirFS(filepath.Join(example, "cluster"))); err != nil {
		t.Fatal(err)
	}
	_, err := kustomize.SecureBuild(root, root, false)
	if err == nil || !strings.Contains(err.Error(), "unable to load external plugin 'NestedConfig'") {
		t.Fatalf("got %v", err)
	}
	t.Log(err)
}

// want returns the rendered objects, each as sorted YAML.
func want(t *testing.T, dir string) (objects []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "nested-k8s.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for doc := range strings.SplitSeq(string(text), "\n---\n") {
		var o map[string]any
		if err := yaml.Unmarshal([]byte(doc), &o); err != nil {
			t.Fatal(err)
		}
		text, err := yaml.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		objects = append(objects, string(text))
	}
	sort.Strings(objects)
	return objects
}
