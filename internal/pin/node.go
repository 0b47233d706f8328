package pin

import (
	"fmt"

	"github.com/nested-config/nested-config/fn/linklocal"

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
	for i := 0; i+1 < len(n.Content); i += 2 {
		merged = merged || n.Content[i].Value == "<<"
		if n.Content[i].Value != name {
			continue
		}
		v := n.Content[i+1]
		switch v.Kind {
		case yaml.MappingNode:
			if len(v.Content) == 0 {
				v.Style = 0 // {} grows into a block
			}
			return v, nil
		case yaml.ScalarNode: // a section without fields
			n.Content[i+1] = &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap, HeadComment: v.HeadComment, LineComment: v.LineComment, FootComment: v.FootComment}
			return n.Content[i+1], nil
		}
		return nil, fmt.Errorf("has an alias at %s, through which pins cannot be written: write the fields out", name)
	}
	if merged { // a section of its own would hide the merged one
		return nil, fmt.Errorf("may get its %s through a merge key (<<), and pins cannot be written there: write the fields out", name)
	}
	v := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
	n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: name}, v)
	return v, nil
}

func setScalar(n *yaml.Node, name, value string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			n.Content[i+1].Kind, n.Content[i+1].Tag, n.Content[i+1].Value = yaml.ScalarNode, yaml.NodeTagString, value
			return
		}
	}
	n.Content = append(n.Content,
		&yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: name},
		&yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: value})
}
