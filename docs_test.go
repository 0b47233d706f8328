package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// docs/common-env.md says how to move on from a common.env in three commands;
// they do it, and its NestedConfig with the text in it renders.
func TestCommonEnvDocument(t *testing.T) {
	text, err := os.ReadFile("docs/common-env.md")
	if err != nil {
		t.Fatal(err)
	}
	commands := block(t, string(text), "sh")
	if n := strings.Count(commands, "\n"); n != 3 {
		t.Errorf("%d commands, not three", n)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "## From a `common.env`\n\n```sh\n"+commands+"```\n") {
		t.Error("README.md does not say the same three commands")
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "docs/testdata",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			if err := os.WriteFile(filepath.Join(e.WorkDir, "commands.sh"), []byte(commands), 0o644); err != nil {
				return err
			}
			config := "apiVersion: nested.opencontrail.org/v1alpha1\nkind: NestedConfig\nmetadata: {name: k8s}\n" + block(t, string(text), "yaml")
			return os.WriteFile(filepath.Join(e.WorkDir, "inline.yaml"), []byte(config), 0o644)
		},
	})
}

// block is the first code block of a language.
func block(t *testing.T, text, language string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, "```"+language+"\n")
	body, _, ended := strings.Cut(rest, "```\n")
	if !ok || !ended {
		t.Fatalf("no block of %s", language)
	}
	return body
}
