package fetch

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestMeasure(t *testing.T) {
	dir := t.TempDir() // is one of the files
	for _, name := range []string{"a/b/c", "d"} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, make([]byte, 50), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		bytes int64
		files int
		want  error
	}{{100, 5, nil}, {99, 5, errSize}, {100, 4, errSize}} {
		if err := measure(dir, c.bytes, c.files); !errors.Is(err, c.want) {
			t.Errorf("%d bytes, %d files: %v", c.bytes, c.files, err)
		}
	}
	if err := measure(filepath.Join(dir, "absent"), 1, 1); err != nil {
		t.Error(err)
	}
}
