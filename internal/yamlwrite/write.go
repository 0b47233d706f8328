// Package yamlwrite writes YAML as kyaml's encoder does, byte for byte, in a
// fraction of its time. The encoder makes an event for every node, keeps all events
// until it is closed, and reads every letter three times. That took half of the
// time of the function, and most of the time for a fleet.
//
// This package writes the YAML that programs write, and most of what people write:
// block mappings and lists, scalars of one line in printable ASCII, literal text,
// comments above a field and after a value. It passes all other scalars to the
// encoder, and whole documents that have other comments, anchors or other
// constructs. A property test holds that the bytes are those of the encoder for any
// document.
package yamlwrite

import (
	"bytes"

	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Append appends a document, without the line that separates it from another.
func Append(out []byte, n *yaml.Node) ([]byte, error) {
	if text, ok := document(out, n); ok {
		return text, nil
	}
	return encode(out, n)
}

// room is enough for what one config renders to.
const room = 32 << 10

// Stream writes documents with a separator between them.
func Stream(docs []*yaml.Node) ([]byte, error) {
	out := make([]byte, 0, room)
	for i, n := range docs {
		if i > 0 {
			out = append(out, "---\n"...)
		}
		text, ok := document(out, n)
		if !ok {
			return encode(nil, docs...) // how a document ends may depend on the next
		}
		out = text
	}
	return out, nil
}

// hole stands in the text of the encoder, as a mapping like the item that is written
// here: the encoder writes what stands before a mapping otherwise than before a scalar.
const hole = "nested-config-writes-this-item"

// List writes a document with a long list in it, a value of its first level. When
// something in the document is for the encoder alone, it gets all but those items that
// are not: each of them is a hole in its text, and is filled afterwards.
func List(doc, items *yaml.Node) ([]byte, error) {
	if text, ok := document(make([]byte, 0, room), doc); ok {
		return text, nil
	}
	all := items.Content
	defer func() { items.Content = all }()
	items.Content = make([]*yaml.Node, len(all))
	var fillings [][]byte
	for i, n := range all {
		items.Content[i] = n
		w := writer{}
		if isBlock(n, yaml.MappingNode) {
			w.item(n, 2)
		}
		if len(w.out) > 0 && !w.failed {
			items.Content[i] = yamlnode.Map(hole, hole)
			fillings = append(fillings, w.out)
		}
	}
	text, err := encode(nil, doc)
	if err != nil {
		return nil, err
	}
	parts := bytes.Split(text, []byte("- "+hole+": "+hole+"\n"))
	if len(parts) != len(fillings)+1 { // somebody wrote such a line
		items.Content = all
		return encode(nil, doc)
	}
	out := parts[0]
	for i, filling := range fillings {
		out = append(append(append(out, "- "...), filling...), parts[i+1]...)
	}
	return out, nil
}

func encode(out []byte, docs ...*yaml.Node) ([]byte, error) {
	b := bytes.NewBuffer(out)
	e := yaml.NewEncoder(b)
	for _, n := range docs {
		if err := e.Encode(n); err != nil {
			return nil, err
		}
	}
	if err := e.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func document(out []byte, n *yaml.Node) ([]byte, bool) {
	if !isBlock(n, yaml.MappingNode) {
		return nil, false
	}
	w := writer{out: out}
	w.mapping(n, 0)
	return w.out, !w.failed
}
