package krm

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/nested-config/nested-config/internal/bounded"
	"github.com/nested-config/nested-config/internal/notyaml"
	"github.com/nested-config/nested-config/internal/printable"
	"github.com/nested-config/nested-config/internal/yamlguard"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// input is a list with what goes out as it has come in.
type input struct {
	ResourceList
	apiVersion string
	results    *yaml.Node // of earlier functions
}

// read reads what orchestrators send: one document. Line ends are made those of
// Unix, as kyaml's ByteReader does. That asks each document for its metadata before
// anybody can look at it, which is why it is not the one that reads here.
func read(in io.Reader) (*input, error) {
	text, err := bounded.Read(in)
	if err != nil {
		return nil, fmt.Errorf("stdin: %w", err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))))
	var list *yaml.Node
	for {
		var doc yaml.Node
		err := decoder.Decode(&doc)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("stdin: %w", notyaml.Error(err))
		}
		if yaml.IsYNodeEmptyDoc(&doc) {
			continue
		}
		if list != nil {
			return nil, ErrNotAList
		}
		list = doc.Content[0]
	}
	if list == nil || list.Kind != yaml.MappingNode {
		return nil, ErrNotAList
	}
	if err := yamlguard.Check(list); err != nil {
		return nil, fmt.Errorf("stdin: %w", err)
	}
	return take(list)
}

// take finds the parts of a list and checks the shape of its resources.
func take(list *yaml.Node) (*input, error) {
	l := &input{}
	kind, complete := "", false
	var items *yaml.Node
	seen := map[string]bool{}
	for key, value := range yamlnode.Fields(list) {
		name := yamlnode.Target(key).Value
		if seen[name] {
			return nil, fmt.Errorf("stdin: %s: appears twice: keep one", printable.Text(name))
		}
		seen[name] = true
		switch name {
		case "kind":
			kind = value.Value
		case "apiVersion":
			l.apiVersion = value.Value
		case "items":
			items, complete = yamlnode.Target(value), true
		case "functionConfig":
			complete = true
			if body := own(value); !yaml.IsYNodeNilOrEmpty(body) {
				l.FunctionConfig = yaml.NewRNode(body)
			} else {
				l.FunctionConfig = yaml.NewRNode(value)
			}
		case "results":
			l.results = value
		}
	}
	if kind != kio.ResourceListKind || !complete {
		return nil, ErrNotAList
	}
	var errs []error
	switch {
	case items == nil || yaml.IsYNodeTaggedNull(items):
	case items.Kind != yaml.SequenceNode:
		errs = append(errs, errors.New("stdin: items: must be a list of resources"))
	default:
		for i, item := range items.Content {
			item = own(item)
			l.Items = append(l.Items, yaml.NewRNode(item))
			errs = append(errs, shape(item, fmt.Sprintf("stdin: items[%d]", i))...)
		}
	}
	if fc := l.FunctionConfig; fc != nil && !yaml.IsYNodeNilOrEmpty(fc.YNode()) {
		errs = append(errs, shape(fc.YNode(), "stdin: functionConfig")...)
	}
	return l, errors.Join(errs...)
}

// shape says why a node is no resource, in lines that name it.
func shape(n *yaml.Node, name string) (errs []error) {
	err := yamlguard.Resource(n)
	if err == nil {
		return nil
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		errs = append(errs, fmt.Errorf("%s: %s", name, line))
	}
	return errs
}

// own gives an item that is an alias a body of its own: what it stands for may be
// changed, moved or dropped.
func own(n *yaml.Node) *yaml.Node {
	if n.Kind != yaml.AliasNode {
		return n
	}
	c := yaml.CopyYNode(n.Alias)
	c.Anchor = ""
	return c
}
