package build_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"

	"github.com/nested-config/nested-config/internal/build"
)

// everything is a kustomization, and the files that it names, with every field that kustomize knows.
var everything = map[string]string{
	"kustomization.yaml": `
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
metadata: {name: k, namespace: ns, labels: {a: b}, annotations: {a: b}}
openapi: {path: openapi.yaml}
namePrefix: a-
nameSuffix: -z
namespace: ns
commonLabels: {l: v}
labels: [{pairs: {a: b}, includeSelectors: true, includeTemplates: true, fields: [{path: spec/x, group: g, version: v1, kind: K, create: true}]}]
commonAnnotations: {a: b}
patchesStrategicMerge: [patch.yaml]
patchesJson6902: [{target: {group: '', version: v1, kind: ConfigMap, name: a, namespace: ''}, path: json.yaml, options: {allowNameChange: true}}]
patches: [{path: patch.yaml, target: {kind: ConfigMap, name: a, labelSelector: a=b, annotationSelector: c}, options: {allowNameChange: true, allowKindChange: true}}, {patch: '[{"op": "add", "path": "/data/z", "value": "x"}]', target: {kind: ConfigMap}}]
images: [{name: a, newName: b, newTag: c, tagSuffix: d, digest: ''}]
imageTags: [{name: a, newTag: c}]
replacements:
- {path: replacements.yaml}
- source: {kind: ConfigMap, name: a, namespace: '', fieldPath: data.b, options: {delimiter: '-', index: 0, encoding: '', create: true}}
  targets: [{select: {kind: ConfigMap, name: a}, reject: [{kind: Secret}], fieldPaths: [data.c], options: {delimiter: '-', index: 0, create: true}}]
- sourceValue: v
  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.d], options: {create: true}}]
replicas: [{name: d, count: 2}]
vars: [{name: V, objref: {apiVersion: v1, kind: ConfigMap, name: a}, fieldref: {fieldPath: metadata.name}}]
sortOptions: {order: legacy, legacySortOptions: {orderFirst: [ConfigMap], orderLast: [Secret]}}
resources: [cm.yaml]
components: [component]
crds: [crds.yaml]
bases: [base]
configMapGenerator: [{name: g, namespace: ns, behavior: create, literals: [a=b], files: [k=cm.yaml], envs: [env], env: env2, options: {labels: {a: b}, annotations: {a: b}, disableNameSuffixHash: true, immutable: true}}]
secretGenerator: [{name: h, type: Opaque, literals: [a=b], files: [cm.yaml], envs: [env], options: {immutable: false}}]
generatorOptions: {labels: {a: b}, annotations: {a: b}, disableNameSuffixHash: false, immutable: false}
configurations: [configurations.yaml]
generators: [plugins.yaml, config.yaml]
transformers: [transformer.yaml]
validators: [validator.yaml]
buildMetadata: [managedByLabel, originAnnotations]
`,
	"component/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: c-\n",
	"base/kustomization.yaml":      "configMapGenerator: [{name: base, literals: [a=b]}]\n",
	"cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {a: b}, annotations: {c: d}}\ndata: {b: x-y, c: x-y, z: z}\n---\n" +
		"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {replicas: 1, template: {spec: {containers: [{name: a, image: a, env: [{name: A, value: $(V)}]}]}}}\n",
	"patch.yaml":        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {p: q}\n",
	"json.yaml":         "- {\"op\": \"add\", \"path\": \"/data/e\", \"value\": \"f\"}\n- {\"op\": \"copy\", \"from\": \"/data/e\", \"path\": \"/data/g\"}\n",
	"replacements.yaml": "[{source: {kind: ConfigMap, name: a, fieldPath: data.b}, targets: [{select: {kind: ConfigMap, name: a}, fieldPaths: [data.c]}]}]\n",
	"openapi.yaml":      "swagger: '2.0'\ninfo: {title: t, version: v1}\npaths: {/a: {get: {}}}\ndefinitions: {v1.ConfigMap: {properties: {data: {type: object}}, x-kubernetes-group-version-kind: [{group: '', kind: ConfigMap, version: v1}]}}\n",
	"crds.yaml":         "example.K: {Schema: {description: d, properties: {a: {description: d, $ref: b, x-kubernetes-object-ref-kind: ConfigMap, x-kubernetes-object-ref-api-version: v1}}}}\n",
	"configurations.yaml": "nameReference: [{kind: ConfigMap, version: v1, group: '', fieldSpecs: [{path: spec/x, kind: K}]}]\nimages: [{path: spec/image, kind: K}]\nnamePrefix: [{path: metadata/name}]\n" +
		"varReference: [{path: spec/v, kind: K}]\ncommonLabels: [{path: spec/l, create: true}]\nreplicas: [{path: spec/r}]\nnamespace: [{path: spec/n}]\n",
	"plugins.yaml":     "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: plugin}\nliterals: [a=b]\nfiles: [cm.yaml]\nenvs: [env]\noptions: {disableNameSuffixHash: true}\n",
	"transformer.yaml": "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: t}\npatch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {q: r}}'\ntarget: {kind: ConfigMap, name: a}\noptions: {allowNameChange: true}\n",
	"validator.yaml":   "apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: v}\nlabels: {}\nfieldSpecs: [{path: metadata/labels, create: true}]\n",
	"config.yaml":      "apiVersion: nested.opencontrail.org/v1alpha1\nkind: NestedConfig\nmetadata:\n  name: k8s\n  annotations: {config.kubernetes.io/function: 'exec: {path: nested-config}'}\nspec: {other: '1'}\n",
	"env":              "A=b\n", "env2": "C=d\n",
}

// nothings are what people leave behind in place of a value, or put there by mistake.
var nothings = []any{nil, "", []any{}, map[string]any{}, []any{nil}, []any{[]any{}}, []any{map[string]any{}}, []any{""}, []any{1}, map[string]any{"": nil}, "x", 1, true}

// Whatever stands in place of any value of a kustomization or of a file that it names, the build tells the user something, and does not crash.
func TestNoCrash(t *testing.T) {
	noWayOut(t)
	// Each alone, besides cm.yaml: what one field does to another would be an error of its own.
	var whole map[string]any
	if err := yaml.Unmarshal([]byte(everything["kustomization.yaml"]), &whole); err != nil {
		t.Fatal(err)
	}
	for field := range reflect.TypeFor[types.Kustomization]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name != "" && !strings.HasPrefix(name, "helm") && whole[name] == nil {
			t.Errorf("%s is new: add it to everything", name)
		}
	}
	dir := t.TempDir()
	for name, text := range everything {
		write(t, dir, name, text)
	}
	t.Chdir(dir)
	builds := 0
	try := func(what, name, kustomization, text string) {
		write(t, dir, "kustomization.yaml", kustomization)
		if name != "" {
			write(t, dir, name, text)
			defer write(t, dir, name, everything[name])
		}
		builds++
		_, stderr := run(".", build.Options{})
		if strings.Contains(stderr, "crashes") || strings.Contains(stderr, "internal error") {
			t.Errorf("%s: %s\nin\n%s\n%s", what, stderr, kustomization, text)
		}
	}
	for name, value := range whole {
		alone := map[string]any{"apiVersion": whole["apiVersion"], "kind": whole["kind"], "resources": []any{"cm.yaml"}}
		alone[name] = value
		unmarshalled := func() string { text, _ := yaml.Marshal(alone); return string(text) }
		if name != "vars" && name != "generators" { // replaced nowhere without its reference
			if stdout, stderr := runText(t, dir, unmarshalled()); stdout == "" {
				t.Errorf("%s alone does not build: %s", name, stderr)
			}
		}
		for place, replace := range places(alone, []string{name}) {
			for _, n := range nothings {
				replace(n)
				try(fmt.Sprintf("%s = %v", place, n), "", unmarshalled(), "")
			}
		}
	}
	for name, use := range map[string]string{
		"cm.yaml": "resources: [cm.yaml]", "patch.yaml": "patches: [{path: patch.yaml}]", "json.yaml": "patches: [{path: json.yaml, target: {kind: ConfigMap}}]",
		"replacements.yaml": "replacements: [{path: replacements.yaml}]", "openapi.yaml": "openapi: {path: openapi.yaml}\npatches: [{path: patch.yaml}]", "crds.yaml": "crds: [crds.yaml]",
		"configurations.yaml": "configurations: [configurations.yaml]", "plugins.yaml": "generators: [plugins.yaml]", "transformer.yaml": "transformers: [transformer.yaml]",
		"validator.yaml": "validators: [validator.yaml]", "config.yaml": "generators: [config.yaml]", "base/kustomization.yaml": "bases: [base]", "component/kustomization.yaml": "components: [component]",
	} {
		var tree any
		if err := yaml.Unmarshal([]byte(strings.Split(everything[name], "---\n")[0]), &tree); err != nil {
			t.Fatal(err)
		}
		kustomization := use + "\n"
		if name != "cm.yaml" {
			kustomization += "resources: [cm.yaml]\n"
		}
		root := map[string]any{"": tree}
		for place, replace := range places(root, []string{""}) {
			for _, n := range nothings {
				replace(n)
				text, _ := yaml.Marshal(root[""])
				try(fmt.Sprintf("%s%s = %v", name, place, n), name, kustomization, string(text))
			}
		}
		for _, text := range []string{"", "---\n", "null\n", "# nothing\n", "---\n---\nnull\n"} {
			try(fmt.Sprintf("%s = %q", name, text), name, kustomization, text)
		}
	}
	for _, text := range []string{"", "---\n", "null\n", "# nothing\n", "[]\n", "x\n", "1\n", "{}\n", "---\nnull\n---\nresources: [cm.yaml]\n"} {
		try("a kustomization", "", text, "")
	}
	t.Logf("%d builds", builds)
}

func runText(t *testing.T, dir, kustomization string) (stdout, stderr string) {
	write(t, dir, "kustomization.yaml", kustomization)
	return run(".", build.Options{})
}

// places gives every value below the fields of a tree, with what replaces it; after each the tree is as it was.
func places(tree map[string]any, fields []string) func(yield func(string, func(any)) bool) {
	return func(yield func(string, func(any)) bool) {
		var walk func(path string, value any, set func(any)) bool
		walk = func(path string, value any, set func(any)) bool {
			if !yield(path, set) {
				return false
			}
			set(value)
			switch value := value.(type) {
			case map[string]any:
				keys := make([]string, 0, len(value))
				for key := range value {
					keys = append(keys, key)
				}
				slices.Sort(keys)
				for _, key := range keys {
					if !walk(path+"."+key, value[key], func(v any) { value[key] = v }) {
						return false
					}
				}
			case []any:
				for i := range value {
					if !walk(fmt.Sprintf("%s[%d]", path, i), value[i], func(v any) { value[i] = v }) {
						return false
					}
				}
			}
			return true
		}
		for _, field := range fields {
			if !walk(field, tree[field], func(v any) { tree[field] = v }) {
				return
			}
		}
	}
}
