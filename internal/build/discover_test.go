package build_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/nested-config/nested-config/internal/build"
)

const ours = "apiVersion: nested.opencontrail.org/v1alpha1\nkind: NestedConfig\nmetadata: {name: k8s}\n"

// Every layout of a NestedConfig is found, and nobody else's directory.
func TestDiscover(t *testing.T) {
	for _, c := range []struct {
		reason, archive string
		want            []string
	}{
		{"a generator in the directory", "-- top/kustomization.yaml --\ngenerators: [a.yaml]\n-- top/a.yaml --\n" + ours, []string{"a.yaml"}},
		{"kustomize's other file names", "-- top/Kustomization --\ngenerators: [a.yaml]\n-- top/a.yaml --\n" + ours, []string{"a.yaml"}},
		{"a directory under generators", "-- top/kustomization.yml --\ngenerators: [config]\n-- top/config/kustomization.yaml --\nresources: [../../base]\n" +
			"-- base/kustomization.yaml --\nresources: [a.yaml]\n-- base/a.yaml --\n" + ours, []string{"../base/a.yaml"}},
		{"an overlay over a base with generators", "-- top/kustomization.yaml --\nbases: [../base]\n-- base/kustomization.yaml --\ngenerators: [a.yaml]\n-- base/a.yaml --\n" + ours,
			[]string{"../base/a.yaml"}},
		{"in a component", "-- top/kustomization.yaml --\ncomponents: [c]\n-- top/c/kustomization.yaml --\ngenerators: [a.yaml]\n-- top/c/a.yaml --\n" + ours, []string{"c/a.yaml"}},
		{"inline", "-- top/kustomization.yaml --\ngenerators:\n- |\n  " + strings.ReplaceAll(strings.TrimSpace(ours), "\n", "\n  ") + "\n", []string{"kustomization.yaml"}},
		{"a FleetCheck", "-- top/kustomization.yaml --\ntransformers: [f.yaml]\n-- top/f.yaml --\napiVersion: nested.opencontrail.org/v1alpha1\nkind: FleetCheck\n", []string{"f.yaml"}},
		{"under resources, where build refuses it with a remedy", "-- top/kustomization.yaml --\nresources: [a.yaml]\n-- top/a.yaml --\n" + ours, []string{"a.yaml"}},
		{"the second document", "-- top/kustomization.yaml --\ngenerators: [a.yaml]\n-- top/a.yaml --\nkind: Other\n---\n" + ours, []string{"a.yaml"}},
		{"a NestedConfig that does not parse: build tells why", "-- top/kustomization.yaml --\ngenerators: [a.yaml]\n-- top/a.yaml --\n" + ours + "spec: [\n", []string{"a.yaml"}},
		{"named twice", "-- top/kustomization.yaml --\nresources: [a.yaml]\ngenerators: [a.yaml]\n-- top/a.yaml --\n" + ours, []string{"a.yaml"}},
		{"a cycle", "-- top/kustomization.yaml --\nresources: [../top, a.yaml]\n-- top/a.yaml --\n" + ours, []string{"a.yaml"}},
		{"a list behind an alias", "-- top/kustomization.yaml --\nresources: &r [a.yaml]\ngenerators: *r\n-- top/a.yaml --\n" + ours, []string{"a.yaml"}},

		{"a NestedConfig that no kustomization names", "-- top/kustomization.yaml --\nresources: [b.yaml]\n-- top/b.yaml --\nkind: ConfigMap\n-- top/a.yaml --\n" + ours, nil},
		{"no kustomization", "-- top/a.yaml --\n" + ours, nil},
		{"what was rendered", "-- top/kustomization.yaml --\nresources: [a.yaml]\n-- top/a.yaml --\napiVersion: nested.opencontrail.org/v1alpha1\nkind: LinkLocalService\n", nil},
		{"another group", "-- top/kustomization.yaml --\ngenerators: [a.yaml]\n-- top/a.yaml --\napiVersion: example.com/v1\nkind: NestedConfig\n# nested.opencontrail.org\n", nil},
		{"a kustomization that is no mapping", "-- top/kustomization.yaml --\n- a\n", nil},
		{"a kustomization that does not parse", "-- top/kustomization.yaml --\nresources: [\n", nil},
		{"remote entries and missing files", "-- top/kustomization.yaml --\nresources: ['https://example.com/a?ref=b', 'git@example.com:a', missing.yaml]\n", nil},
		{"lists of no strings", "-- top/kustomization.yaml --\nresources: {a: b}\ngenerators: [[a.yaml], {b: c}, null]\n-- top/a.yaml --\n" + ours, nil},
		{"another tool's chart", "-- top/Chart.yaml --\nname: nested.opencontrail.org\n-- top/templates/a.yaml --\nkind: NestedConfig\n{{ if }}\n", nil},
		{"nothing at all", "-- top/README.md --\n", nil},
	} {
		dir := unpack(t, txtar.Parse([]byte(c.archive)))
		if diff := cmp.Diff(c.want, build.Discover(filepath.Join(dir, "top"))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.reason, diff)
		}
	}
}

// Whatever lies in a directory, discovery ends.
func TestDiscoverHostile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("kustomization.yaml", "resources: [endless.yaml, loop, a.yaml]\n")
	write("a.yaml", ours+"metadata: &x {annotations: [*x]}\n")
	for link, target := range map[string]string{"endless.yaml": "/dev/zero", "loop": "loop"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"a.yaml"}, build.Discover(dir)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := build.Discover(filepath.Join(dir, "missing")); got != nil {
		t.Errorf("a missing directory: %q", got)
	}
}
