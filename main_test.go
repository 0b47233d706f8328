package main

import (
	"flag"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the expected outputs in fn/testdata; review the diff as prose")

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
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}
