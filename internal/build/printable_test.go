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
		refusal = ": build runs no function but NestedConfig and FleetCheck, and no plugin; remove the entry, or run it first and list what it writes under resources\n"
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
			"trouble configuring builtin PatchTransformer: must specify one of patch and path\n"},
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

// Where kustomize, or a parser, would quote what it could not use, nothing of that is shown: it may be a password.
func TestErrorsShowNoContent(t *testing.T) {
	const secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: hunter2}\n"
	for _, c := range []struct{ reason, kustomization, file, want string }{
		{"an alias in a generator", "generators: [a.yaml]\n", "kind: NestedConfig\nspec: {password: *hunter2}\n",
			"kustomization.yaml: generators[0]: accumulating resources: accumulating resources from 'a.yaml': MalformedYAMLError: is not YAML: an unquoted * begins an alias, and its anchor is missing: quote text that begins with *\n"},
		{"an alias in a resource", "resources: [a.yaml]\n", "kind: Secret\nstringData: {password: *hunter2}\n",
			"accumulating resources: accumulating resources from 'a.yaml': MalformedYAMLError: is not YAML: an unquoted * begins an alias, and its anchor is missing: quote text that begins with *\n"},
		{"an alias in a patch", "resources: [a.yaml]\npatches: [{target: {kind: Secret}, patch: 'stringData: {a: *hunter2}'}]\n", secret,
			"trouble configuring builtin PatchTransformer: unable to parse SM or JSON patch\n"},
		{"an alias in the kustomization", "resources: [*hunter2]\n", "", "invalid Kustomization: is not YAML: an unquoted * begins an alias, and its anchor is missing: quote text that begins with *\n"},
		{"a key twice", "generators: [a.yaml]\n", "apiVersion: nested.opencontrail.org/v1alpha1\nkind: NestedConfig\nmetadata: {name: a}\nspec: {hunter2: 1, hunter2: 2}\n",
			"kustomization.yaml: generators[0]: NestedConfig a: is not YAML: line 4: a key appears twice\n"},
		{"a literal", "secretGenerator: [{name: a, literals: [hunter2]}]\n", "", "loading KV pairs: literal sources: invalid literal source, expected key=value\n"},
		{"a literal where files belong", "secretGenerator: [{name: a, files: [PASSWORD=hunter2]}]\n", "", "loading KV pairs: file sources: the text holds a secret and is not shown\n"},
		{"a file with a key that is not there", "secretGenerator: [{name: a, files: [.dockerconfigjson=config.json]}]\n", "",
			"loading KV pairs: file sources: [.dockerconfigjson=config.json]: evalsymlink failure on 'DIR/config.json' : lstat DIR/config.json: no such file or directory\n"},
		{"bytes of an env file", "secretGenerator: [{name: a, envs: [a.yaml]}]\n", "password=hunter2\xff\n", "loading KV pairs: env source files: [a.yaml]: a line has invalid utf8 bytes\n"},
		{"a resource around a field", "resources: [a.yaml]\nreplacements: [{source: {kind: Secret}, targets: [{select: {kind: Secret}, fieldPaths: [stringData.a.b]}]}]\n", secret, "unable to find field \"stringData.a.b\" in replacement target: wrong node kind: expected MappingNode but got ScalarNode\n"},
		{"a patch that is none", "resources: [a.yaml]\npatches: [{patch: 'hunter2'}]\n", secret, "trouble configuring builtin PatchTransformer: unable to parse SM or JSON patch\n"},
		{"a patch that is given twice", "resources: [a.yaml]\npatches: [{patch: 'stringData: {a: hunter2}', path: a.yaml}]\n", secret, "trouble configuring builtin PatchTransformer: patch and path can't be set at the same time\n"},
		{"a patch of nothing", "resources: [a.yaml]\npatches: [{patch: \"kind: Secret\\nmetadata: {name: b}\\nstringData: {a: hunter2}\"}]\n", secret, "no resource matches strategic merge patch \"Secret.[noVer].[noGrp]/b.[noNs]\": no matches for Id Secret.[noVer].[noGrp]/b.[noNs]; failed to find unique target for patch Secret.[noVer].[noGrp]/b.[noNs]\n"},
		{"a patch of JSON of nothing", "resources: [a.yaml]\npatches: [{target: {kind: Secret}, patch: '[{op: replace, path: /stringData/b, value: hunter2}]'}]\n", secret, "trouble configuring builtin PatchTransformer: unable to parse SM or JSON patch\n"},
		{"a patch of JSON that does not hold", "resources: [a.yaml]\npatches: [{target: {kind: Secret}, patch: '[{op: test, path: /stringData/a, value: hunter2}, {op: hunter2}]'}]\n", secret, "trouble configuring builtin PatchTransformer: unable to parse SM or JSON patch\n"},
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
