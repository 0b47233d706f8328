package config

import (
	"strconv"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// value is a YAML node of a Go value; nodes are as they are.
func value(v any) *yaml.Node {
	switch v := v.(type) {
	case *yaml.Node:
		return v
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagBool, Value: strconv.FormatBool(v)}
	case int:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagInt, Value: strconv.Itoa(v)}
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: v.(string)}
}

// object takes names and values in turn, and keeps their order.
func object(pairs ...any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
	for i := 0; i < len(pairs); i += 2 {
		put(n, pairs[i].(string), pairs[i+1])
	}
	return n
}

func put(n *yaml.Node, name string, v any) {
	n.Content = append(n.Content, value(name), value(v))
}

func array(items ...any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq}
	for _, i := range items {
		n.Content = append(n.Content, value(i))
	}
	return n
}
