package render

import (
	"fmt"

	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/manifest"
	"github.com/nested-config/nested-config/internal/yamlwrite"

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
	text    []byte
}

// cluster brings the directory of one cluster up to date.
func (w *worker) cluster(p packed) config.Problems {
	d, err := makeDir(w.options.Dir, p.name)
	if err != nil {
		return config.Problems{problem(err)}
	}
	defer d.close()
	d.input = p.input(w.options)
	if d.input != "" && d.marker.input == d.input && d.intact() {
		return nil
	}
	files, err := w.render(p.unpack())
	if err != nil {
		return config.Problems{problem(err)}
	}
	return d.update(files)
}

// render gives the files of a cluster. Their texts are valid until the next call.
func (w *worker) render(c config.Config) ([]output, error) {
	nodes := manifest.Render(&c)

	// First, encode all of them, one behind the other.
	w.text = w.text[:0]
	ends := make([]int, len(nodes))
	for i, n := range nodes {
		if manifest.Local(n) {
			// The owner of the resources, for the underlay command.
			if err := n.PipeE(yaml.SetAnnotation(fn.Owner, c.Name)); err != nil {
				return nil, err
			}
		}
		text, err := yamlwrite.Append(w.text, n.YNode())
		if err != nil {
			return nil, err
		}
		w.text = text
		ends[i] = len(w.text)
	}

	// Next, cut.
	var files, underlay []output
	start := 0
	for i, n := range nodes {
		o := output{
			path:   manifest.FileName(n.GetKind(), n.GetName()),
			text:   w.text[start:ends[i]:ends[i]],
			secret: manifest.Secret(n),
		}
		start = ends[i]
		if manifest.Local(n) {
			o.path = underlayDir + "/" + o.path
			underlay = append(underlay, o)
		} else {
			files = append(files, o)
		}
	}
	if w.options.Layout == PerCluster {
		return []output{joined("manifest.yaml", files), joined(underlayDir+"/manifest.yaml", underlay)}, nil
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
