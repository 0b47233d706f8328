package wholefile_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// writes is how a program begins to write a file; reads looks like it.
var (
	writes = regexp.MustCompile(`os\.(WriteFile|Create|CreateTemp|OpenFile)\(|\.(WriteFile|OpenFile)\(`)
	reads  = regexp.MustCompile(`\.OpenFile\([^,]*, os\.O_RDONLY[|,]`)
)

// No command writes a file by other means than this package.
func TestOnlyWriter(t *testing.T) {
	root := filepath.Join("..", "..")
	found := false
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		switch rel = filepath.ToSlash(rel); {
		case d.IsDir() && rel != ".git" && rel != ".ci" && rel != "bases/generate" && rel != "internal/bench" && rel != "internal/e2e":
			return nil
		case d.IsDir():
			return filepath.SkipDir // no part of the program
		case !strings.HasSuffix(rel, ".go"), strings.HasSuffix(rel, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		if call := writes.Find(reads.ReplaceAll(text, nil)); call != nil {
			if filepath.Dir(rel) == "internal/wholefile" {
				found = true
			} else {
				t.Errorf("%s: %s...): replace files with internal/wholefile", rel, call)
			}
		}
		return err
	})
	if err != nil || !found {
		t.Errorf("the calls of this package were not found: %v", err)
	}
}
