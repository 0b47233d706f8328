package render

import (
	"bytes"
	"encoding/binary"
	"errors"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// memo remembers the texts of documents. Most documents of a fleet are the same
// in every cluster, and encoding is most of the work.
type memo struct {
	texts map[string][]byte // by what the encoder sees of a document
	key   []byte
}

// maxTexts is how many documents are remembered before all are forgotten: those that
// are shared come back with the next cluster.
const maxTexts = 256

// encode appends the text of a document.
func (m *memo) encode(out *bytes.Buffer, n *yaml.Node) error {
	m.key = flatten(m.key[:0], n)
	if text, known := m.texts[string(m.key)]; known {
		out.Write(text)
		return nil
	}
	start := out.Len()
	// An encoder keeps every event of its life, so each document has its own.
	e := yaml.NewEncoder(out)
	if err := errors.Join(e.Encode(n), e.Close()); err != nil {
		return err
	}
	if len(m.texts) >= maxTexts || m.texts == nil {
		m.texts = make(map[string][]byte, maxTexts)
	}
	m.texts[string(m.key)] = bytes.Clone(out.Bytes()[start:])
	return nil
}

// flatten writes down all that the encoder goes by, in a way that can be read
// back, so that different documents have different keys. There are no comments,
// anchors or aliases in what is rendered.
func flatten(key []byte, n *yaml.Node) []byte {
	key = append(key, byte(n.Kind), byte(n.Style))
	for _, s := range [...]string{n.Tag, n.Value} {
		key = binary.AppendUvarint(key, uint64(len(s)))
		key = append(key, s...)
	}
	key = binary.AppendUvarint(key, uint64(len(n.Content)))
	for _, c := range n.Content {
		key = flatten(key, c)
	}
	return key
}
