package fn

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/krm"
	"github.com/nested-config/nested-config/internal/notyaml"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// localConfig keeps a resource out of the cluster.
const localConfig = "config.kubernetes.io/local-config"

// RenderFile renders the one NestedConfig in text and writes what belongs in the
// cluster as plain YAML; it is also the protocol of kustomize's legacy exec
// plugins. On ErrInvalid, or on any error, nothing is written.
func RenderFile(text []byte, out io.Writer) (krm.Results, error) {
	doc, err := OneDocument(text)
	if err != nil {
		return nil, err
	}
	if ours(doc, config.FleetCheckKind) {
		return nil, errors.New("is a FleetCheck, which looks at a whole list: must be one NestedConfig")
	}
	rl := &krm.ResourceList{FunctionConfig: doc}
	if err := Process(rl); err != nil {
		return rl.Results, err
	}
	var inCluster []*yaml.RNode
	for _, item := range rl.Items {
		if local := item.GetAnnotations()[localConfig]; local == "" || local == "false" {
			inCluster = append(inCluster, item)
		}
	}
	text, err = Encode(inCluster)
	if err != nil {
		return rl.Results, err
	}
	_, err = out.Write(text)
	return rl.Results, err
}

// OneDocument parses YAML that must be exactly one document.
func OneDocument(text []byte) (*yaml.RNode, error) {
	d := yaml.NewDecoder(bytes.NewReader(text))
	var docs []*yaml.Node
	for {
		n := &yaml.Node{}
		err := d.Decode(n)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, notyaml.Error(err)
		}
		if !yaml.IsYNodeEmptyDoc(n) {
			docs = append(docs, n)
		}
	}
	if len(docs) != 1 {
		return nil, fmt.Errorf("has %d YAML documents: must be one NestedConfig", len(docs))
	}
	if err := krm.Shape(docs[0].Content[0], ""); err != nil {
		return nil, err
	}
	return yaml.NewRNode(docs[0]), nil
}

// Encode writes resources as YAML documents.
func Encode(nodes []*yaml.RNode) ([]byte, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.CompactSeqIndent()
	for _, n := range nodes {
		if err := e.Encode(n.YNode()); err != nil {
			return nil, err
		}
	}
	if err := e.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
