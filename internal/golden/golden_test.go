package golden_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A flag of another test package would be one that .ci/golden does not give.
func TestOneFlag(t *testing.T) {
	own := []byte(`"` + "update" + `"`)
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for line := range bytes.Lines(text) {
			if bytes.Contains(line, []byte("flag.")) && bytes.Contains(line, own) {
				t.Errorf("%s: %s: use golden.Update", path, bytes.TrimSpace(line))
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
