package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/internal/cli"
	"github.com/nested-config/nested-config/internal/golden"

	"github.com/google/go-cmp/cmp"
)

// The files of docs/schemas are what the program prints.
func TestSchemaFiles(t *testing.T) {
	for file, args := range map[string][]string{
		"docs/schemas/crds.yaml":          {"schema"},
		"docs/schemas/nested-config.json": {"schema", "--format", "json-schema"},
	} {
		var want bytes.Buffer
		if status := cli.Run(args, cli.Env{Out: &want, Err: &want}); status != 0 {
			t.Fatal(want.String())
		}
		if golden.Update() {
			if err := os.WriteFile(file, want.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.String(), string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
}

// Editors find the schema by a comment in every whole NestedConfig of the
// examples. A part of one, for kustomize to merge, would be refused by it.
func TestExamplesNameTheirSchema(t *testing.T) {
	line := "# yaml-language-server: $schema=" + config.SchemaID + "\n"
	found := 0
	for name, text := range tree(t, "examples") {
		if filepath.Ext(name) != ".yaml" || !strings.Contains(text, "kind: "+config.Kind+"\n") || strings.Contains(text, "kind: Kustomization\n") {
			continue
		}
		whole := strings.Contains(text, "\n  connectivity: ")
		if got := strings.HasPrefix(text, line); got != whole {
			t.Errorf("examples/%s: a whole NestedConfig begins with %q, a part of one does not", name, line)
		}
		if whole {
			found++
		}
	}
	if found == 0 {
		t.Error("no examples")
	}
}
