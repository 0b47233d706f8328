// Package krm is the wire format of a KRM function: it reads and writes a
// ResourceList, as the functions specification defines it. It replaces kyaml's
// fn/framework for two reasons: that initialises OpenAPI for validation, which
// takes a fifth of the time of an empty function, and it does not refuse harmful
// YAML (internal/yamlguard).
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

// Result is a message for the user about a resource, a field of it, or its file.
type Result struct {
	Message     string       `yaml:"message"`
	Severity    Severity     `yaml:"severity"`
	ResourceRef *ResourceRef `yaml:"resourceRef,omitempty"`
	Field       *Field       `yaml:"field,omitempty"`
	File        *File        `yaml:"file,omitempty"`
	// Where names the resource in a line that is shown without the list, if the
	// list has several. File is not enough: its path may be relative to another
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

// File is the place of a resource: a path relative to the package, and the index of
// the document in the file, from 0.
type File struct {
	Path  string `yaml:"path"`
	Index int    `yaml:"index,omitempty"`
}

// ErrNotAList says that the input is not exactly one ResourceList.
var ErrNotAList = errors.New("stdin: must be one ResourceList, as kustomize and kpt send it; for a file, run nested-config FILE")

// Results are in the order in which they were found.
type Results []Result

// Execute reads a ResourceList, lets process change it, and writes it. If process
// returns an error, Execute still writes the list, and then returns the error. If
// the input is not one ResourceList, or holds harmful YAML (internal/yamlguard), it
// returns an error and writes nothing. Items keep their comments and their order.
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
