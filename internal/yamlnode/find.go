package yamlnode

import (
	"iter"
	"strconv"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Target returns what an alias stands for, and any other node as it is, nil included.
func Target(n *yaml.Node) *yaml.Node {
	for n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// Fields gives the keys and values of a mapping as they stand there: aliases and merge keys are not followed. Any other node has none.
func Fields(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(key, value *yaml.Node) bool) {
		if n == nil || n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i], n.Content[i+1]) {
				return
			}
		}
	}
}

// Get follows a path of names of fields, and of indexes of lists, through aliases. It returns nil where the path leads nowhere. A field that a
// merge key (<<) brings is not found.
func Get(n *yaml.Node, path ...string) *yaml.Node {
	n = Target(n)
	for _, name := range path {
		if n = Target(child(n, name)); n == nil {
			return nil
		}
	}
	return n
}

func child(n *yaml.Node, name string) *yaml.Node {
	if n != nil && n.Kind == yaml.SequenceNode {
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i]
		}
		return nil
	}
	for key, value := range Fields(n) {
		if Target(key).Value == name {
			return value
		}
	}
	return nil
}

// Text returns the scalar at a path as it is written, "" for null, and where there is none.
func Text(n *yaml.Node, path ...string) string {
	if n = Get(n, path...); n == nil || n.Kind != yaml.ScalarNode || n.ShortTag() == yaml.NodeTagNull {
		return ""
	}
	return n.Value
}

// Set gives an existing field of a mapping a value, which is what Of takes, or adds the field at the end.
func Set(n *yaml.Node, name string, value any) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			n.Content[i+1] = Of(value)
			return
		}
	}
	n.Content = append(n.Content, Of(name), Of(value))
}

// Section is the mapping at a path. It makes those that are not there.
func Section(n *yaml.Node, path ...string) *yaml.Node {
	for _, name := range path {
		next := Get(n, name)
		if next == nil {
			next = Map()
			Set(n, name, next)
		}
		n = next
	}
	return n
}

// Drop removes a field of a mapping, if it is there.
func Drop(n *yaml.Node, name string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			n.Content = append(n.Content[:i], n.Content[i+2:]...)
			return
		}
	}
}
