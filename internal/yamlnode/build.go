// Package yamlnode builds and finds YAML nodes. It does not depend on the kinds of
// this program.
package yamlnode

import (
	"fmt"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Of returns a scalar for a string, bool, int or int64, and a node as it is. The encoder quotes a string that a reader of YAML 1.2 would take
// for something else. Any other type is a mistake in this program, and panics.
func Of(v any) *yaml.Node {
	switch v := v.(type) {
	case *yaml.Node:
		return v
	case string:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: v}
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagBool, Value: strconv.FormatBool(v)}
	case int:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagInt, Value: strconv.Itoa(v)}
	case int64:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagInt, Value: strconv.FormatInt(v, 10)}
	}
	panic(fmt.Sprintf("yamlnode: no node for a %T", v))
}

// Quoted returns a string that stands in quotes, whatever it is.
func Quoted(s string) *yaml.Node { return styled(s, yaml.DoubleQuotedStyle) }

// Literal returns a string that is written as a block of lines, behind a |.
func Literal(s string) *yaml.Node { return styled(s, yaml.LiteralStyle) }

// Portable returns a string that stands in quotes where a reader of YAML 1.1 would take it for something else (no, on), and where it
// has several lines.
func Portable(s string) *yaml.Node {
	if yaml.IsValueNonString(s) || strings.Contains(s, "\n") {
		return Quoted(s)
	}
	return Of(s)
}

func styled(s string, style yaml.Style) *yaml.Node {
	n := Of(s)
	n.Style = style
	return n
}

// Map returns a mapping of names and values, in turn, in their order. A value is what Of takes.
func Map(pairs ...any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
	for i := 0; i < len(pairs); i += 2 {
		n.Content = append(n.Content, Of(pairs[i].(string)), Of(pairs[i+1]))
	}
	return n
}

// List returns a list of values, each of which is what Of takes.
func List(items ...any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq}
	for _, v := range items {
		n.Content = append(n.Content, Of(v))
	}
	return n
}
