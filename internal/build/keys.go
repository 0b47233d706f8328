package build

import (
	"fmt"

	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/nested-config/nested-config/internal/printable"
	"github.com/nested-config/nested-config/internal/yamlnode"
)

// textKeys refuses resources with a key that is no text to YAML, such as the variable 1=x of an env file makes. kustomize cannot write them, and says so
// with the whole resource, after the build.
func (b *builder) textKeys(m resmap.ResMap) error {
	for _, r := range m.Resources() {
		if path := otherKey(r.YNode(), ""); path != "" {
			return fmt.Errorf("%s: %s %s: %s: has a key that is not text to YAML, such as 1 or true: give it a name that begins with a letter, or quote it", b.top,
				printable.Text(r.GetKind()), printable.Text(r.GetName()), printable.Text(path))
		}
	}
	return nil
}

// otherKey is the path of the first mapping with such a key, "" if there is none.
func otherKey(n *yaml.Node, path string) string {
	for key, value := range yamlnode.Fields(n) {
		if key = yamlnode.Target(key); key.Kind != yaml.ScalarNode || key.ShortTag() != yaml.NodeTagString && key.ShortTag() != "!!merge" {
			if path == "" {
				return "the resource"
			}
			return path
		}
		below := key.Value
		if path != "" {
			below = path + "." + below
		}
		if found := otherKey(value, below); found != "" {
			return found
		}
	}
	if n.Kind == yaml.SequenceNode {
		for i, item := range n.Content {
			if found := otherKey(item, fmt.Sprintf("%s[%d]", path, i)); found != "" {
				return found
			}
		}
	}
	return ""
}
