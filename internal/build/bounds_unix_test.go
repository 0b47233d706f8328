//go:build unix

package build_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/nested-config/nested-config/internal/build"
)

// What has no end, or no reader, is told from a file before it is read.
func TestFilesWithoutAnEnd(t *testing.T) {
	for name, c := range map[string]struct {
		make func(path string) error
		want string
	}{
		"device": {func(p string) error { return os.Symlink("/dev/zero", p) }, "must be a file, not a device, a pipe or a socket\n"},
		"pipe":   {func(p string) error { return syscall.Mkfifo(p, 0o644) }, "must be a file, not a device, a pipe or a socket\n"},
		"large": {func(p string) error {
			f, err := os.Create(p)
			if err != nil {
				return err
			}
			return f.Truncate(1 << 40)
		}, "is too large: a file may have at most 64 MB\n"},
	} {
		for _, kustomization := range []string{
			"resources: [it]\n", "generators: [it]\n", "crds: [it]\n", "openapi: {path: it}\nresources: [cm.yaml]\n", "resources: [cm.yaml]\npatches: [{path: it}]\n",
			"configMapGenerator: [{name: a, files: [it]}]\n", "secretGenerator: [{name: a, envs: [it]}]\n", "configurations: [it]\n", "replacements: [{path: it}]\n",
		} {
			dir := t.TempDir()
			write(t, dir, "kustomization.yaml", kustomization)
			write(t, dir, "cm.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
			if err := c.make(filepath.Join(dir, "it")); err != nil {
				t.Fatal(err)
			}
			stdout, stderr := run(dir, build.Options{Restrictions: 2}) // LoadRestrictionsNone: the symlink leads out
			if stdout != "" || !strings.HasSuffix(stderr, "it: "+c.want) && stderr != "/dev/zero: "+c.want {
				t.Errorf("%s, %s: got %q", name, kustomization, stdout+stderr)
			}
		}
	}
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "kustomization.yaml"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, stderr := run(dir, build.Options{}); stderr != dir+"/kustomization.yaml: must be a file, not a device, a pipe or a socket\n" {
		t.Errorf("a kustomization that is a pipe: %q", stderr)
	}
}
