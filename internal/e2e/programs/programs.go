// Package programs finds the real programs that tests run.
package programs

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Path is where a program is: on PATH, or among those that .ci/tools builds. A
// test that needs one and has none proves nothing, so that is a failure.
func Path(t testing.TB, name string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(cache, "nested-config-tools", "bin", name)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%s is neither on PATH nor at %s: .ci/tools builds it, or see CONTRIBUTING.md", name, path)
	}
	return path
}
