//go:build e2e

package build_test

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/kustomize/api/types"

	"github.com/nested-config/nested-config/internal/build"
	"github.com/nested-config/nested-config/internal/e2e/programs"
)

// matrixFiles stand beside every kustomization of the matrix.
const matrixFiles = `
-- top/app.yaml --
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app
  labels: {app: app}
spec:
  replicas: 1
  selector:
    matchLabels: {app: app}
  template:
    metadata:
      labels: {app: app}
    spec:
      containers:
      - name: main
        image: registry.example/app:v1
        args: [--name, $(NAME)]
        envFrom:
        - configMapRef: {name: settings}
        - secretRef: {name: credentials}
---
apiVersion: v1
kind: Service
metadata:
  name: app
  annotations: {number: "1", text: "on"}
spec:
  selector: {app: app}
  ports: [{port: 80}]
---
apiVersion: example.com/v1
kind: Thing
metadata: {name: thing}
spec: {items: [{name: a, value: 1}], ref: app}
-- top/namespace.yaml --
apiVersion: v1
kind: Namespace
metadata: {name: app}
-- top/data.txt --
text
-- top/data.env --
A=1
B="2"
-- top/patch.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: app}
spec:
  template:
    spec:
      containers:
      - {name: main, imagePullPolicy: Always}
-- top/json-patch.yaml --
- {op: add, path: /metadata/annotations, value: {patched: "yes"}}
-- top/crd.json --
{"example.com/v1.Thing": {"Schema": {"properties": {"spec": {"$ref": "example.com/v1.ThingSpec"}}}},
 "example.com/v1.ThingSpec": {"Schema": {"properties": {"ref": {"x-kubernetes-object-ref-api-version": "v1", "x-kubernetes-object-ref-kind": "Service", "type": "string"}}}}}
-- top/configuration.yaml --
namePrefix: [{path: metadata/name}, {path: spec/ref, kind: Thing}]
-- top/schema.json --
{"definitions": {"com.example.v1.Thing": {"type": "object", "x-kubernetes-group-version-kind": [{"group": "example.com", "version": "v1", "kind": "Thing"}],
 "properties": {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"}, "spec": {"type": "object", "properties": {"items": {"type": "array", "x-kubernetes-patch-merge-key": "name", "x-kubernetes-patch-strategy": "merge",
 "items": {"type": "object", "properties": {"name": {"type": "string"}, "value": {"type": "integer"}}}}}}}}}}
-- top/component/kustomization.yaml --
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
commonAnnotations: {component: "yes"}
-- top/plugin.yaml --
apiVersion: builtin
kind: ConfigMapGenerator
metadata: {name: plugin}
literals: [a=b]
-- top/labels.yaml --
apiVersion: builtin
kind: LabelTransformer
metadata: {name: labels}
labels: {transformed: "yes"}
fieldSpecs: [{path: metadata/labels, create: true}]
-- base/kustomization.yaml --
resources: [base.yaml]
namePrefix: base-
-- base/base.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: cm}
-- top/nested-config.yaml --
apiVersion: nested.opencontrail.org/v1alpha1
kind: NestedConfig
metadata:
  name: k8s
  annotations:
    config.kubernetes.io/local-config: "true"
    config.kubernetes.io/function: |
      exec: {path: nested-config}
spec: {value: "1"}
`

// matrix has a kustomization for every field, by its name. Where build refuses the field, it has nothing.
var matrix = map[string]string{
	"kind":                        "kind: Kustomization\nresources: [app.yaml]\n",
	"apiVersion":                  "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [app.yaml]\n",
	"metadata":                    "metadata: {name: top, labels: {a: b}}\nresources: [app.yaml]\n",
	"openapi":                     "resources: [app.yaml]\nopenapi: {path: schema.json}\npatches: [{patch: '{apiVersion: example.com/v1, kind: Thing, metadata: {name: thing}, spec: {items: [{name: b, value: 2}]}}'}]\n",
	"namePrefix":                  "resources: [app.yaml]\nnamePrefix: p-\n",
	"nameSuffix":                  "resources: [app.yaml]\nnameSuffix: -s\n",
	"namespace":                   "resources: [app.yaml, namespace.yaml]\nnamespace: other\n",
	"commonLabels":                "resources: [app.yaml]\ncommonLabels: {a: b, number: '1'}\n",
	"labels":                      "resources: [app.yaml]\nlabels: [{pairs: {a: b}, includeSelectors: true}, {pairs: {c: d}, includeTemplates: true}, {pairs: {e: f}, fields: [{path: spec/labels, kind: Thing, create: true}]}]\n",
	"commonAnnotations":           "resources: [app.yaml]\ncommonAnnotations: {a: b, text: 'off'}\n",
	"patchesStrategicMerge":       "resources: [app.yaml]\npatchesStrategicMerge: [patch.yaml]\n",
	"patchesJson6902":             "resources: [app.yaml]\npatchesJson6902: [{path: json-patch.yaml, target: {version: v1, kind: Service, name: app}}]\n",
	"patches":                     "resources: [app.yaml]\npatches: [{path: patch.yaml}, {path: json-patch.yaml, target: {kind: Service}}, {patch: '[{\"op\": \"remove\", \"path\": \"/spec/ref\"}]', target: {kind: Thing}}]\n",
	"images":                      "resources: [app.yaml]\nimages: [{name: registry.example/app, newName: mirror.example/app, newTag: v2}]\n",
	"imageTags":                   "resources: [app.yaml]\nimageTags: [{name: registry.example/app, newTag: v3}]\n",
	"replacements":                "resources: [app.yaml]\nreplacements: [{source: {kind: Service, fieldPath: metadata.name}, targets: [{select: {kind: Thing}, fieldPaths: [spec.copied], options: {create: true}}]}]\n",
	"replicas":                    "resources: [app.yaml]\nreplicas: [{name: app, count: 12345678}]\n",
	"vars":                        "resources: [app.yaml]\nnamePrefix: p-\nvars: [{name: NAME, objref: {apiVersion: v1, kind: Service, name: app}}]\n",
	"sortOptions":                 "resources: [app.yaml, namespace.yaml]\nsortOptions: {order: fifo}\n",
	"resources":                   "resources: [app.yaml, ../base, namespace.yaml]\n",
	"components":                  "resources: [app.yaml]\ncomponents: [component]\n",
	"crds":                        "resources: [app.yaml]\ncrds: [crd.json]\nnamePrefix: p-\n",
	"bases":                       "bases: [../base]\nresources: [app.yaml]\n",
	"configMapGenerator":          "resources: [app.yaml]\nconfigMapGenerator: [{name: settings, files: [data.txt, key=data.txt], envs: [data.env], literals: [c=3]}, {name: one, env: data.env, options: {immutable: true}}]\n",
	"secretGenerator":             "resources: [app.yaml]\nsecretGenerator: [{name: credentials, files: [data.txt], literals: [c=3], type: Opaque, namespace: x}]\n",
	"helmGlobals":                 "resources: [app.yaml]\nhelmGlobals: {chartHome: charts}\n",
	"helmCharts":                  "",
	"helmChartInflationGenerator": "",
	"generatorOptions":            "resources: [app.yaml]\nconfigMapGenerator: [{name: settings, literals: [a=b]}]\ngeneratorOptions: {disableNameSuffixHash: true, labels: {a: b}, annotations: {c: d}}\n",
	"configurations":              "resources: [app.yaml]\nconfigurations: [configuration.yaml]\nnamePrefix: p-\n",
	"generators":                  "resources: [app.yaml]\ngenerators:\n- plugin.yaml\n- |-\n  apiVersion: builtin\n  kind: SecretGenerator\n  metadata: {name: inline}\n  literals: [a=b]\n",
	"transformers":                "resources: [app.yaml]\ntransformers: [labels.yaml]\n",
	"validators":                  "resources: [app.yaml]\nvalidators: []\n",
	"buildMetadata":               "resources: [app.yaml, ../base]\nconfigMapGenerator: [{name: settings, literals: [a=b]}]\nbuildMetadata: [managedByLabel, originAnnotations, transformerAnnotations]\nnamePrefix: p-\n",
}

// TestMatrixSameAsKustomize: for every field of a kustomization, alone and beside a NestedConfig that this build rewrites it for, the bytes are those
// of the release of kustomize that is embedded.
func TestMatrixSameAsKustomize(t *testing.T) {
	kustomize := programs.Path(t, "kustomize")
	for _, field := range fieldNames(reflect.TypeFor[types.Kustomization]()) {
		text, ok := matrix[field]
		if !ok {
			t.Errorf("%s is new: add a kustomization with it", field)
		}
		for variant, kustomization := range map[string]string{"alone": text, "beside a NestedConfig": withConfig(text)} {
			if text == "" {
				continue
			}
			t.Run(field+"/"+variant, func(t *testing.T) {
				t.Chdir(unpack(t, txtar.Parse([]byte(matrixFiles+"-- top/kustomization.yaml --\n"+kustomization))))
				want, err := kustomizeBuild(t, kustomize, "top")
				if err != nil {
					t.Fatal(err)
				}
				got, stderr := run("top", build.Options{})
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("(-kustomize +build):\n%s%s", diff, stderr)
				}
			})
		}
	}
}

// withConfig adds a NestedConfig to the generators of a kustomization, in front of kustomize's own: after them build refuses these.
func withConfig(text string) string {
	if before, after, ok := strings.Cut(text, "generators:\n"); ok {
		first, rest, _ := strings.Cut(after, "- |-")
		return before + "generators:\n" + first + "- nested-config.yaml\n- |-" + rest
	}
	return text + "generators: [nested-config.yaml]\n"
}

func fieldNames(t reflect.Type) (names []string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			names = append(names, fieldNames(f.Type)...)
		} else {
			names = append(names, name)
		}
	}
	return names
}

// The release whose answers are compared is the one that the label names.
func TestVersion(t *testing.T) {
	tools, err := os.ReadFile("../../.ci/tools")
	if err != nil || !strings.Contains(string(tools), "sigs.k8s.io/kustomize/kustomize/v5@"+build.Version+"\n") {
		t.Errorf("%s is not the kustomize of .ci/tools: %v", build.Version, err)
	}
}
