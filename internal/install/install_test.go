//go:build unix

package install_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nested-config/nested-config/internal/install"
)

func TestCopy(t *testing.T) {
	cases := map[string]struct {
		reason, name string
		before       string // content of the target before, if any
		want         map[string]string
	}{
		"program":        {"a name on PATH", "nested-config", "", map[string]string{"nested-config": "-rwxr-xr-x new"}},
		"upgrade":        {"an older copy is replaced, its mode as well", "nested-config", "old", map[string]string{"nested-config": "-rwxr-xr-x new"}},
		"plugin":         {"kustomize finds it by group, version and kind", install.KustomizePlugin, "", map[string]string{install.KustomizePlugin: "-rwxr-xr-x new"}},
		"plugin upgrade": {"the same in a home that exists", install.KustomizePlugin, "old", map[string]string{install.KustomizePlugin: "-rwxr-xr-x new"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			defer syscall.Umask(syscall.Umask(0o077)) // kubelet's user and ours differ: the umask must not decide
			self := filepath.Join(t.TempDir(), "running")
			write(t, self, "new")
			dir := filepath.Join(t.TempDir(), "made", "on the way")
			if c.before != "" {
				write(t, filepath.Join(dir, c.name), c.before)
			}
			path, err := install.Copy(self, dir, c.name)
			if err != nil || path != filepath.Join(dir, c.name) {
				t.Fatalf("%s: got %s, %v", c.reason, path, err)
			}
			if info, err := os.Stat(filepath.Dir(path)); err != nil || c.before == "" && info.Mode().Perm() != 0o755 {
				t.Errorf("%s: the directory of the copy has mode %v, %v; another user must enter it", c.reason, info.Mode(), err)
			}
			if diff := cmp.Diff(c.want, files(t, dir)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

func TestCopyFails(t *testing.T) {
	self := filepath.Join(t.TempDir(), "running")
	write(t, self, "new")
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "a file, no directory")
	if _, err := install.Copy(self, file, "nested-config"); err == nil || !strings.Contains(err.Error(), "DIR must be a directory") {
		t.Errorf("a file for DIR: got %v", err)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "nested-config"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := install.Copy(self, dir, "nested-config"); err == nil {
		t.Error("a directory where the program shall be: no error")
	}
	if diff := cmp.Diff(map[string]string{}, files(t, dir)); diff != "" {
		t.Errorf("a failed copy leaves something behind (-want +got):\n%s", diff)
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// files returns the mode and content of every file below dir.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		found[filepath.ToSlash(rel)] = info.Mode().String() + " " + string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
