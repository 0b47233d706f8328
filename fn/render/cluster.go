package render

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"nested-config/fn/config"
	"nested-config/fn/manifest"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// output is a file that a cluster shall have.
type output struct {
	path   string
	text   []byte
	secret bool // holds credentials
}

// worker renders one cluster after the other. Its buffer serves all of them.
type worker struct {
	options Options
	text    bytes.Buffer
}

// cluster brings the directory of one cluster up to date.
func (w *worker) cluster(c config.Config) []config.Problem {
	d, err := makeDir(w.options.Dir, c.Name)
	if err != nil {
		return []config.Problem{problem(err)}
	}
	defer d.close()
	input := w.input(c)
	if input != "" && d.marker.input == input && d.intact() {
		return nil
	}
	files, err := w.render(c)
	if err != nil {
		return []config.Problem{problem(err)}
	}
	d.input = input
	return d.update(files)
}

// input identifies what is rendered from: a Config is all that rendering sees.
func (w *worker) input(c config.Config) string {
	if w.options.Version == "" {
		return ""
	}
	text, err := json.Marshal(struct {
		Version string
		Layout  Layout
		Config  config.Config
	}{w.options.Version, w.options.Layout, c})
	if err != nil {
		panic(err) // strings, numbers and addresses always encode
	}
	digest := sha256.Sum256(text)
	return hex.EncodeToString(digest[:])
}

// render gives the files of a cluster. Their texts are valid until the next call.
func (w *worker) render(c config.Config) ([]output, error) {
	nodes := manifest.Render(c)

	// First, encode all of them, one behind the other. Each has an encoder of its
	// own, which keeps every event of its life.
	w.text.Reset()
	ends := make([]int, len(nodes))
	for i, n := range nodes {
		e := yaml.NewEncoder(&w.text)
		if err := errors.Join(e.Encode(n.YNode()), e.Close()); err != nil {
			return nil, err
		}
		ends[i] = w.text.Len()
	}

	// Next, cut.
	var files, underlay []output
	start := 0
	for i, n := range nodes {
		o := output{
			path:   strings.ToLower(n.GetKind()) + "-" + n.GetName() + ".yaml",
			text:   w.text.Bytes()[start:ends[i]],
			secret: manifest.Secret(n),
		}
		start = ends[i]
		if manifest.Local(n) {
			o.path = Underlay + "/" + o.path
			underlay = append(underlay, o)
		} else {
			files = append(files, o)
		}
	}
	if w.options.Layout == PerCluster {
		return []output{joined("manifest.yaml", files), joined(Underlay+"/manifest.yaml", underlay)}, nil
	}
	files = append(files, underlay...)
	seen := map[string]bool{}
	for _, f := range files {
		if seen[f.path] {
			return nil, fmt.Errorf("two resources would be written to %s: choose another spec.linkLocal.namePrefix", f.path)
		}
		seen[f.path] = true
	}
	return files, nil
}

func joined(path string, files []output) output {
	o := output{path: path}
	for i, f := range files {
		if i > 0 {
			o.text = append(o.text, "---\n"...)
		}
		o.text = append(o.text, f.text...)
		o.secret = o.secret || f.secret
	}
	return o
}
