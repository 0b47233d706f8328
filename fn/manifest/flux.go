package manifest

import (
	"strings"

	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// What keeps Flux's postBuild substitution away from a resource (github.com/fluxcd/pkg/kustomize, SubstituteVariables). It takes ${name} for a
// variable and $$ for one $, anywhere in the text of a resource, and a variable that it does not know for nothing: the pods would get another value
// than the config has.
const (
	substitute = "kustomize.toolkit.fluxcd.io/substitute"
	disabled   = "disabled"
)

// keepDollars marks a resource with a text that the substitution would change, and every resource with credentials: whether it is marked must
// say nothing about a password.
func (o object) keepDollars() {
	if yamlnode.Get(o.Node, "stringData") == nil && !holdsVariable(o.Node) {
		return
	}
	metadata := o.at("metadata")
	annotations := yamlnode.Get(metadata.Node, "annotations")
	if annotations == nil {
		annotations = yamlnode.Map()
		metadata.set(annotations, "annotations")
	}
	yamlnode.Set(annotations, substitute, disabled)
}

func holdsVariable(n *yaml.Node) bool {
	if strings.Contains(n.Value, "${") || strings.Contains(n.Value, "$$") {
		return true
	}
	for _, c := range n.Content {
		if holdsVariable(c) {
			return true
		}
	}
	return false
}
