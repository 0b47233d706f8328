package install_test

import (
	"testing"

	"github.com/nested-config/nested-config/internal/install"
)

// On Windows a program is one by the end of its name.
func TestSuffix(t *testing.T) {
	for self, want := range map[string]string{
		"/usr/local/bin/nested-config": "",
		"C:/bin/nested-config.exe":     ".exe",
		"C:/bin/NESTED-CONFIG.EXE":     ".EXE",
		"/tmp/nested-config.test":      "",
	} {
		if got := install.Suffix(self); got != want {
			t.Errorf("%s: %q, not %q", self, got, want)
		}
	}
}
