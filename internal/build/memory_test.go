package build

import (
	"os"
	"path/filepath"
	"testing"
)

func TestMemory(t *testing.T) {
	for _, c := range []struct {
		reason, file, text string
		want               uint64
	}{
		{"no control group", "other", "", 1 << 30},
		{"no limit", "memory.max", "max\n", 1 << 30},
		{"a small container", "memory.max", "268435456\n", 192 << 20},
		{"a large container", "memory.max", "34359738368\n", 1 << 30},
		{"a small container of version 1", "memory/memory.limit_in_bytes", "268435456\n", 192 << 20},
		{"no limit of version 1", "memory/memory.limit_in_bytes", "9223372036854771712\n", 1 << 30},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, c.file)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := memory(dir); got != c.want {
			t.Errorf("%s: got %d, want %d", c.reason, got, c.want)
		}
	}
}
