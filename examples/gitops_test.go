// Package examples_test holds the examples to what their READMEs say.
package examples_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/yaml"

	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/fn/krm"
	"github.com/nested-config/nested-config/internal/build"
	"github.com/nested-config/nested-config/internal/golden"
)

// rendered maps what is in Git to what it is rendered from.
var rendered = map[string]string{
	"argocd/rendered/manifests/nested-k8s.yaml": "argocd/cluster",
	"flux/rendered/nested-k8s.yaml":             "flux/cluster",
}

func TestRendered(t *testing.T) {
	for file, dir := range rendered {
		m, _, err := build.Run(t.Context(), dir, build.Options{Function: fn.Process, Message: func(r krm.Result) string { return fn.Line(r, false) }})
		if err != nil {
			t.Fatal(err)
		}
		got, err := m.AsYaml()
		if err != nil {
			t.Fatal(err)
		}
		if golden.Update() {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(read(t, file), string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
		// Flux's postBuild substitution would eat it, or fail on it.
		if strings.Contains(string(got), "${") {
			t.Errorf("%s holds ${", file)
		}
	}
}

// TestApplications: every Application names a directory of this repository, and the one with a plugin names the plugin as Argo CD does, by
// name and version. None takes a network away by itself: .ci/peers/argocd/sync shows what each of these settings keeps from happening.
func TestApplications(t *testing.T) {
	var plugin struct {
		Metadata struct{ Name string }
		Spec     struct{ Version string }
	}
	parse(t, "argocd/sidecar/plugin.yaml", &plugin)
	for dir, want := range map[string]string{"sidecar": plugin.Metadata.Name + "-" + plugin.Spec.Version, "plugin-home": "", "rendered": ""} {
		var app struct {
			Metadata struct {
				Annotations map[string]string
				Finalizers  []string
			}
			Spec struct {
				Source struct {
					Path   string
					Plugin struct{ Name string }
				}
				SyncPolicy map[string]any
			}
		}
		parse(t, "argocd/"+dir+"/application.yaml", &app)
		if diff := cmp.Diff(map[string]string{"argocd.argoproj.io/compare-options": "ServerSideDiff=true"}, app.Metadata.Annotations); diff != "" {
			t.Errorf("%s: annotations (-want +got):\n%s", dir, diff)
		}
		if diff := cmp.Diff([]string(nil), app.Metadata.Finalizers); diff != "" {
			t.Errorf("%s: finalizers (-want +got):\n%s", dir, diff)
		}
		policy := map[string]any{
			"automated":   map[string]any{"prune": true, "selfHeal": true, "allowEmpty": false},
			"syncOptions": []any{"ServerSideApply=true", "Prune=confirm"},
		}
		if diff := cmp.Diff(policy, app.Spec.SyncPolicy); diff != "" {
			t.Errorf("%s: sync policy (-want +got):\n%s", dir, diff)
		}
		if app.Spec.Source.Plugin.Name != want {
			t.Errorf("%s: plugin %q, want %q", dir, app.Spec.Source.Plugin.Name, want)
		}
		if files, err := filepath.Glob(filepath.Join("..", app.Spec.Source.Path, "*.yaml")); err != nil || len(files) == 0 {
			t.Errorf("%s: there is nothing in %s", dir, app.Spec.Source.Path)
		}
	}
}

// TestOneVersion: the examples name one version of the image.
func TestOneVersion(t *testing.T) {
	image := regexp.MustCompile(`ghcr\.io/nested-config/nested-config:[^\s,}]+`)
	found := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".yaml") {
			for _, reference := range image.FindAllString(read(t, path), -1) {
				found[reference] = true
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]bool{"ghcr.io/nested-config/nested-config:v0.1.0": true}, found); diff != "" {
		t.Errorf("image references (-want +got):\n%s", diff)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func parse(t *testing.T, path string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(read(t, path)), into); err != nil {
		t.Fatal(err)
	}
}
