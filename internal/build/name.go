package build

import (
	"path/filepath"
	"strings"
)

// name returns path as the user would write it: relative to where dir is relative to, and inside a remote base relative to its root.
func (b *builder) name(path string) string {
	path = b.real(path)
	if clone := b.clone(path); clone != "" {
		return "(remote) " + strings.TrimPrefix(path, clone+string(filepath.Separator))
	}
	if filepath.IsAbs(b.top) {
		return path
	}
	top, _, err := b.disk.CleanedAbs(b.top)
	if err != nil {
		return path
	}
	rel, err := filepath.Rel(string(top), path)
	if err != nil {
		return path
	}
	return filepath.Join(b.top, rel)
}
