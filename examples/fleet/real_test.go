//go:build e2e

package fleet_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/e2e/programs"

	"github.com/google/go-cmp/cmp"
)

// environment has this program on its PATH, as the shipped functions name it.
func environment(t *testing.T) []string {
	t.Helper()
	bin := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", filepath.Join(bin, "nested-config"), "github.com/nested-config/nested-config").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// kustomize itself builds what build builds.
func TestRealKustomize(t *testing.T) {
	env := environment(t)
	for _, dir := range append([]string{"check"}, clusters...) {
		cmd := exec.Command(programs.Path(t, "kustomize"), "build", "--enable-alpha-plugins", "--enable-exec", "kustomize/"+dir)
		cmd.Env = env
		var stderr strings.Builder
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil || stderr.Len() > 0 {
			t.Fatalf("%s: %v: %s", dir, err, stderr.String())
		}
		want := ""
		if dir != "check" {
			want = mustRead(t, "kustomize/"+dir+"/expected.yaml")
		}
		if diff := cmp.Diff(want, string(out)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", dir, diff)
		}
	}
}

// kpt renders the package to itself, and refuses it when two clusters collide.
func TestRealKpt(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "fleet")
	if err := os.CopyFS(dir, os.DirFS("kpt")); err != nil {
		t.Fatal(err)
	}
	env := environment(t)
	render := func() ([]byte, error) {
		cmd := exec.Command(programs.Path(t, "kpt"), "fn", "render", "--allow-exec", dir)
		cmd.Env = env
		return cmd.CombinedOutput()
	}
	if out, err := render(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if diff := cmp.Diff(tree(t, "kpt"), tree(t, dir)); diff != "" {
		t.Errorf("(-as shipped +rendered):\n%s", diff)
	}
	file := filepath.Join(dir, "west/nested-config.yaml")
	wrong := strings.Replace(mustRead(t, file), "192.168.1.101: 10.10.10.2", "192.168.1.101: 10.10.10.6", 1)
	if err := os.WriteFile(file, []byte(wrong), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := render()
	if err == nil || !strings.Contains(string(out), "192.168.1.103") {
		t.Errorf("a conflict passes: %v: %s", err, out)
	}
}
