package build

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
)

// A file that is read here gives what a run of kustomize gives; every other entry is for that run.
func TestFileIsWhatKustomizeReads(t *testing.T) {
	config := "apiVersion: nested.opencontrail.org/v1alpha1\nkind: NestedConfig\nmetadata:\n  name: a # here\n  annotations: {config.kubernetes.io/local-config: \"true\"}\nspec: {z: 1, a: \"007\"}\n"
	other := strings.NewReplacer("name: a", "name: b", "local-config", "other").Replace(config)
	cases := map[string]struct {
		entry string
		text  string // of the file that the entry names
		here  bool
	}{
		"a config":                   {"a.yaml", config, true},
		"below":                      {"below/a.yaml", config, true},
		"in other words":             {"./below/../a.yaml", config, true},
		"in Windows lines":           {"a.yaml", strings.ReplaceAll(config, "\n", "\r\n"), true},
		"two":                        {"a.yaml", config + "---\n" + other, true},
		"a list":                     {"a.yaml", "apiVersion: v1\nkind: List\nitems:\n- " + strings.ReplaceAll(strings.TrimSpace(config), "\n", "\n  ") + "\n", true},
		"JSON":                       {"a.json", `{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"b": "1"}}`, true},
		"an anchor":                  {"a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: &a a}\ndata: {b: *a}\n", true},
		"with an origin":             {"a.yaml", strings.Replace(config, "annotations: {", "annotations: {config.kubernetes.io/origin: \"path: x\", ", 1), true},
		"for its own namespace":      {"a.yaml", strings.Replace(config, "  name: a", "  namespace: n\n  name: a", 1), true},
		"empty":                      {"a.yaml", "", true},
		"only a comment":             {"a.yaml", "# nothing\n", true},
		"twice the same":             {"a.yaml", config + "---\n" + config, false},
		"no resource":                {"a.yaml", "a: b\n", false},
		"no YAML":                    {"a.yaml", "a: [\n", false},
		"an alias within itself":     {"a.yaml", "a: &a [*a]\n", false},
		"outside":                    {"../outside.yaml", config, false},
		"a link that leads outside":  {"link.yaml", "", false},
		"a directory":                {"dir", "", false},
		"a kustomization":            {"kustomization.yaml", "", false},
		"a file that does not exist": {"none.yaml", "", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			dir := filepath.Join(root, "site")
			put := func(path, text string) {
				t.Helper()
				path = filepath.Join(dir, path)
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			put("kustomization.yaml", "generators: ["+c.entry+"]\n")
			put("below/none", "")
			put("dir/kustomization.yaml", "resources: [a.yaml]\n")
			put("dir/a.yaml", config)
			put("../target.yaml", config)
			if err := os.Symlink("../target.yaml", filepath.Join(dir, "link.yaml")); err != nil {
				t.Fatal(err)
			}
			if c.text != "" || c.here {
				put(c.entry, c.text)
			}
			at := func() *kustomization {
				b := newBuilder(context.Background(), dir, Options{Restrictions: types.LoadRestrictionsRootOnly})
				return &kustomization{b: b, path: filepath.Join(dir, "kustomization.yaml"), dir: dir}
			}
			m := at().file(c.entry)
			if (m != nil) != c.here {
				t.Fatalf("read here: %v", m != nil)
			}
			if m == nil {
				return
			}
			want, err := at().built(c.entry)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(resources(t, want), resources(t, m)); diff != "" {
				t.Errorf("(-kustomize +here):\n%s", diff)
			}
		})
	}
}

func resources(t *testing.T, m resmap.ResMap) []string {
	t.Helper()
	var out []string
	for _, r := range m.Resources() {
		text, err := r.AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(text))
	}
	return out
}
