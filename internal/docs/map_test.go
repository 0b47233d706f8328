package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The map of CONTRIBUTING.md names every package of fn and internal, and none that is
// gone. A package below internal/underlay stands in the row of that directory.
func TestMapNamesEveryPackage(t *testing.T) {
	text, err := os.ReadFile("../../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rows, _ := strings.Cut(string(text), "## The map")
	rows, _, _ = strings.Cut(rows, "\n## ")
	names := backquoted(rows)
	out, err := exec.Command("go", "list", "-f", "{{.Dir}}", "../../fn/...", "../../internal/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for dir := range strings.Lines(string(out)) {
		path, err := filepath.Rel(root, strings.TrimSpace(dir))
		if err != nil {
			t.Fatal(err)
		}
		path = filepath.ToSlash(path)
		_, last, _ := strings.Cut(path, "internal/underlay/")
		switch {
		case strings.HasPrefix(path, "internal/bench/"): // programs to measure with
		case !names[path] && (last == "" || !names[last]):
			t.Errorf("CONTRIBUTING.md: the map does not name %s", path)
		}
	}
	for path := range names {
		if _, err := os.Stat("../../" + path); strings.Contains(path, "/") && err != nil && !strings.Contains(path, " ") {
			t.Errorf("CONTRIBUTING.md: the map names %s, which is not there", path)
		}
	}
}

// backquoted are the words between backquotes.
func backquoted(s string) map[string]bool {
	words := map[string]bool{}
	for i, part := range strings.Split(s, "`") {
		if i%2 == 1 {
			words[part] = true
		}
	}
	return words
}
