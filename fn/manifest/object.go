package manifest

import (
	"fmt"
	"strconv"

	"github.com/nested-config/nested-config/bases"

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

func bare(n *yaml.Node) *yaml.Node {
	c := &yaml.Node{Kind: n.Kind, Style: n.Style, Tag: n.Tag, Value: n.Value}
	if len(n.Content) > 0 {
		c.Content = make([]*yaml.Node, len(n.Content))
		for i, x := range n.Content {
			c.Content[i] = bare(x)
		}
	}
	return c
}

// object is a resource, or a part of one, whose fields are set by name.
type object struct{ *yaml.Node }

// at follows a path of field names, and of indexes in lists. A path that leads
// nowhere is a mistake in this program or in bases.
func (o object) at(path ...string) object {
	n := o.Node
	for _, p := range path {
		next := child(n, p)
		if next == nil {
			panic(fmt.Sprintf("bases/nested: no %s in %v", p, path))
		}
		n = next
	}
	return object{n}
}

func child(n *yaml.Node, name string) *yaml.Node {
	if n.Kind == yaml.SequenceNode {
		if i, err := strconv.Atoi(name); err == nil && i < len(n.Content) {
			return n.Content[i]
		}
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

func (o object) text(path ...string) string { return o.at(path...).Value }

// set gives an existing or a new field a plain string.
func (o object) set(value string, path ...string) { o.setNode(scalar(value), path...) }

// setNode gives an existing or a new field a value.
func (o object) setNode(value *yaml.Node, path ...string) {
	parent, name := o.at(path[:len(path)-1]...), path[len(path)-1]
	for i := 0; i+1 < len(parent.Content); i += 2 {
		if parent.Content[i].Value == name {
			parent.Content[i+1] = value
			return
		}
	}
	parent.Content = append(parent.Content, scalar(name), value)
}

// add appends to a list.
func (o object) add(items ...*yaml.Node) { o.Content = append(o.Content, items...) }

// drop removes a field.
func (o object) drop(name string) {
	for i := 0; i+1 < len(o.Content); i += 2 {
		if o.Content[i].Value == name {
			o.Content = append(o.Content[:i], o.Content[i+2:]...)
			return
		}
	}
}

// setNamespace puts the object, or the subjects of a binding, into a namespace.
// What has none in bases is of the cluster.
func (o object) setNamespace(ns string) {
	if m := o.at("metadata"); child(m.Node, "namespace") != nil {
		m.set(ns, "namespace")
	}
	if subjects := child(o.Node, "subjects"); subjects != nil {
		object{subjects}.at("0").set(ns, "namespace")
	}
}
