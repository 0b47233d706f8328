package build_test

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/build"
)

// bomb is a resource of half a kilobyte that stands for gigabytes.
func bomb() string {
	var b strings.Builder
	b.WriteString("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nd0: &d0 [x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 10; i++ {
		fmt.Fprintf(&b, "d%d: &d%[1]d [%s]\n", i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*d%d, ", i-1), 8), ", "))
	}
	return b.String()
}

func indented(text string) string { return strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ") }

// Whatever door a document comes through, one that would fill the memory, or end the stack, is an error that names it.
// kustomize's reader of env files gives up at a line of 64 KB, and keeps silent about it and all lines behind. Such a file is an error, wherever it is used.
func TestLongLines(t *testing.T) {
	const fits, first = 65535, 65536 // bytes of a line
	line := func(n int) string { return "A=" + strings.Repeat("x", n-2) + "\n" }
	for _, use := range []string{
		"secretGenerator: [{name: a, envs: [env]}]\n", "configMapGenerator: [{name: a, env: env}]\n", "generators: [plugin.yaml]\n",
		"generators: ['{apiVersion: builtin, kind: SecretGenerator, metadata: {name: a}, envs: [env]}']\n",
	} {
		for _, c := range []struct{ text, want string }{
			{line(fits) + "B=last\n", ""},
			{"B=b\n" + line(first) + "C=last\n", "env: line 2: is too long: kustomize reads lines of less than 65536 bytes, and drops a longer one with all that follow; put the value into a file of its own, under files\n"},
		} {
			dir := t.TempDir()
			write(t, dir, "kustomization.yaml", use)
			write(t, dir, "plugin.yaml", "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: a}\nenvs: [env]\n")
			write(t, dir, "env", c.text)
			t.Chdir(dir)
			stdout, stderr := run(".", build.Options{})
			if stderr != c.want || (c.want == "") != strings.Contains(stdout, "\n  B: ") {
				t.Errorf("%s%d bytes: %q, %d bytes of result", use, len(c.text), stderr, len(stdout))
			}
		}
	}
}

func TestDocuments(t *testing.T) {
	const (
		big  = "aliases must not add more than 100000 values or 10 MB when they are expanded\n"
		self = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: &x [*x]}\n"
	)
	plain := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
	for _, c := range []struct {
		reason, kustomization string
		files                 map[string]string
		want                  string
	}{
		{"a resource", "resources: [a.yaml]\n", map[string]string{"a.yaml": bomb()}, "a.yaml: " + big},
		{"behind a document that does not parse", "resources: [a.yaml]\n", map[string]string{"a.yaml": "a: b\n...\n[\n---\n" + bomb()}, "a.yaml: " + big},
		{"in a base", "resources: [base]\n", map[string]string{"base/kustomization.yaml": "resources: [a.yaml]\n", "base/a.yaml": bomb()}, "base/a.yaml: " + big},
		{"a list", "resources: [a.yaml]\n", map[string]string{"a.yaml": "apiVersion: v1\nkind: List\nitems:\n- a: 1\n- " + strings.ReplaceAll(bomb(), "\n", "\n  ")}, "a.yaml: " + big},
		{"a patch", "resources: [a.yaml]\npatches: [{path: p.yaml}]\n", map[string]string{"a.yaml": plain, "p.yaml": bomb()}, "p.yaml: " + big},
		{"a patch in the kustomization", "resources: [a.yaml]\npatches:\n- patch: |-\n    " + indented(bomb()) + "\n", map[string]string{"a.yaml": plain}, "kustomization.yaml: patches[0].patch: " + big},
		{"a patch of the old field", "resources: [a.yaml]\npatchesStrategicMerge:\n- |-\n    " + indented(bomb()) + "\n", map[string]string{"a.yaml": plain}, "kustomization.yaml: patchesStrategicMerge[0]: " + big},
		{"a generator", "generators:\n- |-\n    " + indented(bomb()) + "\n", nil, "kustomization.yaml: generators[0]: " + big},
		{"a plugin of kustomize", "resources: [a.yaml]\ntransformers: [t.yaml]\n", map[string]string{"a.yaml": plain,
			"t.yaml": "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: t}\npatch: |-\n    " + indented(bomb()) + "\n"},
			"kustomization.yaml: transformers[0]: PatchTransformer t: patch: " + big},
		{"the kustomization itself", strings.Replace(bomb(), "kind: ConfigMap", "kind: Kustomization", 1), nil, "kustomization.yaml: " + big},
		{"an alias in itself", "resources: [a.yaml]\n", map[string]string{"a.yaml": self}, "a.yaml: metadata.annotations[0]: alias *x contains itself\n"},
		{"a merge key in itself", "resources: [a.yaml]\n", map[string]string{"a.yaml": plain + "data: &x {<<: *x}\n"}, "a.yaml: data.<<: alias *x contains itself\n"},
		{"an alias in itself, in a patch", "resources: [a.yaml]\npatches:\n- patch: |-\n    " + indented(self) + "\n", map[string]string{"a.yaml": plain}, "kustomization.yaml: patches[0].patch: metadata.annotations[0]: alias *x contains itself\n"},
		{"an alias in itself, in the kustomization", "resources: &x [*x]\n", nil, "kustomization.yaml: resources[0]: alias *x contains itself\n"},
		{"brackets that never end", "resources: [a.yaml]\n", map[string]string{"a.yaml": plain + "data: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "\n"}, "a.yaml: must not be nested more than 256 deep\n"},
		{"metadata that is a list", "resources: [a.yaml]\n", map[string]string{"a.yaml": "apiVersion: v1\nkind: A\nmetadata: [a]\n"}, "a.yaml: metadata: must be a mapping of fields\n"},
		{"labels that are a list", "resources: [a.yaml]\n", map[string]string{"a.yaml": "apiVersion: v1\nkind: A\nmetadata: {name: a, labels: [a]}\n"}, "a.yaml: metadata.labels: must be a mapping of texts\n"},
		{"annotations that are a list", "resources: [a.yaml]\n", map[string]string{"a.yaml": "apiVersion: v1\nkind: A\nmetadata: {name: a, annotations: [a]}\n"}, "a.yaml: metadata.annotations: must be a mapping of texts\n"},
		{"annotations of a patch", "resources: [a.yaml]\npatches: [{patch: 'metadata: {annotations: [a]}', target: {kind: ConfigMap}}]\n", map[string]string{"a.yaml": plain}, "kustomization.yaml: patches[0].patch: metadata.annotations: must be a mapping of texts\n"},
		{"a resource in a list", "resources: [a.yaml]\n", map[string]string{"a.yaml": "apiVersion: v1\nkind: List\nitems: [{kind: A, metadata: {name: a, labels: [b]}}]\n"}, "a.yaml: items[0]: metadata.labels: must be a mapping of texts\n"},
		{"annotations of a generator", "generators: [g.yaml]\n", map[string]string{"g.yaml": "apiVersion: nested.opencontrail.org/v1alpha1\nkind: NestedConfig\nmetadata: {name: a, annotations: [a]}\n"}, "g.yaml: metadata.annotations: must be a mapping of texts\n"},
		{"a replacement of nothing", "resources: [a.yaml]\nreplacements: [{source: {kind: ConfigMap}, targets: [null]}]\n", map[string]string{"a.yaml": plain}, "kustomization.yaml: replacements[0].targets[0]: has no value: give one or remove the line\n"},
		{"a replacement of nothing, in a file", "resources: [a.yaml]\nreplacements: [{path: r.yaml}]\n", map[string]string{"a.yaml": plain, "r.yaml": "source: {kind: ConfigMap}\ntargets: [null]\n"}, "r.yaml: targets[0]: has no value: give one or remove the line\n"},
		{"a patch that needs a target", "resources: [a.yaml]\npatchesJson6902: [{patch: '[]'}]\n", map[string]string{"a.yaml": plain}, "kustomization.yaml: patchesJson6902[0].target: is required: the version, kind and name of the resource to patch\n"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "kustomization.yaml", c.kustomization)
			for name, text := range c.files {
				write(t, dir, name, text)
			}
			t.Chdir(dir)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			stdout, stderr := run(".", build.Options{})
			runtime.ReadMemStats(&after)
			if stdout != "" || stderr != c.want {
				t.Errorf("%s:\ngot  %q\nwant %q", c.reason, stdout+stderr, c.want)
			}
			if got := after.TotalAlloc - before.TotalAlloc; got > 64<<20 {
				t.Errorf("%s: took %d MB", c.reason, got>>20)
			}
		})
	}
}

// The data of a ConfigMap is nobody's resource, whatever it looks like.
func TestDataIsNoResource(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "kustomization.yaml", "configMapGenerator: [{name: a, files: [app.yaml], options: {disableNameSuffixHash: true}}]\n")
	write(t, dir, "app.yaml", "metadata: [a]\n")
	want := "apiVersion: v1\ndata:\n  app.yaml: |\n    metadata: [a]\nkind: ConfigMap\nmetadata:\n  name: a\n"
	if stdout, stderr := run(dir, build.Options{}); stdout != want {
		t.Errorf("got %q, want %q", stdout+stderr, want)
	}
}

// Honest packages are large: eight megabytes of resources in one file, with an anchor that each of them uses.
func TestLargePackage(t *testing.T) {
	var b strings.Builder
	for i := 0; b.Len() < 8<<20; i++ {
		fmt.Fprintf(&b, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c%d, labels: &l {app: a}}\nspec: {labels: *l}\ndata: {text: %q}\n---\n", i, strings.Repeat("text ", 20_000))
	}
	dir := t.TempDir()
	write(t, dir, "kustomization.yaml", "resources: [a.yaml]\n")
	write(t, dir, "a.yaml", b.String())
	if stdout, stderr := run(dir, build.Options{}); len(stdout) < 8<<20 {
		t.Errorf("%d bytes, %s", len(stdout), stderr)
	}
}

// Operations of kustomize that double a value are stopped by what they take.
func TestOperationsThatGrow(t *testing.T) {
	var replacements, copies strings.Builder
	for i := range 80 {
		from, to := "a", "b"
		if i%2 == 1 {
			from, to = to, from
		}
		fmt.Fprintf(&replacements, "- source: {kind: ConfigMap, fieldPath: data.%s}\n  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.%s], options: {delimiter: ',', index: -1}}]\n", from, to)
		fmt.Fprintf(&copies, "    - {op: copy, from: /data, path: /data/c%d}\n", i)
	}
	for name, c := range map[string]struct{ text, heap, want string }{
		"replacements": {"replacements:\n" + replacements.String(), "128", ": given up: needs more than 128 MB of memory: look for patches or replacements that copy what they have copied\n"},
		"copies":       {"patches:\n- target: {kind: ConfigMap}\n  patch: |-\n" + copies.String(), "2048", "exceeding the limit 67108864\n"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "kustomization.yaml", "resources: [cm.yaml]\n"+c.text)
			write(t, dir, "cm.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: x, b: x}\n")
			// In a process of its own, which ends when the build gives up.
			cmd := exec.Command(os.Args[0], "-test.run=^TestSealedBuild$")
			cmd.Env = append(os.Environ(), "SEALED_BUILD="+dir, "SEALED_BUILD_HEAP="+c.heap)
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), c.want) {
				t.Errorf("%v: got %.300q, want %q", err, out, c.want)
			}

		})
	}
}

// TestSealedBuild is no test, but the process of one.
func TestSealedBuild(t *testing.T) {
	dir := os.Getenv("SEALED_BUILD")
	if dir == "" {
		return
	}
	if err := build.Seal(os.Stderr); err != nil {
		t.Fatal(err)
	}
	heap, err := strconv.ParseUint(os.Getenv("SEALED_BUILD_HEAP"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	_, stderr := run(dir, build.Options{MaxHeap: heap << 20})
	os.Stdout.WriteString(stderr)
	if stderr != "" {
		os.Exit(1)
	}
}
