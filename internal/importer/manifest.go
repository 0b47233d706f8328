package importer

import (
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// The ConfigMaps of the old script, in the order in which its kube-manager reads
// them. They count where no workload says which ones it reads.
var oldConfigMaps = []string{"env", "kube-manager-config"}

// manifest is a text of Kubernetes: documents, or lists of them.
type manifest struct {
	*reading
	objects []object
	named   map[[2]string][]object // by kind and name
	hidden  bool                   // a Secret that a pod refers to is not there
}

// object is a resource where it stands. Its name and namespace are printable and
// short; others are not compared with.
type object struct {
	node                  *yaml.Node
	kind, name, namespace string
}

func (o object) line() int { return o.node.Line }

// String is how messages and comments call it.
func (o object) String() string { return o.kind + " " + o.name }

// readManifest reads what the old script printed, or what kubectl get prints of
// the live resources: what both pods get as their environment, with the Secrets
// that they refer to; images and whatever else of their specs a NestedConfig holds.
// All other resources are others' business.
func readManifest(file, text string) draft {
	m := newManifest(file, text)
	if !m.documents() {
		return m.draft
	}
	kubeManager, cni := m.pods()
	if m.problems.Errors() {
		return m.draft
	}
	m.environment(kubeManager, cni)
	m.images(kubeManager, cni)
	m.namespace(kubeManager, cni)
	m.podSpecs(kubeManager, cni)
	return m.draft
}

func newManifest(file, text string) *manifest {
	return &manifest{reading: newReading(file, text), named: map[[2]string][]object{}}
}

// small reports whether no mapping and no list of a resource has too many entries.
func (m *manifest) small(o object) bool {
	if large(o.node) {
		m.tell(config.Error, o.line(), o.String(), "has a mapping or a list of more than %d entries: no resource of Contrail has so many", maxEntries)
		return false
	}
	return true
}

// documents takes the text apart, reports whether somebody should work on it.
func (m *manifest) documents() bool {
	docs, ok := m.decode()
	if !ok {
		return false
	}
	for _, n := range docs {
		m.add(n, 0)
	}
	seen := map[object]int{}
	for _, o := range m.objects {
		id := object{kind: o.kind, name: o.name, namespace: o.namespace}
		if first, ok := seen[id]; ok && m.ours(o) {
			m.tell(config.Error, o.line(), o.String(), "is already on line %d: keep one of them", first)
		}
		seen[id] = o.line()
	}
	return !m.problems.Errors()
}

// add keeps a resource, or the items of a list.
func (m *manifest) add(n *yaml.Node, depth int) {
	kind := yamlnode.LastText(n, "kind")
	if items := yamlnode.Last(n, "items"); strings.HasSuffix(kind, "List") && items != nil && items.Kind == yaml.SequenceNode {
		for _, item := range items.Content {
			if depth == 0 { // a list of lists is nothing that Kubernetes knows
				m.add(yamlnode.Target(item), depth+1)
			}
		}
		return
	}
	if n.Kind == yaml.MappingNode {
		o := object{n, short(kind), short(yamlnode.LastText(n, "metadata", "name")), short(yamlnode.LastText(n, "metadata", "namespace"))}
		m.objects = append(m.objects, o)
		m.named[[2]string{o.kind, o.name}] = append(m.named[[2]string{o.kind, o.name}], o)
	}
}

// ours reports whether a resource may belong to the site: a namespace has many
// others.
func (m *manifest) ours(o object) bool {
	return slices.Contains([]string{"ConfigMap", "Secret", "DaemonSet", "Deployment", "StatefulSet"}, o.kind)
}

// find gives the resource of a kind and name that pods of a namespace mean.
func (m *manifest) find(kind, name, namespace string) (object, bool) {
	same := m.named[[2]string{kind, name}]
	i := slices.IndexFunc(same, func(o object) bool {
		return o.namespace == namespace || o.namespace == "" || namespace == ""
	})
	if i < 0 {
		return object{}, false
	}
	return same[i], true
}
