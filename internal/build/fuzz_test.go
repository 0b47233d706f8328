package build_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/build"
)

// FuzzBuild builds kustomizations of three files that may name each other. Whatever they say: nothing panics or ends the stack, nothing is started and
// nothing connected to, memory stays bounded, and there is an error, or the same bytes a second time.
func FuzzBuild(f *testing.F) {
	const (
		cm     = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {b: c}}\ndata: {d: e}\n"
		config = "apiVersion: nested.opencontrail.org/v1alpha1\nkind: NestedConfig\nmetadata:\n  name: k8s\n  annotations:\n    config.kubernetes.io/local-config: \"true\"\n" +
			"    config.kubernetes.io/function: |\n      exec: {path: nested-config}\nspec: {value: \"1\"}\n"
		plugin = "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: p}\npatch: '{metadata: {labels: {x: y}}}'\ntarget: {kind: ConfigMap}\n"
	)
	f.Add("resources: [a.yaml, sub]\nnamePrefix: p-\n", cm, "resources: [../b.yaml]\n", cm)
	f.Add("resources: [a.yaml, sub]\n", cm, "configMapGenerator: [{name: a, files: [kustomization.yaml]}]\n", "")
	f.Add("generators: [a.yaml]\ntransformers: [b.yaml]\n", config, "", plugin)
	f.Add("resources: [b.yaml]\ntransformers: [a.yaml]\n", config, "", cm)
	f.Add("generators: [sub]\n", config, "resources: [../a.yaml]\n", "")
	f.Add("components: [sub]\nresources: [a.yaml]\n", cm, "kind: Component\npatches: [{path: ../b.yaml}]\n", cm)
	f.Add("resources: [sub]\n", "", "resources: [..]\n", "")
	f.Add("generators: [sub]\n", "", "generators: [..]\n", "")
	f.Add("resources: &x [*x]\n", bomb(), "<<: &x {<<: *x}\n", "metadata: {annotations: [a]}\n")
	f.Add("resources: [a.yaml]\npatches: [{patch: 'metadata: [a]', target: {}}]\nbuildMetadata: [originAnnotations, transformerAnnotations]\n", "kind: List\nitems: [{metadata: [a]}]\n", "", "")
	f.Add("resources: [a.yaml]\nvars: [{name: A, objref: {kind: ConfigMap, name: a}}]\nreplacements: [{source: {kind: ConfigMap}, targets: []}]\n", cm, "", "")
	for _, form := range remoteForms {
		f.Add(fmt.Sprintf("resources: [a.yaml, %q]\n", form), cm, fmt.Sprintf("Components: [%q]\n", form), fmt.Sprintf("path: %q", form))
	}
	check := noWayOut(f)
	f.Fuzz(func(t *testing.T, top, a, sub, b string) {
		if len(top)+len(a)+len(sub)+len(b) > 4<<10 || strings.Contains(top+sub, "op: copy") {
			return // what grows by kustomize's own operations is stopped where the process ends: TestOperationsThatGrow
		}
		dir := t.TempDir()
		for name, text := range map[string]string{"kustomization.yaml": top, "a.yaml": a, "sub/kustomization.yaml": sub, "b.yaml": b} {
			write(t, dir, name, text)
		}
		stdout, stderr := run(dir, build.Options{MaxHeap: 1 << 30})
		check(t, top)
		if strings.Contains(stderr, "given up") {
			fmt.Fprintln(os.Stderr, stderr) // the build goes on, so that this process must end
			os.Exit(2)
		}
		again, stderrAgain := run(dir, build.Options{MaxHeap: 1 << 30})
		if again != stdout || stdout != "" && stderrAgain != stderr {
			t.Errorf("first\n%s%s\nthen\n%s%s", stdout, stderr, again, stderrAgain)
		}
	})
}
