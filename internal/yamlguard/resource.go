package yamlguard

import (
	"errors"
	"fmt"

	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Resource says why a tree cannot be a resource, or the patch of one: it, its metadata and the labels and annotations in that are mappings, with values
// that are no lists or mappings. All faults are told, one a line. A tree with an alias that contains itself must have been refused before.
func Resource(n *yaml.Node) error {
	n = target(n)
	if n.Kind != yaml.MappingNode {
		return errors.New("must be a resource, with apiVersion, kind and metadata")
	}
	var errs []error
	for _, m := range fields(n, yaml.MetadataField) {
		if m = target(m); isNull(m) {
			continue
		}
		if m.Kind != yaml.MappingNode {
			errs = append(errs, errors.New("metadata: must be a mapping of fields"))
			continue
		}
		for _, field := range []string{yaml.AnnotationsField, yaml.LabelsField} {
			for _, f := range fields(m, field) {
				errs = append(errs, texts(target(f), "metadata."+field)...)
			}
		}
		for _, field := range []string{yaml.NameField, yaml.NamespaceField} {
			for _, f := range fields(m, field) {
				if f = target(f); f.Kind != yaml.ScalarNode {
					errs = append(errs, fmt.Errorf("metadata.%s: must be text", field))
				}
			}
		}
	}
	for _, field := range []string{yaml.APIVersionField, yaml.KindField} {
		for _, f := range fields(n, field) {
			if f = target(f); f.Kind != yaml.ScalarNode {
				errs = append(errs, fmt.Errorf("%s: must be text", field))
			}
		}
	}
	return errors.Join(errs...)
}

// texts says what keeps a node from being a mapping of texts.
func texts(n *yaml.Node, path string) (errs []error) {
	if isNull(n) {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		return []error{fmt.Errorf("%s: must be a mapping of texts", path)}
	}
	for key, value := range yamlnode.Fields(n) {
		key, value = target(key), target(value)
		switch {
		case key.Kind != yaml.ScalarNode:
			errs = append(errs, fmt.Errorf("%s: every key must be text", path))
		case key.Tag == yaml.MergeTag || key.Value == "<<":
			errs = append(errs, merged(value, path)...)
		case key.Value == "": // with which kyaml loses its way
			errs = append(errs, fmt.Errorf("%s: has a key without a name: give it one or remove the line", path))
		case value.Kind != yaml.ScalarNode:
			errs = append(errs, fmt.Errorf("%s.%s: must be text", path, name(key.Value)))
		}
	}
	return errs
}

// merged is texts for the value of a merge key: a mapping, or a list of them.
func merged(n *yaml.Node, path string) (errs []error) {
	if n.Kind != yaml.SequenceNode {
		return texts(n, path)
	}
	for _, c := range n.Content {
		errs = append(errs, texts(target(c), path)...)
	}
	return errs
}

// fields returns the values of a field: none, one, or several where the key stands twice or comes in by a merge key.
func fields(n *yaml.Node, field string) (found []*yaml.Node) {
	for key, value := range yamlnode.Fields(n) {
		key = target(key)
		switch {
		case key.Value == field:
			found = append(found, value)
		case key.Tag == yaml.MergeTag || key.Value == "<<":
			value = target(value)
			sources := []*yaml.Node{value}
			if value.Kind == yaml.SequenceNode {
				sources = value.Content
			}
			for _, s := range sources {
				if s = target(s); s.Kind == yaml.MappingNode {
					found = append(found, fields(s, field)...)
				}
			}
		}
	}
	return found
}

// target returns what a node is: the content of a document, what an alias stands for, else itself.
func target(n *yaml.Node) *yaml.Node {
	if n = yamlnode.Target(n); n != nil && n.Kind == yaml.DocumentNode && len(n.Content) == 1 {
		n = yamlnode.Target(n.Content[0])
	}
	if n == nil {
		return &yaml.Node{}
	}
	return n
}

func isNull(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && (n.Tag == yaml.NodeTagNull || n.Value == "")
}
