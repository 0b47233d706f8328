// Package krm is the wire of a KRM function: a ResourceList in, one out, as the
// functions specification has it. It is kyaml's fn/framework without what that
// brings along for validating by OpenAPI, whose initialisation alone takes a
// fifth of the time of an empty function, and with a guard where kyaml has none.
package krm

import (
	"errors"
	"io"

	"github.com/nested-config/nested-config/internal/yamlnode"
	"github.com/nested-config/nested-config/internal/yamlwrite"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// ResourceList is what an orchestrator sends and gets back.
type ResourceList struct {
	Items          []*yaml.RNode
	FunctionConfig *yaml.RNode
	Results        Results
}

// Severity of a result; only an error fails the run, by the exit status.
type Severity string

const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// Result tells the user something about a resource, a field of it, its file.
type Result struct {
	Message     string       `yaml:"message"`
	Severity    Severity     `yaml:"severity"`
	ResourceRef *ResourceRef `yaml:"resourceRef,omitempty"`
	Field       *Field       `yaml:"field,omitempty"`
	File        *File        `yaml:"file,omitempty"`
	// Where says which resource this is about in a line without the list, when
	// that has several. File alone does not: its path may be relative to another
	// package.
	Where string `yaml:"-"`
}

// ResourceRef names a resource.
type ResourceRef struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string `yaml:"kind"`
	Name       string `yaml:"name"`
	Namespace  string `yaml:"namespace,omitempty"`
}

// Field names a field by its path, with its value where that may be shown.
type Field struct {
	Path         string `yaml:"path"`
	CurrentValue string `yaml:"currentValue,omitempty"`
}

// File is where a resource stands: a path relative to the package, and the
// document in it, from 0.
type File struct {
	Path  string `yaml:"path"`
	Index int    `yaml:"index,omitempty"`
}

// ErrNotAList says that the input is no single ResourceList.
var ErrNotAList = errors.New("stdin: must be one ResourceList, as kustomize and kpt send it; for a file, run nested-config FILE")

// Results in the order of their finding.
type Results []Result

// Execute reads a ResourceList, lets process change it and writes it, also when
// process returns an error, which is returned then. What is not a single
// ResourceList, or holds what nobody should work on (internal/yamlguard), is an
// error with nothing written. Items come and go with their comments, in their order.
func Execute(in io.Reader, out io.Writer, process func(*ResourceList) error) error {
	list, err := read(in)
	if err != nil {
		return err
	}
	processErr := process(&list.ResourceList)
	if err := write(out, list); err != nil {
		return err
	}
	return processErr
}

// write encodes the list as kyaml's ByteWriter does, without copying every item
// first: they are not used again. Results of earlier functions stay.
func write(out io.Writer, rl *input) error {
	items := yamlnode.List()
	items.Content = make([]*yaml.Node, len(rl.Items))
	for i, item := range rl.Items {
		items.Content[i] = item.YNode()
	}
	apiVersion := yamlnode.Of(rl.apiVersion)
	apiVersion.Tag = "" // plain, whatever the orchestrator calls its version
	list := yamlnode.Map("apiVersion", apiVersion, "kind", kio.ResourceListKind, "items", items)
	if rl.FunctionConfig != nil {
		yamlnode.Set(list, "functionConfig", rl.FunctionConfig.YNode())
	}
	results, err := resultsNode(rl.Results, rl.results)
	if err != nil {
		return err
	}
	if results != nil {
		yamlnode.Set(list, "results", results)
	}
	text, err := yamlwrite.List(list, items)
	if err != nil {
		return err
	}
	_, err = out.Write(text)
	return err
}

func resultsNode(results Results, n *yaml.Node) (*yaml.Node, error) {
	if len(results) == 0 {
		return n, nil
	}
	var added yaml.Node
	if err := added.Encode(results); err != nil {
		return nil, err
	}
	if n != nil && n.Kind == yaml.SequenceNode {
		added.Content = append(n.Content[:len(n.Content):len(n.Content)], added.Content...)
	}
	return &added, nil
}
