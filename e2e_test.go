//go:build e2e

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/nested-config/nested-config/internal/golden"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
)

// programs are the real ones that the scripts run, and how they are had.
var programs = map[string]string{
	"kustomize": "go install sigs.k8s.io/kustomize/kustomize/v5@v5.8.2",
	"kpt":       "https://kpt.dev/installation",
	"kubectl":   "https://kubernetes.io/docs/tasks/tools",
	"git":       "your distribution's git",
}

func requirePrograms(t *testing.T) {
	t.Helper()
	for name, how := range programs {
		if _, err := exec.LookPath(name); err != nil {
			t.Fatalf("%s is not on PATH: %s", name, how)
		}
	}
}

// program builds nested-config as it is shipped, into a directory for PATH.
func program(t *testing.T) string {
	t.Helper()
	bin := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return bin
}

// The scripts of fn/testdata/e2e run the real kustomize, kpt and kubectl, which
// run this program in their turn.
func TestEndToEnd(t *testing.T) {
	requirePrograms(t)
	bin := program(t)
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "fn/testdata/e2e",
		UpdateScripts:       golden.Update(),
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("REPO", root)
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("PATH", bin+string(os.PathListSeparator)+env.Getenv("PATH"))
			return nil
		},
	})
}

// What kustomize itself makes of every example is what its expected.yaml says.
func TestExamplesUnderKustomize(t *testing.T) {
	requirePrograms(t)
	bin := program(t)
	files, err := filepath.Glob("examples/*/expected.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples with expected.yaml: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Dir(file), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			kustomize := exec.Command("kustomize", "build", "--enable-alpha-plugins", "--enable-exec", filepath.Dir(file))
			kustomize.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
			var stderr bytes.Buffer
			kustomize.Stderr = &stderr
			got, err := kustomize.Output()
			if err != nil {
				t.Fatalf("%v: %s", err, stderr.String())
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if stderr.Len() > 0 {
				t.Errorf("stderr: %s", stderr.String())
			}

			// Without --enable-exec it would render nothing and say nothing.
			skipped := exec.Command("kustomize", "build", "--enable-alpha-plugins", filepath.Dir(file))
			if out, err := skipped.Output(); err == nil {
				t.Errorf("without --enable-exec the build passes, with %d bytes", len(out))
			}
		})
	}
}
