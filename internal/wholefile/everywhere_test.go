package wholefile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nested-config/nested-config/internal/wholefile"
)

// What holds on every system, Windows among them: a file is new or replaced, a set that
// is dropped changes nothing, and no other file stays behind.
func TestEverywhere(t *testing.T) {
	dir := t.TempDir()
	one, two := filepath.Join(dir, "one"), filepath.Join(dir, "two")
	for _, text := range []string{"new", "replaced"} {
		if err := wholefile.Write(one, strings.NewReader(text), wholefile.Shared); err != nil {
			t.Fatal(err)
		}
		if err := wholefile.Write(two, strings.NewReader(text), wholefile.Private); err != nil {
			t.Fatal(err)
		}
	}
	set, err := wholefile.Stage(one, strings.NewReader("dropped"), wholefile.Shared)
	if err != nil {
		t.Fatal(err)
	}
	set.Drop()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		got[e.Name()] = string(text)
	}
	if diff := cmp.Diff(map[string]string{"one": "replaced", "two": "replaced"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
