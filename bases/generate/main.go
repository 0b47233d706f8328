// Command generate writes the documents of bases/nested as Go values; bases.Documents
// says why.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/format"
	"io"
	"log"
	"os"
	"path/filepath"

	"github.com/nested-config/nested-config/bases"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

func main() {
	text, err := source()
	if err == nil {
		err = os.WriteFile("documents.go", text, 0o644)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// source is the text of bases/documents.go.
func source() ([]byte, error) {
	docs, err := parse()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString("// Code generated from nested/*.yaml by go generate; DO NOT EDIT.\n\npackage bases\n\n")
	b.WriteString("import \"sigs.k8s.io/kustomize/kyaml/yaml\"\n\nvar documents = []Document{\n")
	for _, d := range docs {
		fmt.Fprintf(&b, "{File: %q, Kind: %q, Name: %q, Node: &yaml.Node", d.File, d.Kind, d.Name)
		literal(&b, d.Node)
		b.WriteString("},\n")
	}
	b.WriteString("}\n")
	return format.Source(b.Bytes())
}

// parse reads every document, in the order of the names of the files.
func parse() (docs []bases.Document, err error) {
	files, err := bases.Nested.ReadDir("nested")
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if f.Name() == "kustomization.yaml" {
			continue
		}
		text, err := bases.Nested.ReadFile(filepath.Join("nested", f.Name()))
		if err != nil {
			return nil, err
		}
		d := yaml.NewDecoder(bytes.NewReader(text))
		for {
			var doc yaml.Node
			if err := d.Decode(&doc); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return nil, fmt.Errorf("%s: %w", f.Name(), err)
			}
			r := yaml.NewRNode(&doc)
			docs = append(docs, bases.Document{File: f.Name(), Kind: r.GetKind(), Name: r.GetName(), Node: doc.Content[0]})
		}
	}
	return docs, nil
}

// literal writes a node without its comments, which are for the reader of the
// YAML.
func literal(b *bytes.Buffer, n *yaml.Node) {
	fmt.Fprintf(b, "{Kind: %d, Style: %d, Tag: %q, Value: %q", n.Kind, n.Style, n.Tag, n.Value)
	if len(n.Content) > 0 {
		b.WriteString(", Content: []*yaml.Node{\n")
		for _, c := range n.Content {
			literal(b, c)
			b.WriteString(",\n")
		}
		b.WriteString("}")
	}
	b.WriteString("}")
}
