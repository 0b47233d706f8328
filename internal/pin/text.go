// Package pin writes allocated service IPs into NestedConfigs, so that a later
// change of nodes changes no other address. It edits the text of files, where all
// other bytes stay as they are, and the nodes of a ResourceList.
package pin

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/notyaml"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Text adds pins to documents of a YAML file, by the index of the document. Every
// byte that was there stays, in its order: comments, line endings, flow style,
// what other documents hold. What comes out has been read back: it says what it
// said before and the pins, or there is an error and no text.
func Text(text []byte, pins map[int][]linklocal.Assignment) ([]byte, error) {
	docs, err := decode(text)
	if err != nil {
		return nil, err
	}

	// First, find the places.
	e := editor{text: text, lines: lineStarts(text)}
	for i, doc := range docs {
		if len(pins[i]) == 0 {
			continue
		}
		if err := e.pin(doc, pins[i]); err != nil {
			return nil, fmt.Errorf("line %d: %w", doc.Line, err)
		}
	}

	// Next, put the pins there.
	slices.SortStableFunc(e.edits, func(a, b edit) int { return a.at - b.at })
	var out []byte
	from := 0
	for _, x := range e.edits {
		out = append(append(out, text[from:x.at]...), x.insert...)
		from = x.at + x.drop
	}
	out = append(out, text[from:]...)

	// Last, read it back.
	if err := verify(docs, out, pins); err != nil {
		return nil, err
	}
	return out, nil
}

// decode gives every document of a file, nil for an empty one.
func decode(text []byte) ([]*yaml.Node, error) {
	d := yaml.NewDecoder(bytes.NewReader(text))
	var docs []*yaml.Node
	for {
		var n yaml.Node
		err := d.Decode(&n)
		if errors.Is(err, io.EOF) {
			return docs, nil
		}
		if err != nil {
			return nil, notyaml.Error(err)
		}
		var root *yaml.Node
		if len(n.Content) > 0 {
			root = n.Content[0]
		}
		docs = append(docs, root)
	}
}

var errUnreadable = errors.New("is in a form to which pins cannot be added: write spec.linkLocal as a plain block of fields")

// verify compares the documents, each with its pins, to those of the new text.
func verify(docs []*yaml.Node, text []byte, pins map[int][]linklocal.Assignment) error {
	now, err := decode(text)
	if err != nil || len(now) != len(docs) {
		return errUnreadable
	}
	for i, doc := range docs {
		limit := 2 * maxValues
		want, got := expand(doc, &limit), expand(now[i], &limit)
		if limit < 0 {
			return fmt.Errorf("has more than %d values, including aliases: make it smaller", maxValues)
		}
		if len(pins[i]) > 0 {
			if err := Node(want, pins[i]); err != nil {
				return err
			}
		}
		if !same(want, got) {
			return errUnreadable
		}
	}
	return nil
}

// maxValues is how many values a document may have; config has the same limit.
const maxValues = 20_000

// expand copies a tree and puts what an alias stands for in its place, so that a
// pin that would change more than its own place shows.
func expand(n *yaml.Node, limit *int) *yaml.Node {
	if *limit--; n == nil || *limit < 0 {
		return nil
	}
	if n.Kind == yaml.AliasNode {
		return expand(n.Alias, limit)
	}
	c := &yaml.Node{Kind: n.Kind, Tag: n.ShortTag(), Value: n.Value}
	for _, x := range n.Content {
		c.Content = append(c.Content, expand(x, limit))
	}
	return c
}

// same compares two expanded trees; the order of fields does not matter.
func same(a, b *yaml.Node) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.Kind != b.Kind || a.Tag != b.Tag || a.Value != b.Value || len(a.Content) != len(b.Content) {
		return false
	}
	if a.Kind != yaml.MappingNode {
		return slices.EqualFunc(a.Content, b.Content, same)
	}
	at := map[[2]string]*yaml.Node{}
	for k, v := range yamlnode.Fields(b) {
		at[key(k)] = v
	}
	for k, v := range yamlnode.Fields(a) {
		other, ok := at[key(k)]
		if !ok || !same(v, other) {
			return false
		}
	}
	return true
}

func key(n *yaml.Node) [2]string { return [2]string{n.Tag, n.Value} }
