package source_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/internal/printable"
	"github.com/nested-config/nested-config/internal/source"
	"github.com/nested-config/nested-config/internal/yamlguard"

	"github.com/google/go-cmp/cmp"
)

// FuzzRead reads whatever may stand in a file, as a file that is named, as one of a
// directory and on standard input. Nothing panics, what is given is fit to be worked
// on, every message is one printable line, and Load counts the same NestedConfigs.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"kind: NestedConfig\nmetadata: {name: a}\n---\nkind: FabricSNAT\n",
		"kind: ResourceList\nitems:\n- &a {kind: NestedConfig, metadata: {annotations: {config.kubernetes.io/path: \"\\e\"}}}\n- *a\n",
		"kind: List\nitems: [{kind: NestedConfig, metadata: [a]}, {kind: NestedConfig, x: &x [*x]}]\n",
		"? {kind: NestedConfig}\n: &a [*a]\n", "kind: NestedConfig\n  a: *b\n", "\xff\xfek\x00", "kind: !!binary NestedConfig\n<<: {kind: NestedConfig}\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		dir := t.TempDir()
		file := filepath.Join(dir, "a.yaml")
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		kinds := []string{config.Kind, config.LinkLocalServiceKind, config.FabricSNATKind, config.FleetCheckKind}
		read := func(path string) ([]source.Doc, config.Problems) {
			return source.Read([]string{path}, bytes.NewReader(text), source.Options{Kinds: kinds, Rendered: true})
		}
		docs, problems := read(file)
		again, _ := read(source.Stdin)
		fromDir, _ := read(dir)
		if len(docs) != len(again) || len(docs) != len(fromDir) {
			t.Errorf("%d documents in the file, %d on stdin, %d in the directory", len(docs), len(again), len(fromDir))
		}
		configs := 0
		for i, d := range docs {
			if err := yamlguard.Check(d.Node); err != nil {
				t.Errorf("given, and yet: %v", err)
			}
			if err := yamlguard.Resource(d.Node); err != nil {
				t.Errorf("given, and yet: %v", err)
			}
			if !slices.Contains(kinds, d.Kind) || d.Kind != again[i].Kind || d.Name != again[i].Name || d.Index != again[i].Index {
				t.Errorf("document %d is %+v, and on stdin %+v", i, d, again[i])
			}
			if d.Kind == config.Kind {
				configs++
			}
		}
		if len(docs) == 0 && !problems.Errors() {
			t.Error("nothing found, and nothing told")
		}
		told(t, problems)

		fleet, err := source.Load(t.Context(), []string{file}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		told(t, fleet.Problems)
		if len(fleet.Configs) > configs || !fleet.Failed() && len(fleet.Configs) != configs {
			t.Errorf("Load gives %d configs, Read %d", len(fleet.Configs), configs)
		}
		second, err := source.Load(t.Context(), []string{file}, nil, nil)
		if diff := cmp.Diff(fleet.Problems, second.Problems); err != nil || diff != "" {
			t.Errorf("the second time: %v\n%s", err, diff)
		}
	})
}

func told(t *testing.T, problems config.Problems) {
	t.Helper()
	for _, p := range problems {
		if line := p.String(); p.Message == "" || printable.Text(line) != line {
			t.Errorf("not one line for a person: %q", line)
		}
	}
}
