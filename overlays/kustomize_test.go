//go:build e2e

package overlays_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/e2e/programs"

	"github.com/google/go-cmp/cmp"
)

// TestKustomize builds the matrix with kustomize and the function as a program on PATH, and with kubectl's kustomize and the function as a legacy
// plugin: both write what the build in process writes.
func TestKustomize(t *testing.T) {
	bin := t.TempDir()
	command(t, nil, "go", "build", "-o", bin+"/nested-config", "..")
	home := t.TempDir()
	command(t, nil, bin+"/nested-config", "install", "--kustomize-plugin", home)
	path := "PATH=" + bin + ":" + os.Getenv("PATH")
	dir := site(t)
	for _, c := range matrix() {
		t.Run(c.String(), func(t *testing.T) {
			t.Parallel()
			top := c.kustomization(t, dir)
			want := run(t, top)
			if diff := cmp.Diff(want, command(t, []string{path}, programs.Path(t, "kustomize"), "build", "--enable-alpha-plugins", "--enable-exec", top)); diff != "" {
				t.Errorf("kustomize (-build +kustomize):\n%s", diff)
			}
			// kubectl runs no programs that an annotation names, but a plugin for a config without one.
			config := filepath.Join(top, "nested-config.yaml")
			text, _, _ := strings.Cut(readFile(t, config), "    config.kubernetes.io/function")
			_, spec, _ := strings.Cut(readFile(t, config), "\nspec:")
			writeFile(t, config, text+"spec:"+spec)
			got := command(t, []string{"KUSTOMIZE_PLUGIN_HOME=" + home}, programs.Path(t, "kubectl"), "kustomize", "--enable-alpha-plugins", top)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("kubectl (-build +kubectl):\n%s", diff)
			}
		})
	}
}

// TestGuard: with plugins on and exec off kustomize skips the function; bases/guard makes that an error.
func TestGuard(t *testing.T) {
	dir := site(t)
	top := choice{option: "link-local", secrets: "external-secrets"}.kustomization(t, dir)
	out, err := exec.Command(programs.Path(t, "kustomize"), "build", "--enable-alpha-plugins", top).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "/bases/guard': nothing selected by ConfigMap") {
		t.Errorf("with the guard: got %v and\n%s", err, out)
	}
	file := filepath.Join(top, "kustomization.yaml")
	writeFile(t, file, strings.ReplaceAll(readFile(t, file), "- ../bases/guard\n", ""))
	out, err = exec.Command(programs.Path(t, "kustomize"), "build", "--enable-alpha-plugins", top).CombinedOutput()
	if err != nil || strings.Contains(string(out), "kind: Deployment") {
		t.Errorf("without the guard kustomize no longer skips the function, and the guard may go: got %v and\n%s", err, out)
	}
}

func command(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, stderr.String())
	}
	return string(out)
}

// TestAround: the components that stand around a change do the same in kustomize and in kubectl's kustomize, which is an older one.
func TestAround(t *testing.T) {
	bin := t.TempDir()
	command(t, nil, "go", "build", "-o", bin+"/nested-config", "..")
	home := t.TempDir()
	command(t, nil, bin+"/nested-config", "install", "--kustomize-plugin", home)
	want := readFile(t, "../examples/overlay/expected.yaml")
	got := command(t, []string{"PATH=" + bin + ":" + os.Getenv("PATH")},
		programs.Path(t, "kustomize"), "build", "--enable-alpha-plugins", "--enable-exec", "../examples/overlay")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("kustomize (-want +got):\n%s", diff)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../examples/overlay")); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "site/nested-config.yaml")
	text, _, _ := strings.Cut(readFile(t, config), "    config.kubernetes.io/function")
	_, spec, _ := strings.Cut(readFile(t, config), "\nspec:")
	writeFile(t, config, text+"spec:"+spec)
	got = command(t, []string{"KUSTOMIZE_PLUGIN_HOME=" + home}, programs.Path(t, "kubectl"), "kustomize", "--enable-alpha-plugins", dir)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("kubectl (-want +got):\n%s", diff)
	}
}
