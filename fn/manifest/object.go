package manifest

import (
	"fmt"

	"github.com/nested-config/nested-config/bases"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// template is a fresh copy of a document of bases/nested. A file is named where
// two documents have the same kind and name.
func template(kind, name string, file ...string) object {
	for _, d := range bases.Documents() {
		if d.Kind == kind && d.Name == name && (len(file) == 0 || file[0] == d.File) {
			return object{bare(d.Node)}
		}
	}
	panic("bases/nested has no " + kind + " " + name)
}

// bare copies a document without its comments, its nodes in one piece.
func bare(n *yaml.Node) *yaml.Node {
	nodes := make([]yaml.Node, 0, count(n))
	return bareIn(&nodes, n)
}

func bareIn(nodes *[]yaml.Node, n *yaml.Node) *yaml.Node {
	*nodes = append(*nodes, yaml.Node{Kind: n.Kind, Style: n.Style, Tag: n.Tag, Value: n.Value})
	c := &(*nodes)[len(*nodes)-1]
	if len(n.Content) > 0 {
		c.Content = make([]*yaml.Node, len(n.Content))
		for i, x := range n.Content {
			c.Content[i] = bareIn(nodes, x)
		}
	}
	return c
}

func count(n *yaml.Node) int {
	sum := 1
	for _, c := range n.Content {
		sum += count(c)
	}
	return sum
}

// object is a resource, or a part of one, whose fields are set by name.
type object struct{ *yaml.Node }

// at follows a path of field names, and of indexes in lists. A path that leads
// nowhere is a mistake in this program or in bases.
func (o object) at(path ...string) object {
	n := o.Node
	for _, p := range path {
		next := yamlnode.Get(n, p)
		if next == nil {
			panic(fmt.Sprintf("bases/nested: no %s in %v", p, path))
		}
		n = next
	}
	return object{n}
}

func (o object) text(path ...string) string { return o.at(path...).Value }

// set gives an existing or a new field a value, which is what yamlnode.Of takes.
func (o object) set(value any, path ...string) {
	parent, name := o.at(path[:len(path)-1]...), path[len(path)-1]
	yamlnode.Set(parent.Node, name, value)
}

// add appends to a list.
func (o object) add(items ...*yaml.Node) { o.Content = append(o.Content, items...) }

// drop removes a field.
func (o object) drop(name string) { yamlnode.Drop(o.Node, name) }

// setNamespace puts the object, or the subjects of a binding, into a namespace.
// What has none in bases is of the cluster.
func (o object) setNamespace(ns string) {
	if m := o.at("metadata"); yamlnode.Get(m.Node, "namespace") != nil {
		m.set(ns, "namespace")
	}
	if subjects := yamlnode.Get(o.Node, "subjects"); subjects != nil {
		object{subjects}.at("0").set(ns, "namespace")
	}
}
