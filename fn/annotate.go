package fn

//lint:file-ignore SA1019 kpt and older kustomize know items by the legacy annotations alone

import (
	"iter"
	"strconv"
	"strings"

	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// newFile is the place of a new document in a file of our package.
func (l *list) newFile(p string, index int) map[string]string {
	i := strconv.Itoa(index)
	a := map[string]string{
		kioutil.PathAnnotation: p, kioutil.LegacyPathAnnotation: p,
		kioutil.IndexAnnotation: i, kioutil.LegacyIndexAnnotation: i,
	}
	if l.own != "" {
		a[packagePath] = l.own
	}
	return a
}

// kept are the annotations by which the orchestrator knows an item again.
func kept(n *yaml.RNode) map[string]string {
	out := map[string]string{}
	for k, v := range n.GetAnnotations() {
		switch {
		case strings.HasPrefix(k, "internal.config.kubernetes.io/"), strings.HasPrefix(k, "internal.kpt.dev/"), k == resourceNumber,
			k == kioutil.LegacyPathAnnotation, k == kioutil.LegacyIndexAnnotation, k == kioutil.LegacyIdAnnotation:
			out[k] = v
		}
	}
	return out
}

// keepQuotes writes the annotations of n in the quotes that they have in old, so
// that a file is not changed for nothing.
func keepQuotes(n, old *yaml.RNode) {
	styles := map[string]yaml.Style{}
	annotations := func(n *yaml.RNode) iter.Seq2[*yaml.Node, *yaml.Node] {
		return yamlnode.Fields(yamlnode.Get(n.YNode(), yaml.MetadataField, yaml.AnnotationsField))
	}
	for key, value := range annotations(old) {
		styles[key.Value+"="+value.Value] = value.Style
	}
	for key, value := range annotations(n) {
		if style, ok := styles[key.Value+"="+value.Value]; ok {
			value.Style = style
		}
	}
}

func annotate(n *yaml.RNode, owner string, more map[string]string) {
	a := n.GetAnnotations()
	for k, v := range more {
		a[k] = v
	}
	a[Owner] = owner
	// Cannot fail: metadata is a mapping that we made.
	if err := n.SetAnnotations(a); err != nil {
		panic(err)
	}
}
