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
