package source

//lint:file-ignore SA1019 kpt and older kustomize know items by the legacy annotations alone

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/internal/notyaml"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Doc is a NestedConfig where it stands.
type Doc struct {
	// Path is the file as it was named; for an item of a ResourceList the path
	// that its annotation gives, or stdin.
	Path string
	// Index is the document's, or the item's, counted from 0, others included.
	Index int
	// Name is metadata.name as it is written, valid or not.
	Name string
	Node *yaml.Node // a mapping
}

// Read gives the text of the file, or of in for Stdin.
func (f File) Read(in io.Reader) ([]byte, error) {
	if f.Path == Stdin {
		text, err := io.ReadAll(in)
		if err != nil {
			return nil, fmt.Errorf("stdin: %w", err)
		}
		return text, nil
	}
	text, err := os.ReadFile(f.Path)
	return text, sayPath(err)
}

// Docs gives the NestedConfigs in the text of a file, one after the other, so
// that a file of many needs the memory of one. Resources of other kinds are
// passed over; of a ResourceList, the items count. After an error nothing
// follows.
func (f File) Docs(text []byte) iter.Seq2[Doc, error] {
	return func(yield func(Doc, error) bool) {
		found := false
		for doc, err := range f.resources(text) {
			if err == nil && field(doc.Node, "kind") != config.Kind {
				continue
			}
			found = true
			if !yield(doc, err) || err != nil {
				return
			}
		}
		if !found && f.Named {
			yield(Doc{}, fmt.Errorf("%s: holds no NestedConfig", f.name()))
		}
	}
}

func (f File) name() string {
	if f.Path == Stdin {
		return "stdin"
	}
	return f.Path
}

// resources are all mappings in the text. A text that does not even have the
// word is not parsed: a directory may hold other people's templates.
func (f File) resources(text []byte) iter.Seq2[Doc, error] {
	return func(yield func(Doc, error) bool) {
		if !bytes.Contains(text, []byte(config.Kind)) {
			return
		}
		decoder := yaml.NewDecoder(bytes.NewReader(text))
		for i := 0; ; i++ {
			var n yaml.Node
			err := decoder.Decode(&n)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(Doc{}, fmt.Errorf("%s: %w", f.name(), notyaml.Error(err)))
				return
			}
			if len(n.Content) == 0 || n.Content[0].Kind != yaml.MappingNode {
				continue
			}
			doc := Doc{f.name(), i, "", n.Content[0]}
			if field(doc.Node, "kind") == "ResourceList" {
				if !items(doc, yield) {
					return
				}
				continue
			}
			doc.Name = field(doc.Node, "metadata", "name")
			if !yield(doc, nil) {
				return
			}
		}
	}
}

func items(list Doc, yield func(Doc, error) bool) bool {
	all := child(list.Node, "items")
	if all == nil || all.Kind != yaml.SequenceNode {
		return true
	}
	for i, n := range all.Content {
		if n.Kind != yaml.MappingNode {
			continue
		}
		doc := Doc{list.Path, i, field(n, "metadata", "name"), n}
		for _, key := range []string{kioutil.LegacyPathAnnotation, kioutil.PathAnnotation} {
			if path := field(n, "metadata", "annotations", key); path != "" {
				doc.Path = path
			}
		}
		if !yield(doc, nil) {
			return false
		}
	}
	return true
}

// field is the text at a path of mappings, "" when there is none.
func field(n *yaml.Node, path ...string) string {
	for _, name := range path {
		if n = child(n, name); n == nil {
			return ""
		}
	}
	return n.Value
}

func child(n *yaml.Node, name string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}
