// Package install copies the running program to the place where another program looks for it: an image without a shell has no cp.
package install

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/nested-config/nested-config/internal/wholefile"
)

// KustomizePlugin is the path below a plugin home (KUSTOMIZE_PLUGIN_HOME) at which kustomize looks for the program that renders a
// NestedConfig: group, version, kind in lower case, kind.
const KustomizePlugin = "nested.opencontrail.org/v1alpha1/nestedconfig/NestedConfig"

// Suffix is what a copy of the program at self must have at the end of its name to be a program: .exe on Windows, nothing elsewhere.
func Suffix(self string) string {
	if ext := filepath.Ext(self); strings.EqualFold(ext, ".exe") {
		return ext
	}
	return ""
}

// Copy copies the program at self to dir/name, making the directories in between, and returns the path of the copy. The copy appears
// whole or not at all, and everybody may run it, whatever the umask: the container that will is another user than the one that copies.
// A link in the place of the copy is replaced, not followed.
func Copy(self, dir, name string) (path string, err error) {
	in, err := os.Open(self)
	if err != nil {
		return "", err
	}
	defer in.Close()
	path = filepath.Join(dir, filepath.FromSlash(name))
	if err := makeDirs(filepath.Dir(path)); err != nil {
		return "", fmt.Errorf("%w: DIR must be a directory that %s may write to", err, user())
	}
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return "", fmt.Errorf("%w: DIR must be a directory that %s may write to", err, user())
	}
	defer root.Close()
	files := wholefile.In(root)
	defer files.Drop()
	if err := files.Add(filepath.Base(path), in, wholefile.Program); err != nil {
		return "", fmt.Errorf("%s: %w: DIR must be a directory that %s may write to, with room for the program", path, err, user())
	}
	return path, files.Commit()
}

// makeDirs makes dir and its parents, those that are missing, for everybody to enter.
func makeDirs(dir string) error {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	if err := makeDirs(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	return os.Chmod(dir, 0o755) // Mkdir heeds the umask
}

// user is who may not write: a number where the system has one.
func user() string {
	if id := os.Getuid(); id >= 0 {
		return fmt.Sprintf("user %d", id)
	}
	return "this user"
}
