package yamlnode

import "sigs.k8s.io/kustomize/kyaml/yaml"

// Last follows a path of mappings. Where a key stands twice, the last one counts, as for an API server that is not strict. It returns nil where
// the path leads nowhere.
func Last(n *yaml.Node, path ...string) *yaml.Node {
	n = Target(n)
	for _, name := range path {
		var found *yaml.Node
		for key, value := range Fields(n) {
			if Target(key).Value == name {
				found = value
			}
		}
		if n = Target(found); n == nil {
			return nil
		}
	}
	return n
}

// LastText returns the scalar that Last finds, as Text does.
func LastText(n *yaml.Node, path ...string) string { return Text(Last(n, path...)) }

// LastItems returns what stands in the list that Last finds, aliases followed.
func LastItems(n *yaml.Node, path ...string) []*yaml.Node {
	if n = Last(n, path...); n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	items := make([]*yaml.Node, len(n.Content))
	for i, c := range n.Content {
		items[i] = Target(c)
	}
	return items
}
