package pin

import (
	"fmt"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Node adds pins to a NestedConfig in place; everything else, comments included,
// stays as it is. The error says which way of writing YAML is in the way.
func Node(doc *yaml.Node, free []linklocal.Assignment) error {
	n := doc
	for _, name := range []string{"spec", "linkLocal"} {
		next, err := section(n, name)
		if err != nil {
			return err
		}
		n = next
	}
	for _, a := range free {
		if a.Fabric == (linklocal.Host{}) {
			setScalar(n, "vrouterServiceIP", a.ServiceIP.String())
			continue
		}
		pins, err := section(n, "serviceIPs")
		if err != nil {
			return err
		}
		setScalar(pins, a.Fabric.String(), a.ServiceIP.String())
	}
	return nil
}

// section is a mapping within a mapping, made where it is missing or empty.
func section(n *yaml.Node, name string) (*yaml.Node, error) {
	merged := false
	for key, v := range yamlnode.Fields(n) {
		merged = merged || key.Value == "<<"
		if key.Value != name {
			continue
		}
		switch v.Kind {
		case yaml.MappingNode:
			if len(v.Content) == 0 {
				v.Style = 0 // {} grows into a block
			}
			return v, nil
		case yaml.ScalarNode: // a section without fields
			fields := yamlnode.Map()
			fields.HeadComment, fields.LineComment, fields.FootComment = v.HeadComment, v.LineComment, v.FootComment
			yamlnode.Set(n, name, fields)
			return fields, nil
		}
		return nil, fmt.Errorf("has an alias at %s, and pins cannot be written into an alias: replace it by its fields", name)
	}
	if merged { // a section of its own would hide the merged one
		return nil, fmt.Errorf("may get its %s through a merge key (<<), and pins cannot be written there: replace it by its fields", name)
	}
	v := yamlnode.Map()
	yamlnode.Set(n, name, v)
	return v, nil
}

func setScalar(n *yaml.Node, name, value string) {
	for key, there := range yamlnode.Fields(n) {
		if key.Value == name { // it keeps its comments
			there.Kind, there.Tag, there.Value = yaml.ScalarNode, yaml.NodeTagString, value
			return
		}
	}
	yamlnode.Set(n, name, value)
}
