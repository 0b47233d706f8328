package main

import (
	"testing"

	"github.com/nested-config/nested-config/internal/golden"

	"github.com/rogpeppe/go-internal/testscript"
)

// The test binary is nested-config on the PATH of the scripts, so that they run
// the real main.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"nested-config": main})
}

// Each script of fn/testdata is a document: a sentence, a command, whole input,
// whole output.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "fn/testdata",
		UpdateScripts:       golden.Update(),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// HOME is where Windows says that it is, when nobody has said otherwise.
func TestGetenv(t *testing.T) {
	for _, tc := range []struct{ reason, home, profile, want string }{
		{"as everywhere", "/root", "", "/root"},
		{"on Windows", "", `C:\Users\me`, `C:\Users\me`},
		{"on Windows, in Git Bash", "/c/Users/me", `C:\Users\me`, "/c/Users/me"},
		{"nowhere", "", "", ""},
	} {
		t.Setenv("HOME", tc.home)
		t.Setenv("USERPROFILE", tc.profile)
		if got := getenv("HOME"); got != tc.want {
			t.Errorf("%s: HOME is %q, not %q", tc.reason, got, tc.want)
		}
	}
}
