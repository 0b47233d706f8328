package build

import (
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// CommitVariable is the variable in which Argo CD tells a plugin what commit it builds.
const CommitVariable = "ARGOCD_APP_REVISION"

// commitGroup is the API group of Argo CD's resources. Those of others stay: a pod would not be rolled by a value that its checksum does not know.
const commitGroup = "argoproj.io"

// PinCommit writes a commit into the resources of Argo CD: each value that is exactly $ARGOCD_APP_REVISION becomes the commit. So an ApplicationSet
// names the commit from which it was built, and whose FleetCheck has passed, and not the branch, which has moved on when Argo CD reads it. A commit of
// another form than git's is an error, but only where there is such a value. The errors come all at once, one line each.
func PinCommit(m resmap.ResMap, commit string) error {
	sum, err := hex.DecodeString(commit)
	isCommit := err == nil && (len(sum) == 20 || len(sum) == 32) // SHA-1 or SHA-256
	var errs []error
	for _, r := range m.Resources() {
		if r.GetGvk().Group != commitGroup {
			continue
		}
		eachValue(r.YNode(), "", func(path string, n *yaml.Node) {
			switch {
			case n.Value != "$"+CommitVariable:
			case isCommit:
				n.SetString(commit)
			default:
				errs = append(errs, fmt.Errorf("%s %s: %s: %q: the environment has %q for it: must be a commit, as Argo CD sets it for its plugins", r.GetKind(), r.GetName(), path, n.Value, commit))
			}
		})
	}
	if len(errs) == 0 {
		return nil
	}
	return oneLineEach(errors.Join(errs...))
}

// eachValue visits the scalars of a resource, keys apart, with their paths. kustomize has resolved the aliases.
func eachValue(n *yaml.Node, path string, visit func(path string, n *yaml.Node)) {
	switch n.Kind {
	case yaml.ScalarNode:
		visit(path, n)
	case yaml.MappingNode:
		for key, value := range yamlnode.Fields(n) {
			field := key.Value
			if path != "" {
				field = path + "." + field
			}
			eachValue(value, field, visit)
		}
	case yaml.SequenceNode:
		for i, value := range n.Content {
			eachValue(value, fmt.Sprintf("%s[%d]", path, i), visit)
		}
	}
}
