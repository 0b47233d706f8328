// Package fleet_test holds the fleet on Argo CD to what its files say of each other. .ci/peers/argocd/fleet lets Argo CD sync it.
package fleet_test

import (
	"bytes"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/build"
	"github.com/nested-config/nested-config/internal/cli"
	"github.com/nested-config/nested-config/internal/golden"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

const (
	commit = "1234567890123456789012345678901234567890"
	home   = "examples/argocd/fleet" // of this example in its repository
)

// run is what the plugin does in a directory: its manifest, and the errors.
func run(dir string) (out, errs string) {
	var stdout, stderr bytes.Buffer
	getenv := func(name string) string { return map[string]string{build.CommitVariable: commit}[name] }
	cli.Run([]string{"build", "--argocd", dir}, cli.Env{Out: &stdout, Err: &stderr, Getenv: getenv})
	return stdout.String(), stderr.String()
}

func builds(t *testing.T, dir string) string {
	t.Helper()
	out, errs := run(dir)
	if errs != "" {
		t.Fatalf("%s: %s", dir, errs)
	}
	return out
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func clusters(t *testing.T) []string {
	t.Helper()
	dirs, err := filepath.Glob("clusters/*/*")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no clusters: %v", err)
	}
	return dirs
}

// What Argo CD applies to itself is in the repository, for people to read: the ApplicationSets, and nothing of the clusters.
func TestFleet(t *testing.T) {
	got := builds(t, ".")
	if golden.Update() {
		if err := os.WriteFile("expected.yaml", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(read(t, "expected.yaml"), got); diff != "" {
		t.Errorf("expected.yaml (-want +got):\n%s", diff)
	}
}

// The clusters are those of ../../fleet, to the byte.
func TestClusters(t *testing.T) {
	for _, dir := range clusters(t) {
		want := read(t, filepath.Join("../../fleet/kustomize", filepath.Base(dir), "expected.yaml"))
		if diff := cmp.Diff(want, builds(t, dir)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", dir, diff)
		}
	}
}

// With clusters that clash there is no manifest, and so nothing that Argo CD could apply.
func TestClash(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(".")); err != nil {
		t.Fatal(err)
	}
	south := filepath.Join(dir, "clusters/rest/south/config/nested-config.yaml")
	if err := os.WriteFile(south, []byte(strings.ReplaceAll(read(t, south), `namePrefix: "south "`, "namePrefix: ''")), 0o644); err != nil {
		t.Fatal(err)
	}
	out, errs := run(dir)
	want := dir + `/kustomization.yaml: transformers[0]: FleetCheck paris: south: spec.linkLocal.namePrefix: "": gives link-local services of NestedConfig south the names of others in NestedConfig east: "Contrail Analytics 2" leads to 192.168.1.103:8086 and there to 192.168.1.101:8086; list the nodes in the same order with the same ports, or give one of them another prefix` + "\n"
	if diff := cmp.Diff(want, errs); diff != "" || out != "" {
		t.Errorf("(-want +got):\n%sand\n%s", diff, out)
	}
}

// applicationSet has the fields that the tests look at, and those beside them: decoding is strict.
type applicationSet struct {
	APIVersion, Kind string
	Metadata         struct {
		Name, Namespace string
		Annotations     map[string]string
	}
	Spec struct {
		GoTemplate        bool
		GoTemplateOptions []string
		SyncPolicy        struct{ PreserveResourcesOnDeletion bool }
		Strategy          struct {
			Type        string
			RollingSync struct {
				Steps []struct {
					MatchExpressions []struct {
						Key, Operator string
						Values        []string
					}
					MaxUpdate string
				}
			}
		}
		Generators []struct {
			Matrix struct {
				Generators []struct {
					Git struct {
						RepoURL, Revision, PathParamPrefix string
						RequeueAfterSeconds                int
						Files, Directories                 []struct {
							Path    string
							Exclude bool
						}
					}
				}
			}
		}
		Template struct {
			Metadata struct {
				Name                string
				Labels, Annotations map[string]string
			}
			Spec struct {
				Project string
				Source  struct {
					RepoURL, TargetRevision, Path string
					Plugin                        struct{ Name string }
				}
				Destination struct{ Name, Namespace string }
				SyncPolicy  struct {
					Automated   struct{ Prune, AllowEmpty bool }
					SyncOptions []string
					// Of a wave for which the next one waits.
					ManagedNamespaceMetadata struct{ Annotations map[string]string }
					Retry                    struct {
						Limit   int
						Backoff struct {
							Duration    string
							Factor      int
							MaxDuration string
						}
					}
				}
			}
		}
	}
}

func applicationSets(t *testing.T) []applicationSet {
	t.Helper()
	var sets []applicationSet
	for _, doc := range strings.Split(builds(t, "."), "---\n") {
		var s applicationSet
		if err := yaml.UnmarshalStrict([]byte(doc), &s); err != nil {
			t.Fatal(err)
		}
		sets = append(sets, s)
	}
	return sets
}

// Each cluster is in exactly one wave, has a name of its own, and is checked. All that an Application reads is of the commit that was checked.
func TestWaves(t *testing.T) {
	var fleet struct{ Resources []string }
	if err := yaml.Unmarshal([]byte(read(t, "kustomization.yaml")), &fleet); err != nil {
		t.Fatal(err)
	}
	waves, checked := map[string][]string{}, map[string]bool{}
	for _, r := range fleet.Resources {
		checked[r] = true
	}
	for _, s := range applicationSets(t) {
		git := s.Spec.Generators[0].Matrix.Generators
		for _, revision := range []string{git[0].Git.Revision, git[1].Git.Revision, s.Spec.Template.Spec.Source.TargetRevision} {
			if revision != commit {
				t.Errorf("%s: reads %s", s.Metadata.Name, revision)
			}
		}
		if want := home + "/kustomization.yaml"; git[0].Git.Files[0].Path != want {
			t.Errorf("%s: reads %s, want %s", s.Metadata.Name, git[0].Git.Files[0].Path, want)
		}
		for _, dir := range clusters(t) {
			in := false
			for _, d := range git[1].Git.Directories {
				if ok, err := path.Match(d.Path, home+"/"+filepath.ToSlash(dir)); err != nil {
					t.Fatal(err)
				} else if ok {
					in = !d.Exclude
				}
			}
			if in {
				waves[dir] = append(waves[dir], s.Metadata.Name)
			}
		}
	}
	names := map[string]bool{}
	for _, dir := range clusters(t) {
		if len(waves[dir]) != 1 {
			t.Errorf("%s is in the waves %q", dir, waves[dir])
		}
		if !checked[filepath.ToSlash(dir)+"/config"] {
			t.Errorf("%s is not checked", dir)
		}
		var config struct{ Metadata struct{ Name string } }
		if err := yaml.Unmarshal([]byte(read(t, dir+"/config/nested-config.yaml")), &config); err != nil {
			t.Fatal(err)
		}
		if name := filepath.Base(dir); config.Metadata.Name != name || names[name] {
			t.Errorf("%s: the cluster is %s, or has the name of another", dir, config.Metadata.Name)
		}
		names[filepath.Base(dir)] = true
	}
}

// Argo CD builds a cluster anew when something below the annotated paths changes. So these hold all that its build reads.
func TestManifestGeneratePaths(t *testing.T) {
	annotation := applicationSets(t)[0].Spec.Template.Metadata.Annotations["argocd.argoproj.io/manifest-generate-paths"]
	for _, dir := range clusters(t) {
		alone := t.TempDir()
		for _, p := range strings.Split(annotation, ";") {
			from := filepath.Join(dir, p)
			if err := os.CopyFS(filepath.Join(alone, from), os.DirFS(from)); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(builds(t, dir), builds(t, filepath.Join(alone, dir))); diff != "" {
			t.Errorf("%s (-here +alone):\n%s", dir, diff)
		}
	}
}

// The Application of the fleet and those of the clusters name the plugin as Argo CD does, by name and version.
func TestPlugin(t *testing.T) {
	var plugin struct {
		Metadata struct{ Name string }
		Spec     struct{ Version string }
	}
	if err := yaml.Unmarshal([]byte(read(t, "../sidecar/plugin.yaml")), &plugin); err != nil {
		t.Fatal(err)
	}
	var app struct {
		Spec struct {
			Source struct {
				Path   string
				Plugin struct{ Name string }
			}
		}
	}
	if err := yaml.Unmarshal([]byte(read(t, "application.yaml")), &app); err != nil {
		t.Fatal(err)
	}
	if app.Spec.Source.Path != home {
		t.Errorf("path: %s", app.Spec.Source.Path)
	}
	names := []string{app.Spec.Source.Plugin.Name}
	for _, s := range applicationSets(t) {
		names = append(names, s.Spec.Template.Spec.Source.Plugin.Name)
	}
	for _, name := range names {
		if want := plugin.Metadata.Name + "-" + plugin.Spec.Version; name != want {
			t.Errorf("plugin %q, want %q", name, want)
		}
	}
}
