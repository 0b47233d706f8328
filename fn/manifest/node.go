package manifest

import (
	"strconv"

	"github.com/nested-config/nested-config/fn/env"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// scalar is a string; the encoder quotes it where YAML would read it as
// something else.
func scalar(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: s}
}

// quoted is a string that stands in quotes whatever it is.
func quoted(s string) *yaml.Node {
	n := scalar(s)
	n.Style = yaml.DoubleQuotedStyle
	return n
}

func literal(s string) *yaml.Node {
	n := scalar(s)
	n.Style = yaml.LiteralStyle
	return n
}

func number(i int64) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagInt, Value: strconv.FormatInt(i, 10)}
}

// mapping takes names and nodes in turn.
func mapping(pairs ...any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
	for i := 0; i < len(pairs); i += 2 {
		n.Content = append(n.Content, scalar(pairs[i].(string)), pairs[i+1].(*yaml.Node))
	}
	return n
}

func list(items ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq, Content: items}
}

// settingsNode is the data of a ConfigMap: every value in quotes, so that no
// reader takes a port for a number or a name for a boolean.
func settingsNode(settings []env.Setting) *yaml.Node {
	n := mapping()
	for _, s := range settings {
		n.Content = append(n.Content, scalar(s.Name), quoted(s.Value))
	}
	return n
}
