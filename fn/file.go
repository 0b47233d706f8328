package fn

import (
	"io"

	"github.com/nested-config/nested-config/fn/krm"
	"github.com/nested-config/nested-config/internal/yamlwrite"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// localConfig keeps a resource out of the cluster.
const localConfig = "config.kubernetes.io/local-config"

// RenderConfig renders one NestedConfig and writes the resources for the cluster as
// plain YAML. After ErrInvalid, or any other error, nothing is written. The
// document must be a mapping that has passed the checks of yamlguard.
func RenderConfig(doc *yaml.Node, out io.Writer) (krm.Results, error) {
	rl := &krm.ResourceList{FunctionConfig: yaml.NewRNode(doc)}
	if err := Process(rl); err != nil {
		return rl.Results, err
	}
	var inCluster []*yaml.RNode
	for _, item := range rl.Items {
		if local := item.GetAnnotations()[localConfig]; local == "" || local == "false" {
			inCluster = append(inCluster, item)
		}
	}
	text, err := Encode(inCluster)
	if err != nil {
		return rl.Results, err
	}
	_, err = out.Write(text)
	return rl.Results, err
}

// Encode writes resources as YAML documents.
func Encode(nodes []*yaml.RNode) ([]byte, error) {
	docs := make([]*yaml.Node, len(nodes))
	for i, n := range nodes {
		docs[i] = n.YNode()
	}
	return yamlwrite.Stream(docs)
}
