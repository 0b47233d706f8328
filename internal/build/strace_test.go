//go:build e2e

package build_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/e2e/programs"
)

// TestNothingStarts asks the kernel: in builds of hostile repositories the program starts no other and makes no socket, whatever the Go code
// believes. strace is the Debian package of that name; .ci/e2e installs it. The last case is one that does both, so that the test can fail.
func TestNothingStarts(t *testing.T) {
	strace := programs.Path(t, "strace")
	program := filepath.Join(t.TempDir(), "nested-config")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatal(err, string(out))
	}
	const cm = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
	cases := map[string]map[string]string{
		"helm":       {"kustomization.yaml": "helmCharts: [{name: a, repo: 'https://charts.example', version: '1'}]\n"},
		"go plugin":  {"kustomization.yaml": "generators: [g.yaml]\n", "g.yaml": "apiVersion: example.com/v1\nkind: Generator\nmetadata: {name: g}\n"},
		"exec":       {"kustomization.yaml": "generators: [g.yaml]\n", "g.yaml": "apiVersion: example.com/v1\nkind: Generator\nmetadata: {name: g, annotations: {config.kubernetes.io/function: 'exec: {path: ./evil}'}}\n", "evil": "#!/bin/sh\ntouch PWNED\n"},
		"container":  {"kustomization.yaml": "transformers: [g.yaml]\nresources: [cm.yaml]\n", "cm.yaml": cm, "g.yaml": "apiVersion: example.com/v1\nkind: Generator\nmetadata: {name: g, annotations: {config.kubernetes.io/function: 'container: {image: evil}'}}\n"},
		"deep":       {"kustomization.yaml": "resources: [a]\n", "a/kustomization.yaml": "components: [../b]\n", "b/kustomization.yaml": "kind: Component\nresources: ['file:///srv//x?ref=--upload-pack%3Dtouch%20PWNED']\n"},
		"not a file": {"kustomization.yaml": "resources: [user@host/a/b.yaml]\n", "user@host/a/b.yaml": "[not yaml\n"}, // kustomize then tries git
		"renamed": { // the name is remote only until kustomize has renamed it
			"kustomization.yaml": "resources: [cm.yaml]\ntransformers: [t]\n", "cm.yaml": cm,
			"t/kustomization.yaml": "resources: [t.yaml, x.yaml]\nnamePrefix: p-\nconfigurations: [c.yaml]\n",
			"t/t.yaml":             "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: t}\npath: https://127.0.0.1:1/x\ntarget: {kind: ConfigMap}\n",
			"t/x.yaml":             "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 'https://127.0.0.1:1/x'}\n",
			"t/c.yaml":             "nameReference: [{kind: ConfigMap, fieldSpecs: [{kind: PatchTransformer, path: path}]}]\n",
		},
	}
	for i, form := range remoteForms {
		for _, field := range []string{
			"resources: [%q]", "components: [%q]", "bases: [%q]", "generators: [%q]", "transformers: [%q]", "validators: [%q]", "crds: [%q]", "openapi: {path: %q}",
			"configurations: [%q]", "patches: [{path: %q}]", "replacements: [{path: %q}]", "configMapGenerator: [{name: a, files: [%q]}]",
		} {
			if i > 3 && !strings.HasPrefix(field, "resources") {
				continue
			}
			cases[fmt.Sprintf(field, form)] = map[string]string{"kustomization.yaml": fmt.Sprintf(field, form) + "\n"}
		}
	}
	traced := func(dir string, args ...string) string {
		trace := filepath.Join(t.TempDir(), "trace")
		cmd := exec.Command(strace, append([]string{"-f", "-qq", "-e", "signal=none", "-e", "trace=execve,execveat,connect,socket,vfork", "-o", trace, program, "build"}, args...)...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err == nil {
			t.Errorf("%v builds: %s", args, out)
		}
		text, err := os.ReadFile(trace)
		if err != nil {
			t.Fatal(err, string(out))
		}
		return string(text)
	}
	// opened counts the calls that start or connect, the start of the program itself aside.
	opened := func(calls string) int {
		n := -1
		for _, call := range []string{"execve(", "execveat(", "connect(", "socket(", "vfork("} {
			n += strings.Count(calls, call)
		}
		return n
	}
	for name, files := range cases {
		dir := t.TempDir()
		for file, text := range files {
			write(t, dir, file, text)
		}
		if calls := traced(dir, "."); opened(calls) != 0 || !strings.Contains(calls, "execve(\""+program) {
			t.Errorf("%s:\n%s", name, calls)
		}
		if _, err := os.Stat(filepath.Join(dir, "PWNED")); err == nil {
			t.Errorf("%s: ran", name)
		}
	}
	for _, form := range remoteForms {
		if calls := traced(t.TempDir(), form); opened(calls) != 0 {
			t.Errorf("root %s:\n%s", form, calls)
		}
	}
	dir := t.TempDir()
	write(t, dir, "kustomization.yaml", "resources: ['https://127.0.0.1:1/team/repo']\n")
	if calls := traced(dir, "--allow-remote", "."); !strings.Contains(calls, "connect(") || !strings.Contains(calls, "/git\", ") {
		t.Errorf("with the flag: this test sees nothing:\n%s", calls)
	}
}
