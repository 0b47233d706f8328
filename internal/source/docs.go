package source

//lint:file-ignore SA1019 kpt and older kustomize know items by the legacy annotations alone

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/nested-config/nested-config/internal/notyaml"
	"github.com/nested-config/nested-config/internal/printable"
	"github.com/nested-config/nested-config/internal/yamlguard"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Doc is a resource of ours where it stands.
type Doc struct {
	// Path is the file as it was named; for an item of a list the path that its
	// annotation gives, or that of the list. It is printable.
	Path string
	// Index is the document's, or the item's, counted from 0, others included.
	Index int
	// Item: it stands in a list, and not as a document of its own.
	Item bool
	Kind string
	// Name is metadata.name as it is written, valid or not.
	Name string
	Node *yaml.Node // a mapping, fit to be worked on (internal/yamlguard)
	// Where is how messages call it: see config.Problem.
	Where string
	// File is the path by which the file can be opened, "" for standard input.
	File string
	// Text is that of the whole file; it is nil where documents are not kept.
	Text []byte
}

// docs gives the resources of the kinds in a text, one after the other, so that a
// file of many needs the memory of one. An error with a Doc says why nobody should
// work on that; after one without, nothing follows.
func (f file) docs(text []byte, kinds []string) iter.Seq2[Doc, error] {
	return func(yield func(Doc, error) bool) {
		if !f.named && !mentions(text, kinds) {
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
				yield(Doc{}, fmt.Errorf("%s: %w", f.name, notyaml.Error(err)))
				return
			}
			if len(n.Content) == 0 {
				continue
			}
			for doc, err := range resources(Doc{Path: f.name, Index: i, Node: n.Content[0], File: f.open}, kinds) {
				if !yield(doc, err) {
					return
				}
			}
		}
	}
}

// mentions reports whether a text may hold one of the kinds. UTF-16, which YAML
// allows, has no such words.
func mentions(text []byte, kinds []string) bool {
	return bytes.HasPrefix(text, []byte("\xfe\xff")) || bytes.HasPrefix(text, []byte("\xff\xfe")) ||
		slices.ContainsFunc(kinds, func(kind string) bool { return bytes.Contains(text, []byte(kind)) })
}

// resources are a document, or the items of a list, as far as they are of the
// kinds. Others are not looked at: what is wrong with them is not our business.
func resources(doc Doc, kinds []string) iter.Seq2[Doc, error] {
	return func(yield func(Doc, error) bool) {
		if doc.Kind = yamlnode.Text(doc.Node, "kind"); doc.Kind != "ResourceList" && doc.Kind != "List" {
			doc.Name = yamlnode.Text(doc.Node, "metadata", "name")
			if slices.Contains(kinds, doc.Kind) {
				yield(doc, fit(doc.Node))
			}
			return
		}
		items := yamlnode.Get(doc.Node, "items")
		if items == nil || items.Kind != yaml.SequenceNode {
			return
		}
		for i, n := range items.Content {
			n = yamlnode.Target(n)
			item := Doc{Path: doc.Path, Index: i, Item: true, Kind: yamlnode.Text(n, "kind"), Name: yamlnode.Text(n, "metadata", "name"), Node: n, File: doc.File}
			for _, key := range []string{kioutil.LegacyPathAnnotation, kioutil.PathAnnotation} {
				if path := yamlnode.Text(n, "metadata", "annotations", key); path != "" {
					item.Path = printable.Text(path)
				}
			}
			if slices.Contains(kinds, item.Kind) && !yield(item, fit(n)) {
				return
			}
		}
	}
}

func fit(n *yaml.Node) error {
	if err := yamlguard.Check(n); err != nil {
		return err
	}
	return yamlguard.Resource(n)
}

// call gives the documents of one file, or the items of one list, their Where: the
// path, and the name as well where several share it.
func call(docs []Doc) {
	count := map[string]int{}
	for _, d := range docs {
		count[d.Path]++
	}
	for i, d := range docs {
		switch {
		case count[d.Path] == 1:
			docs[i].Where = d.Path
		case d.Name == "":
			docs[i].Where = fmt.Sprintf("%s (document %d)", d.Path, d.Index+1)
		default:
			docs[i].Where = fmt.Sprintf("%s (%s)", d.Path, printable.Text(d.Name))
		}
	}
}
