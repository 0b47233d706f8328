package build_test

import (
	"encoding/base64"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"

	"github.com/nested-config/nested-config/internal/build"
)

// marker is a password that stands in every place that may hold one.
const marker = "hunter2-Marker"

// secretForms are texts with the marker in them, as somebody may write them in any field: well-formed for one field, broken for the next. In names
// without anything around it the marker is no secret: an error has to name what it is about.
var secretForms = []string{
	"https://admin:" + marker + "@git.example/team/repo", "https://" + marker + "@git.example/a.yaml", "https://git.example/a.yaml?token=" + marker,
	"http://admin:" + marker + "@git.example/a", "ssh://git:" + marker + "@git.example/a", "git::https://" + marker + "@git.example/a//b?ref=" + marker,
	"file:///a?x=" + marker, "https://admin:" + marker + "/x@git.example/a", "https://admin:x?" + marker + "@git.example/a",
}

// contentForms are what is written to where content stands: patches, literals, files of every kind.
var contentForms = []string{
	marker, "*" + marker, "k=" + marker, "=" + marker, marker + "=x", "k: " + marker, "k: *" + marker, "{" + marker, "- " + marker, "k: {" + marker + ": [}",
	"k=" + marker + "\nk=" + marker + "\n", "k k=" + marker, "k=" + marker + "\xff", "1=" + marker, "\"" + marker, "!!binary " + marker, "!!int " + marker, "? " + marker + "\n: ? " + marker,
	"apiVersion: v1\nkind: Secret\nstringData: {k: " + marker + "}",
	"apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {k: " + marker + ", k: " + marker + "}",
	"apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: [" + marker + "]",
	"apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: " + marker,
	"apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {k: " + marker + "}",
	"apiVersion: v1\nkind: Secret\nmetadata: {name: b}\nstringData: {k: " + marker + "}",
	"apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {k: " + marker + "}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {k: " + marker + "}",
	"apiVersion: v1\nkind: Secret\nmetadata: " + marker,
	"apiVersion: v1\nkind: Secret\nmetadata: {name: a, annotations: {config.kubernetes.io/function: " + marker + "}}\nstringData: {k: " + marker + "}",
	"apiVersion: v1\nkind: List\nitems: [" + marker + "]", "apiVersion: v1\nkind: SecretList\nitems: [{apiVersion: v1, kind: Secret, stringData: {k: " + marker + "}}]",
	"apiVersion: builtin\nkind: SecretGenerator\nmetadata: {name: a}\nliterals: [" + marker + "]", "apiVersion: builtin\nkind: SecretGenerator\nmetadata: {name: a}\nliterals: {k: " + marker + "}",
	"apiVersion: builtin\nkind: SecretGenerator\nmetadata: {name: a}\nliterals: [k=" + marker + ", k=" + marker + "]",
	"apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: a}\npatch: 'a: " + marker + "'", "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: a}\npatch: {a: " + marker + "}",
	"apiVersion: builtin\nkind: Unknown\nmetadata: {name: a}\nx: " + marker,
	"apiVersion: builtin\nkind: PatchJson6902Transformer\nmetadata: {name: a}\ntarget: {kind: Secret, name: a}\njsonOp: '" + marker + "'",
	"[{op: test, path: /stringData/k, value: " + marker + "}]", "[{op: replace, path: /stringData/none, value: " + marker + "}]", "[{op: " + marker + "}]", "[" + marker + "]",
	"{\"op\": \"" + marker, "[{\"op\": \"add\", \"value\": \"" + marker + "\"}]",
	"stringData: {k: {a: " + marker + "}}", "stringData:\n- " + marker, "$patch: " + marker, "stringData:\n  $patch: " + marker + "\n  $setElementOrder/x: " + marker,
	"kind: Secret\nmetadata: {name: a}\nstringData: {k: {$patch: " + marker + "}}", "kind: Secret\nmetadata: {name: a}\nstringData: [{$patch: delete, k: " + marker + "}]",
	"- source: {kind: Secret, name: a, fieldPath: stringData.k, options: {delimiter: '-', index: 9}}\n  targets: [{select: {kind: Secret}, fieldPaths: [stringData.k.x]}]",
	"[{source: {kind: Secret, fieldPath: stringData.k}, targets: [{select: {kind: Secret, name: a}, fieldPaths: [metadata.name.x]}]}]",
	"nameReference: " + marker, "nameReference: [{kind: " + marker + "}]", "{\"definitions\": \"" + marker + "\"}", "{\"definitions\": {\"a\": \"" + marker + "\"}}",
	base64.StdEncoding.EncodeToString([]byte(marker)),
}

// Wherever a kustomization, or a file that it names, holds a password, and whatever is wrong with it, no message shows it: neither ours nor kustomize's.
func TestNoErrorShowsASecret(t *testing.T) {
	noWayOut(t)
	content := []string{"patches.patch", "patchesJson6902.patch", "patchesStrategicMerge", "secretGenerator.literals", "configMapGenerator.literals", "replacements.sourceValue"}
	builds, failed := 0, 0
	check := func(t *testing.T, what string, files map[string]string) {
		t.Helper()
		dir := t.TempDir()
		for name, text := range files {
			write(t, dir, name, text)
		}
		stdout, stderr := run(dir, build.Options{})
		builds++
		if stdout == "" {
			failed++
		}
		if shows(stderr) {
			t.Errorf("%s\n%s\nin\n%s\n%s", strings.ReplaceAll(what, "\n", " "), stderr, files["kustomization.yaml"], files["f"])
		}
	}
	base := "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {k: " + marker + "}\n"
	for _, leaf := range leaves(reflect.TypeFor[types.Kustomization](), nil) {
		name := strings.Join(leaf, ".")
		forms := secretForms
		if slices.Contains(content, name) {
			forms = append(slices.Clone(secretForms), contentForms...)
		}
		for _, form := range forms {
			for _, beside := range []map[string]any{{}, {"name": "a"}, {"target": map[string]any{"kind": "Secret", "name": "a"}}} {
				tree := map[string]any{}
				set(tree, leaf, form)
				if first, ok := tree[leaf[0]].([]any); ok {
					if m, ok := first[0].(map[string]any); ok {
						if len(leaf) == 1 {
							continue
						}
						maps.Copy(m, beside)
					} else if len(beside) > 0 {
						continue
					}
				} else if len(beside) > 0 {
					continue
				}
				if _, ok := tree["resources"]; !ok {
					tree["resources"] = []any{"secret.yaml"}
				}
				text, err := yaml.Marshal(tree)
				if err != nil {
					t.Fatal(err)
				}
				check(t, name, map[string]string{"kustomization.yaml": string(text), "secret.yaml": base})
			}
		}
	}
	for _, form := range contentForms {
		for _, use := range []string{
			"resources: [f]", "components: [f]", "generators: [f]", "transformers: [f]", "validators: [f]", "crds: [f]", "configurations: [f]", "openapi: {path: f}",
			"patches: [{path: f}]", "patches: [{path: f, target: {kind: Secret}}]", "patchesStrategicMerge: [f]", "patchesJson6902: [{path: f, target: {version: v1, kind: Secret, name: a}}]",
			"replacements: [{path: f}]", "secretGenerator: [{name: b, envs: [f]}]", "secretGenerator: [{name: b, envs: [f, f]}]", "secretGenerator: [{name: b, files: [f, f]}]",
			"secretGenerator: [{name: b, files: [k=f], literals: [k=" + marker + "]}]", "secretGenerator: [{name: a, behavior: merge, envs: [f]}]", "configMapGenerator: [{name: b, env: f}]",
			"secretGenerator: [{name: a, envs: [f]}]",
		} {
			if !strings.HasPrefix(use, "resources") {
				use += "\nresources: [secret.yaml]"
			}
			check(t, use, map[string]string{"kustomization.yaml": use + "\n", "f": form + "\n", "secret.yaml": base})
		}
		for _, key := range []string{"generators", "transformers", "validators", "resources"} {
			text, err := yaml.Marshal(map[string]any{key: []any{form}})
			if err != nil {
				t.Fatal(err)
			}
			if form != marker { // the name of a file
				check(t, key, map[string]string{"kustomization.yaml": string(text)})
			}
		}
		if strings.HasPrefix(form, "? ") { // a field of a kustomization that there is not, which is named
			continue
		}
		check(t, "the kustomization", map[string]string{"kustomization.yaml": form + "\n"})
		check(t, "a base", map[string]string{"kustomization.yaml": "resources: [b]\n", "b/kustomization.yaml": form + "\n"})
	}
	t.Logf("%d builds, %d failed", builds, failed)
	if failed < builds/3 {
		t.Errorf("of %d builds only %d have failed: there is little to see", builds, failed)
	}
}

// shows reports whether a text holds the marker in any form, or half of it.
func shows(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, "hunter2") || strings.Contains(text, "marker") ||
		strings.Contains(text, strings.ToLower(base64.StdEncoding.EncodeToString([]byte(marker))[:12])) || strings.Contains(text, "104 117 110")
}
