package render

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/internal/source"
)

// sum is the SHA-256 of a file.
type sum [sha256.Size]byte

// file is a file below the directory of a cluster.
type file struct {
	path string // with slashes
	sum  sum
	// secret: it holds credentials. The sum leaves them out then (public).
	secret bool
}

// marker is what source.Marker holds: which files of the directory are ours and
// what we wrote there, and from what. Its lines are those of sha256sum, so that
// anybody can see whether a file was changed since: sha256sum -c .nested-config.
//
// Whoever may read it learns nothing of a secret: no sum covers one, neither that
// of a file nor that of the input, by which short passwords could be found out.
type marker struct {
	input string // of the config that was rendered, "" when unknown
	files []file // in order of writing
}

const (
	markerHead   = "# nested-config render wrote these files. It rewrites them, and deletes them when their NestedConfig is gone.\n"
	markerInput  = "# input "
	markerSecret = "# without its secrets: " // which sha256sum takes for a comment
)

func (m marker) text() []byte {
	var b strings.Builder
	b.Grow(len(markerHead) + 100*len(m.files) + 100)
	b.WriteString(markerHead)
	if m.input != "" {
		b.WriteString(markerInput + m.input + "\n")
	}
	for _, f := range m.files {
		if f.secret {
			b.WriteString(markerSecret)
		}
		b.WriteString(hex.EncodeToString(f.sum[:]) + "  " + f.path + "\n")
	}
	return []byte(b.String())
}

// parseMarker refuses what we would not have written: deleting by it must not
// reach beyond the directory.
func parseMarker(text []byte) (marker, error) {
	var m marker
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if input, ok := strings.CutPrefix(line, markerInput); ok {
			m.input = input
			continue
		}
		entry, secret := strings.CutPrefix(line, markerSecret)
		if !secret && strings.HasPrefix(line, "#") {
			continue
		}
		digits, path, ok := strings.Cut(entry, "  ")
		digest, err := hex.DecodeString(digits)
		if !ok || err != nil || len(digest) != sha256.Size || !filepath.IsLocal(path) || path == source.Marker {
			return marker{}, fmt.Errorf("is damaged at %q: remove it, and the rendered files beside it", line)
		}
		m.files = append(m.files, file{path, sum(digest), secret})
	}
	return m, nil
}

func (m marker) has(path string) bool {
	return slices.ContainsFunc(m.files, func(f file) bool { return f.path == path })
}

// sumOf is the sum that the marker has of a text.
func sumOf(text []byte, secret bool) sum {
	if secret {
		text = public(text)
	}
	return sha256.Sum256(text)
}

// public is a text without the values of its Secrets: every line below stringData.
func public(text []byte) []byte {
	var out []byte
	inside := false
	for line := range bytes.Lines(text) {
		if inside && (line[0] == ' ' || line[0] == '\n') {
			continue
		}
		inside = bytes.HasPrefix(line, []byte("stringData:"))
		if inside {
			line = []byte("stringData:\n")
		}
		out = append(out, line...)
	}
	return out
}
