package build_test

import (
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"

	"github.com/nested-config/nested-config/internal/build"
)

// remoteForms are the ways to name what lies elsewhere: those that kustomize knows, spelled in every way that its parser takes, and those of other
// programs of the field.
var remoteForms = []string{
	"https://git.example/team/repo//base?ref=v1",
	"HTTPS://git.example/team/repo",
	"https://git.example/team/_git/repo/base",
	"https://git.example/base.yaml",
	"https:opaque",
	"http://git.example/team/repo.git/base?version=v1&timeout=1s&submodules=false",
	"file:///srv/repo//base?ref=--upload-pack%3Dtouch%20PWNED%3Btrue",
	"File:///srv/repo",
	"ssh://git@git.example/team/repo",
	"ssh://-oProxyCommand=touch PWNED/team/repo",
	"git@git.example:team/repo.git//base",
	"git@git.example/team/repo",
	"git::https://git.example/team/repo",
	"GIT::git::ssh://git.example/team/repo",
	"github.com/team/repo?ref=v1",
	"GitHub.com:team/repo",
	"gİthub.com/team/repo", // its lower case is github.com to kustomize
	"git@github.com:team/repo.git",
	"hg::https://git.example/team/repo",
	"s3::https://s3.example/bucket",
	"ext::sh -c touch% PWNED",
	"oci://registry.example/team/repo",
}

// opens are the texts of a kustomization that kustomize opens something for. asValue are those for which a name of something elsewhere is a text like
// any other; what begins with these is covered.
var (
	opens = []string{
		"resources", "components", "crds", "bases", "configurations", "generators", "transformers", "validators", "openapi", "patchesStrategicMerge",
		"patchesJson6902.path", "patches.path", "replacements.path", "configMapGenerator.files", "configMapGenerator.envs", "configMapGenerator.env",
		"secretGenerator.files", "secretGenerator.envs", "secretGenerator.env",
	}
	asValue = []string{
		"kind", "apiVersion", "metadata.", "namePrefix", "nameSuffix", "namespace", "commonLabels", "labels.", "commonAnnotations",
		"patchesJson6902.patch", "patchesJson6902.target.", "patches.patch", "patches.target.", "patches.options", "images.", "imageTags.",
		"replacements.source.", "replacements.targets.", "replacements.sourceValue", "replicas.", "vars.", "sortOptions.",
		"configMapGenerator.namespace", "configMapGenerator.name", "configMapGenerator.behavior", "configMapGenerator.literals", "configMapGenerator.options.",
		"secretGenerator.namespace", "secretGenerator.name", "secretGenerator.behavior", "secretGenerator.literals", "secretGenerator.options.",
		"secretGenerator.type", "generatorOptions.", "buildMetadata",
	}
	refused = []string{"helmGlobals.", "helmCharts.", "helmChartInflationGenerator."} // altogether
)

// Every text of a kustomization, found by reflection so that kustomize cannot add one unseen, set to everything that lies elsewhere: nothing is
// started and nothing connected to, and the error names file, entry and flag.
func TestEveryFieldStaysHere(t *testing.T) {
	guard := noWayOut(t)
	for _, leaf := range leaves(reflect.TypeFor[types.Kustomization](), nil) {
		name := strings.Join(leaf, ".")
		t.Run(name, func(t *testing.T) {
			open, value, never := has(opens, name), has(asValue, name), has(refused, name)
			if !open && !value && !never {
				t.Fatalf("%s is new: does kustomize open something for it? Add it to this test, and to uses if it does", name)
			}
			for i, form := range remoteForms {
				if !open && i > 5 {
					break
				}
				dir := t.TempDir()
				tree := map[string]any{}
				set(tree, leaf, form)
				if _, ok := tree["resources"]; !ok {
					tree["resources"] = []any{"cm.yaml"}
				}
				write(t, dir, "cm.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
				text, err := yaml.Marshal(tree)
				if err != nil {
					t.Fatal(err)
				}
				write(t, dir, "kustomization.yaml", string(text))
				t.Chdir(dir)
				_, stderr := run(".", build.Options{})
				guard(t, form)
				if fileOnly := !slices.Contains([]string{"resources", "bases", "components", "generators", "transformers", "validators"}, name); fileOnly &&
					!strings.Contains(form, ":/") && !strings.HasPrefix(form, "https:") && !strings.Contains(form, "::") {
					continue // the name of a file, which is not there
				}
				if open && !(strings.HasPrefix(stderr, "kustomization.yaml: "+leaf[0]) &&
					strings.Contains(stderr, "is remote: build reads only local files unless --allow-remote is given")) {
					t.Errorf("%s: %q", form, stderr)
				}
			}
		})
	}
}

// The config of one of kustomize's own plugins opens files too.
func TestEveryPluginStaysHere(t *testing.T) {
	guard := noWayOut(t)
	for kind, fields := range map[string][]string{
		"PatchTransformer": {"path: FORM"}, "PatchJson6902Transformer": {"target: {kind: ConfigMap, name: a}\npath: FORM"},
		"PatchStrategicMergeTransformer": {"paths: [FORM]"}, "ReplacementTransformer": {"replacements: [{path: FORM}]"},
		"ConfigMapGenerator": {"files: [FORM]", "envs: [FORM]", "env: FORM", "files: ['k=FORM']"}, "SecretGenerator": {"files: [FORM]", "envs: [FORM]"},
		"ValueAddTransformer": {"targetFilePath: FORM"}, "HelmChartInflationGenerator": {"valuesFile: FORM"},
	} {
		for _, field := range fields {
			for _, form := range []string{"https://git.example/a.yaml", "HTTP://git.example/a.yaml", "https:opaque"} {
				list := "transformers"
				if strings.HasSuffix(kind, "Generator") {
					list = "generators"
				}
				dir := t.TempDir()
				config := "apiVersion: builtin\nkind: " + kind + "\nmetadata: {name: p}\n" + strings.ReplaceAll(field, "FORM", form) + "\n"
				write(t, dir, "cm.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
				write(t, dir, "plugin.yaml", config)
				for _, entry := range []string{"- plugin.yaml\n", "- |\n  " + strings.ReplaceAll(strings.TrimSpace(config), "\n", "\n  ") + "\n"} {
					write(t, dir, "kustomization.yaml", "resources: [cm.yaml]\n"+list+":\n"+entry)
					t.Chdir(dir)
					stdout, stderr := run(".", build.Options{})
					guard(t, form)
					if stdout != "" || !strings.HasPrefix(stderr, "kustomization.yaml: "+list+"[0]: ") {
						t.Errorf("%s %s: %q", kind, form, stdout+stderr)
					}
				}
			}
		}
	}
}

// A root that lies elsewhere is an error as well, and a spelling that only kustomize's JSON takes for the field.
func TestOtherDoorsStayHere(t *testing.T) {
	guard := noWayOut(t)
	const refusal = `is remote: build reads only local files unless --allow-remote is given` + "\n"
	for _, form := range remoteForms {
		stdout, stderr := run(form, build.Options{})
		guard(t, form)
		if stdout != "" || !strings.HasSuffix(stderr, refusal) && !strings.Contains(form, "ext::") {
			t.Errorf("%s: %q", form, stdout+stderr)
		}
	}
	for _, c := range []struct{ text, want string }{
		{"Resources: ['file:///srv/repo']\n", `kustomization.yaml: resources[0]: "file:///srv/repo": ` + refusal},
		{"re\u017fources: ['file:///srv/repo']\n", `kustomization.yaml: resources[0]: "file:///srv/repo": ` + refusal},
		{"x: &x {resources: ['file:///srv/repo']}\n<<: *x\n", `kustomization.yaml: resources[0]: "file:///srv/repo": ` + refusal},
		{"y: &x file:///srv/repo\nresources: [*x]\n", `kustomization.yaml: resources[0]: "file:///srv/repo": ` + refusal},
		{"resources: [cm.yaml]\nRESOURCES: ['file:///srv/repo']\n", "kustomization.yaml: resources: stands twice, in different spellings: keep one\n"},
		{"resources: [cm.yaml]\nPatches: [{PATH: 'https://git.example/a'}]\n", `kustomization.yaml: patches[0].PATH: "https://git.example/a": ` + refusal},
		{"resources: [cm.yaml]\nopenapi: {path: 'https://a:secret@git.example/a?token=secret'}\n", `kustomization.yaml: openapi.path: "https://git.example/a": ` + refusal},
		{"resources: ['https://a.example/b', 'ssh://c/d']\ncomponents: ['a@b:c/d']\n", `kustomization.yaml: components[0]: "a@b:c/d": ` + refusal +
			`kustomization.yaml: resources[0]: "https://a.example/b": ` + refusal + `kustomization.yaml: resources[1]: "ssh://c/d": ` + refusal},
	} {
		dir := t.TempDir()
		write(t, dir, "kustomization.yaml", c.text)
		t.Chdir(dir)
		_, stderr := run(".", build.Options{})
		guard(t, c.text)
		if stderr != c.want {
			t.Errorf("%s\ngot  %q\nwant %q", c.text, stderr, c.want)
		}
	}
}

// What only looks like something elsewhere is a file, as in kustomize.
func TestLocalNames(t *testing.T) {
	guard := noWayOut(t)
	for _, name := range []string{"a@b.yaml", "a:b.yaml", "github.com.yaml", "x.git/a.yaml", "_git/a.yaml", "ref?ref=x.yaml"} {
		dir := t.TempDir()
		write(t, dir, name, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
		write(t, dir, "kustomization.yaml", "resources: ['"+name+"']\n")
		if stdout, stderr := run(dir, build.Options{}); stdout == "" {
			t.Errorf("%s: %s", name, stderr)
		}
		guard(t, name)
	}
}

// The doors of kustomize are known: the packages of it that can start a program, load one or open a connection. A release with another must be read
// before it is taken.
func TestDoorsOfKustomize(t *testing.T) {
	list := exec.Command("go", "list", "-deps", "-f", "{{.ImportPath}}: {{join .Imports \" \"}}", ".")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(string(out)) {
		name, imports, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if !strings.HasPrefix(name, "sigs.k8s.io/kustomize/") {
			continue
		}
		for _, door := range strings.Fields(imports) {
			if slices.Contains([]string{"net", "net/http", "os/exec", "plugin", "syscall"}, door) {
				got = append(got, strings.TrimPrefix(name, "sigs.k8s.io/kustomize/")+" "+door)
			}
		}
	}
	want := []string{
		"api/internal/builtins os/exec",                      // helm: only where it is enabled
		"api/internal/git os/exec",                           // git, by PATH: see Seal
		"api/internal/loader net/http",                       // by the default transport: see Seal
		"api/internal/plugins/execplugin os/exec",            // plugins: only where they are enabled
		"api/internal/plugins/loader plugin",                 // the same
		"kyaml/fn/runtime/exec os/exec",                      // functions: the same
		"kyaml/yaml/internal/k8sgen/pkg/util/validation net", // parses addresses
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-known +got):\n%s", diff)
	}
}

// noWayOut makes a git that leaves a mark and an HTTP client that does, and returns a check that there is none.
func noWayOut(t testing.TB) func(*testing.T, string) {
	t.Helper()
	bin := t.TempDir()
	mark := filepath.Join(bin, "mark")
	for _, name := range []string{"git", "helm", "ssh", "go"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\necho \"$0 $*\" >>"+mark+"\nexit 1\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+":/usr/bin:/bin")
	before := http.DefaultTransport
	t.Cleanup(func() { http.DefaultTransport = before })
	asked := ""
	http.DefaultTransport = transport(func(r *http.Request) (*http.Response, error) {
		asked = r.URL.String()
		return nil, errors.New("no network in a test")
	})
	return func(t *testing.T, what string) {
		t.Helper()
		if started, err := os.ReadFile(mark); err == nil || asked != "" {
			t.Errorf("%s: started %q, asked %q", what, started, asked)
			asked = ""
			os.Remove(mark)
		}
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// leaves lists the paths of all texts in a type, by their names in JSON.
func leaves(t reflect.Type, path []string) (found [][]string) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		return leaves(t.Elem(), path)
	case reflect.Map: // of texts, by any key
		return [][]string{path}
	case reflect.String, reflect.Interface:
		return [][]string{path}
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			switch {
			case !f.IsExported():
			case name == "" && (f.Anonymous || strings.HasPrefix(options, "inline")):
				found = append(found, leaves(f.Type, path)...)
			default:
				found = append(found, leaves(f.Type, append(path[:len(path):len(path)], name))...)
			}
		}
	}
	return found
}

// set puts a text at a path of a tree, in lists where the type has them.
func set(tree map[string]any, path []string, value string) {
	t := reflect.TypeFor[types.Kustomization]()
	here := tree
	for i, name := range path {
		f := field(t, name)
		list := f.Kind() == reflect.Slice
		for f.Kind() == reflect.Slice || f.Kind() == reflect.Pointer {
			f = f.Elem()
		}
		var v any = map[string]any{}
		if f.Kind() == reflect.Map {
			v = map[string]any{"path": value}
		} else if i == len(path)-1 {
			v = value
		}
		if list {
			here[name] = []any{v}
		} else {
			here[name] = v
		}
		if next, ok := v.(map[string]any); ok {
			here = next
		}
		t = f
	}
}

func field(t reflect.Type, name string) reflect.Type {
	for i := range t.NumField() {
		f := t.Field(i)
		if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag == name {
			return f.Type
		} else if tag == "" && f.Type.Kind() == reflect.Struct {
			if found := field(f.Type, name); found != nil {
				return found
			}
		}
	}
	return nil
}

func has(list []string, name string) bool {
	for _, l := range list {
		if name == l || strings.HasSuffix(l, ".") && strings.HasPrefix(name, l) {
			return true
		}
	}
	return false
}

func write(t testing.TB, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
