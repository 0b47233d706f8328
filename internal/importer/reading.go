package importer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/internal/notyaml"
	"github.com/nested-config/nested-config/internal/printable"
	"github.com/nested-config/nested-config/internal/yamlguard"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// reading is a text in the hands of a reader, and the draft that becomes of it.
type reading struct {
	file, text string
	draft
}

func newReading(file, text string) *reading {
	return &reading{file, text, draft{fields: yamlnode.Map(), settings: &config.Settings{}, places: map[string]string{}}}
}

// maxEntries is how many entries a mapping or a list may have that is read here, and how
// much is told: no site comes near it, and what is compared with each other stays
// few.
const maxEntries = 1000

func large(n *yaml.Node) bool {
	n = yamlnode.Target(n)
	return len(n.Content) > 2*maxEntries || slices.ContainsFunc(n.Content, large)
}

// tell adds a problem of a line. what names the thing, and never holds a value.
func (r *reading) tell(s config.Severity, line int, what, format string, args ...any) {
	if len(r.problems) > maxEntries {
		return
	}
	place := fmt.Sprintf("line %d", line)
	if what != "" {
		place += ": " + what
	}
	p := config.Problem{Severity: s, Path: r.file, Place: place, Message: fmt.Sprintf(format, args...)}
	if !slices.Contains(r.problems, p) { // both pods read the same ConfigMap
		r.problems = oneMore(r.problems, p, r.file)
	}
}

// oneMore adds a problem, unless there are too many of path already.
func oneMore(ps config.Problems, p config.Problem, path string) config.Problems {
	switch {
	case len(ps) < maxEntries:
		return append(ps, p)
	case len(ps) == maxEntries:
		return append(ps, config.Problem{Severity: config.Error, Path: path, Message: "and the others are not listed: too many mistakes"})
	}
	return ps
}

// fault is what is wrong with a variable, so that nobody calls it missing besides.
func (r *reading) fault(line int, name, format string, args ...any) {
	f := env.Fault{Line: line, Name: name, Message: fmt.Sprintf(format, args...)}
	if !slices.Contains(r.settings.Faults, f) {
		r.settings.Faults = append(r.settings.Faults, f)
	}
}

// drop tells of something that is not carried over, and keeps it as a comment.
func (r *reading) drop(line int, what, why string) {
	r.tell(config.Warning, line, what, "%s", why)
	r.note(what, why)
}

// note keeps as a comment what is not carried over and needs no warning: it is no
// business of a nested cluster.
func (r *reading) note(what, why string) {
	if s := what + ": " + why; len(r.left) < maxEntries && !slices.Contains(r.left, s) {
		r.left = append(r.left, s)
	}
}

// set gives a field of the spec a text, unless it has one, and says where it comes
// from.
func (r *reading) set(value, place string, path ...string) {
	r.setNode(yamlnode.Of(value), place, path...)
}

func (r *reading) setNode(value *yaml.Node, place string, path ...string) {
	if n, name := yamlnode.Section(r.fields, path[:len(path)-1]...), path[len(path)-1]; yamlnode.Get(n, name) == nil {
		yamlnode.Set(n, name, value)
		r.places["spec."+strings.Join(path, ".")] = place
	}
}

// decode takes the text apart into documents of YAML, and reports whether somebody
// should work on them.
func (r *reading) decode() ([]*yaml.Node, bool) {
	var docs []*yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader([]byte(r.text)))
	budget := yamlguard.NewBudget(yamlguard.MaxAddedNodes, yamlguard.MaxAddedBytes)
	for {
		var n yaml.Node
		err := decoder.Decode(&n)
		if errors.Is(err, io.EOF) {
			return docs, true
		}
		if err != nil {
			r.noYAML(err)
			return nil, false
		}
		if len(n.Content) == 0 {
			continue
		}
		if err := budget.Check(&n); err != nil {
			r.tell(config.Error, n.Content[0].Line, "", "%s", err)
			return nil, false
		}
		docs = append(docs, yamlnode.Target(n.Content[0]))
	}
}

// document is the one document of YAML that a text is; must says so.
func (r *reading) document(must string) (*yaml.Node, bool) {
	docs, ok := r.decode()
	switch {
	case !ok:
		return nil, false
	case len(docs) != 1:
		r.problems = append(r.problems, config.Problem{Severity: config.Error, Path: r.file, Message: fmt.Sprintf("has %d documents of YAML: %s", len(docs), must)})
		return nil, false
	}
	return docs[0], true
}

// noYAML tells a template from a text that is broken in another way.
func (r *reading) noYAML(err error) {
	number := 0
	for line := range strings.Lines(r.text) {
		number++
		if strings.Contains(line, "{{") && !strings.HasPrefix(strings.TrimSpace(line), "#") {
			r.tell(config.Error, number, "", "%s", template)
			return
		}
	}
	r.problems = append(r.problems, config.Problem{Severity: config.Error, Path: r.file, Message: notyaml.Error(err).Error()})
}

const template = "has {{ }}, which is a template: import its output, or write the value"

// short is foreign text for a message or a comment: no name of Kubernetes is longer.
func short(s string) string { return printable.Start(s, 253) }
