package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var quoted = regexp.MustCompile("(?s)<!-- ([^ ]+) ([^ ]+) -->\n```\n(.*?)```\n")

// TestDocsShowRealOutput compares every block of a document that says where it
// comes from with the output that the script there holds.
func TestDocsShowRealOutput(t *testing.T) {
	for name, least := range map[string]int{"README.md": 3, "docs/underlay.md": 9, "docs/fleet.md": 3} {
		t.Run(name, func(t *testing.T) { showsRealOutput(t, "../../"+name, least) })
	}
}

func showsRealOutput(t *testing.T, path string, least int) {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	want := quoted.ReplaceAllStringFunc(string(text), func(block string) string {
		n++
		m := quoted.FindStringSubmatch(block)
		archive, err := txtar.ParseFile(filepath.Join("../..", m[1]))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			if f.Name == m[2] {
				return "<!-- " + m[1] + " " + m[2] + " -->\n```\n" + string(f.Data) + "```\n"
			}
		}
		t.Errorf("%s has no %s", m[1], m[2])
		return block
	})
	if n < least {
		t.Errorf("only %d blocks say where they come from", n)
	}
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(want, string(text)); d != "" {
		t.Errorf("%s (-output +text); -update rewrites it:\n%s", path, d)
	}
}
