package build

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Limits of Discover. It answers for repositories of strangers, among them those that are no business of ours.
const (
	discoverFiles = 10_000
	discoverBytes = 16 << 20 // of one file
)

// Discover lists the files below dir in which a build of the kustomization in dir would meet a NestedConfig or a FleetCheck, relative to dir, in
// the order in which they are met: in the fields that name resources or functions, through local directories, in the text of the kustomization
// itself. It runs no build. Whatever it cannot read holds none: a directory without any is not an error, but somebody else's.
func Discover(dir string) []string {
	d := discovery{top: dir, seen: map[string]bool{}}
	d.directory(dir)
	return d.found
}

type discovery struct {
	top   string
	seen  map[string]bool // paths, links resolved
	found []string
}

// enter reports whether path is new, exists and within the limits, and whether it is a directory.
func (d *discovery) enter(path string) (dir, ok bool) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil || d.seen[real] || len(d.seen) >= discoverFiles {
		return false, false
	}
	d.seen[real] = true
	info, err := os.Stat(real)
	if err != nil || !info.IsDir() && (!info.Mode().IsRegular() || info.Size() > discoverBytes) {
		return false, false
	}
	return info.IsDir(), true
}

func (d *discovery) path(path string) {
	switch dir, ok := d.enter(path); {
	case !ok:
	case dir:
		d.kustomization(path)
	default:
		if text, err := readBounded(path); err == nil && holdsOurs(text) {
			d.add(path)
		}
	}
}

func (d *discovery) directory(dir string) {
	if isDir, ok := d.enter(dir); ok && isDir {
		d.kustomization(dir)
	}
}

func (d *discovery) kustomization(dir string) {
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		file := filepath.Join(dir, name)
		if isDir, ok := d.enter(file); !ok || isDir {
			continue
		}
		text, err := readBounded(file)
		if err != nil {
			continue
		}
		for _, entry := range entries(text) {
			if strings.Contains(entry, "\n") { // inline, and no path
				if holdsOurs([]byte(entry)) {
					d.add(file)
				}
				continue
			}
			d.path(filepath.Join(dir, filepath.FromSlash(entry)))
		}
	}
}

func (d *discovery) add(path string) {
	rel, err := filepath.Rel(d.top, path)
	if err != nil {
		rel = path
	}
	if rel = filepath.ToSlash(rel); !slices.Contains(d.found, rel) {
		d.found = append(d.found, rel)
	}
}

// entries are the strings in the fields of a kustomization that name resources or functions. Aliases are followed one step, which is as far as
// a list of strings goes.
func entries(text []byte) []string {
	doc, err := yaml.Parse(string(text))
	if err != nil || doc.YNode().Kind != yaml.MappingNode {
		return nil
	}
	var out []string
	for key, value := range yamlnode.Fields(doc.YNode()) {
		switch key.Value {
		case "resources", "bases", "components", "generators", "transformers", "validators":
			for _, n := range yamlnode.Target(value).Content {
				out = append(out, yamlnode.Target(n).Value)
			}
		}
	}
	return out
}

// holdsOurs reports whether a text has a document of a kind that our function runs. A text that names the kind and does not parse counts: its
// mistake is to be told by the build.
func holdsOurs(text []byte) bool {
	if !bytes.Contains(text, []byte(group)) {
		return false
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var n yaml.Node
		if err := decoder.Decode(&n); err == io.EOF {
			return false
		} else if err != nil {
			return bytes.Contains(text, []byte("kind: NestedConfig")) || bytes.Contains(text, []byte("kind: FleetCheck"))
		}
		if len(n.Content) == 0 || n.Content[0].Kind != yaml.MappingNode {
			continue
		}
		value := map[string]string{}
		for key, v := range yamlnode.Fields(n.Content[0]) {
			value[key.Value] = yamlnode.Target(v).Value
		}
		if kind := value["kind"]; strings.HasPrefix(value["apiVersion"], group+"/") && (kind == "NestedConfig" || kind == "FleetCheck") {
			return true
		}
	}
}

// readBounded reads a file that may grow while it is read.
func readBounded(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, discoverBytes))
}
