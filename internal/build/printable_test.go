package build_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/build"
)

// Whatever a repository calls its fields, files and resources, an error is one line each, and nothing in it moves the cursor: no name forges a line.
func TestErrorsArePrintable(t *testing.T) {
	const (
		hostile = `"\e[2Jx\nforged: \u202ey\x85"` // in YAML
		shown   = `\x1b[2Jx\nforged: \u202ey\u0085`
		cm      = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
		refusal = "; build runs no function but NestedConfig and FleetCheck, and no plugin: take it out, or render it beforehand and list what it writes under resources\n"
	)
	for _, c := range []struct{ reason, kustomization, file, want string }{
		{"a field of a kustomization", hostile + ": 1\n", "", `invalid Kustomization: json: unknown field "` + shown + `"` + "\n"},
		{"a kind and a name", "generators: [a.yaml]\n", "apiVersion: v1\nkind: " + hostile + "\nmetadata: {name: " + hostile + "}\n",
			"kustomization.yaml: generators[0]: " + shown + " " + shown + " would run as a plugin" + refusal},
		{"a container", "generators: [a.yaml]\n", "apiVersion: v1\nkind: A\nmetadata: {name: a, annotations: {config.kubernetes.io/function: 'container: {image: " + hostile + "}'}}\n",
			`kustomization.yaml: generators[0]: A a wants to run the container "\x1b[2Jx\nforged: \u202ey\u0085"` + refusal},
		{"a resource twice", "resources: [a.yaml]\n", strings.ReplaceAll("apiVersion: v1\nkind: KIND\nmetadata: {name: a}\n---\napiVersion: v1\nkind: KIND\nmetadata: {name: a}\n", "KIND", hostile),
			"accumulating resources: accumulation err='accumulating resources from 'a.yaml': may not add resource with an already registered id: " + shown +
				".v1.[noGrp]/a.[noNs]': must build at directory: 'DIR/a.yaml': file is not directory\n"},
		{"a name that nothing has", "resources: [a.yaml]\nreplacements: [{source: {kind: " + hostile + "}, targets: [{select: {kind: A}}]}]\n", cm,
			`nothing selected by \x1b[2Jx\nforged: \u202ey .[noVer].[noGrp]/[noName].[noNs]` + "\n"},
		{"a text that kustomize shows as it is", "resources: [a.yaml]\npatches: [{}]\n", cm,
			"trouble configuring builtin PatchTransformer with config: `\\n{}\\n`: must specify one of patch and path in\\n{}\n"},
		{"two errors of one document", "resources: [a.yaml]\n", "apiVersion: v1\nkind: List\nitems: [{metadata: [a]}, {metadata: [b]}]\n",
			"a.yaml: items[0]: metadata: must be a mapping of fields\na.yaml: items[1]: metadata: must be a mapping of fields\n"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "kustomization.yaml", c.kustomization)
			write(t, dir, "a.yaml", c.file)
			t.Chdir(dir)
			stdout, stderr := run(".", build.Options{})
			if got := strings.ReplaceAll(stdout+stderr, dir, "DIR"); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// What kustomize logs by itself goes the same way.
func TestLogIsPrintable(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "kustomization.yaml", `resources: [a.yaml]
vars: [{name: "\e[2Jx\nforged: \u202ey", objref: {apiVersion: v1, kind: ConfigMap, name: a}}]
`)
	write(t, dir, "a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
	cmd := exec.Command(os.Args[0], "-test.run=^TestSealedBuild$")
	cmd.Env = append(os.Environ(), "SEALED_BUILD="+dir, "SEALED_BUILD_HEAP=1024")
	out, err := cmd.CombinedOutput()
	want := "# Warning: 'vars' is deprecated. Please use 'replacements' instead. [EXPERIMENTAL] Run 'kustomize edit fix' to update your Kustomization automatically.\n" +
		`well-defined vars that were never replaced: \x1b[2Jx\nforged: \u202ey` + "\nPASS\n"
	if err != nil || string(out) != want {
		t.Errorf("%v: got\n%s\nwant\n%s", err, out, want)
	}
}
