package importer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/internal/notyaml"
	"github.com/nested-config/nested-config/internal/printable"
	"github.com/nested-config/nested-config/internal/yamlguard"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// The ConfigMaps of the old script, in the order in which its kube-manager reads
// them. They count where no workload says which ones it reads.
var oldConfigMaps = []string{"env", "kube-manager-config"}

// manifest is a text of Kubernetes: documents, or lists of them.
type manifest struct {
	file    string
	text    string
	objects []object
	named   map[[2]string][]object // by kind and name
	hidden  bool                   // a Secret that a pod refers to is not there
	draft
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
	return &manifest{file: file, text: text, named: map[[2]string][]object{},
		draft: draft{fields: yamlnode.Map(), settings: &config.Settings{}, places: map[string]string{}}}
}

// tell adds a problem of a line. what names the thing, and never holds a value.
func (m *manifest) tell(s config.Severity, line int, what, format string, args ...any) {
	place := fmt.Sprintf("line %d", line)
	if what != "" {
		place += ": " + what
	}
	p := config.Problem{Severity: s, Path: m.file, Place: place, Message: fmt.Sprintf(format, args...)}
	switch {
	case slices.Contains(m.problems, p): // both pods read the same ConfigMap
	case len(m.problems) < most:
		m.problems = append(m.problems, p)
	case len(m.problems) == most:
		m.problems = append(m.problems, config.Problem{Severity: config.Error, Path: m.file, Message: "and what follows is not told: too many mistakes"})
	}
}

// most is how many entries a mapping or a list may have that is read here, and how
// much is told: no site comes near it, and what is compared with each other stays
// few.
const most = 1000

// small reports whether no mapping and no list of a resource has too many entries.
func (m *manifest) small(o object) bool {
	if large(o.node) {
		m.tell(config.Error, o.line(), o.String(), "has a mapping or a list of more than %d entries: nothing of Contrail has", most)
		return false
	}
	return true
}

func large(n *yaml.Node) bool {
	n = yamlnode.Target(n)
	return len(n.Content) > 2*most || slices.ContainsFunc(n.Content, large)
}

// fault is what is wrong with a variable, so that nobody calls it missing besides.
func (m *manifest) fault(line int, name, format string, args ...any) {
	f := env.Fault{Line: line, Name: name, Message: fmt.Sprintf(format, args...)}
	if !slices.Contains(m.settings.Faults, f) {
		m.settings.Faults = append(m.settings.Faults, f)
	}
}

// drop tells of something that is not carried over, and keeps it as a comment.
func (m *manifest) drop(line int, what, why string) {
	m.tell(config.Warning, line, what, "%s", why)
	if s := what + ": " + why; !slices.Contains(m.left, s) {
		m.left = append(m.left, s)
	}
}

// documents takes the text apart, reports whether somebody should work on it.
func (m *manifest) documents() bool {
	decoder := yaml.NewDecoder(bytes.NewReader([]byte(m.text)))
	budget := yamlguard.NewBudget(yamlguard.MaxAddedNodes, yamlguard.MaxAddedBytes)
	for {
		var n yaml.Node
		err := decoder.Decode(&n)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			m.noYAML(err)
			return false
		}
		if len(n.Content) == 0 {
			continue
		}
		if err := budget.Check(&n); err != nil {
			m.tell(config.Error, n.Content[0].Line, "", "%s", err)
			return false
		}
		m.add(yamlnode.Target(n.Content[0]), 0)
	}
	seen := map[object]int{}
	for _, o := range m.objects {
		id := object{kind: o.kind, name: o.name, namespace: o.namespace}
		if first, ok := seen[id]; ok && m.ours(o) {
			m.tell(config.Error, o.line(), o.String(), "stands on line %d already: keep the one that counts", first)
		}
		seen[id] = o.line()
	}
	return !m.problems.Errors()
}

// noYAML tells a template from a text that is broken in another way.
func (m *manifest) noYAML(err error) {
	number := 0
	for line := range strings.Lines(m.text) {
		number++
		if strings.Contains(line, "{{") && !strings.HasPrefix(strings.TrimSpace(line), "#") {
			m.tell(config.Error, number, "", "%s", template)
			return
		}
	}
	m.problems = append(m.problems, config.Problem{Severity: config.Error, Path: m.file, Message: notyaml.Error(err).Error()})
}

const template = "has {{ }}, which is a template that nothing here fills in: import what it makes, or write the value"

// add keeps a resource, or the items of a list.
func (m *manifest) add(n *yaml.Node, depth int) {
	kind := textAt(n, "kind")
	if items := at(n, "items"); strings.HasSuffix(kind, "List") && items != nil && items.Kind == yaml.SequenceNode {
		for _, item := range items.Content {
			if depth == 0 { // a list of lists is nothing that Kubernetes knows
				m.add(yamlnode.Target(item), depth+1)
			}
		}
		return
	}
	if n.Kind == yaml.MappingNode {
		o := object{n, short(kind), short(textAt(n, "metadata", "name")), short(textAt(n, "metadata", "namespace"))}
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

// short is foreign text for a message or a comment.
func short(s string) string {
	const most = 253 // of a name of Kubernetes
	if len(s) > most {
		s = s[:most] + "…"
	}
	return printable.Text(s)
}

// at is what stands at a path of mappings, nil for nothing. Where a key stands
// twice, the last one counts, as for an API server that is not strict.
func at(n *yaml.Node, path ...string) *yaml.Node {
	for _, key := range path {
		n = yamlnode.Target(n)
		if n == nil || n.Kind != yaml.MappingNode {
			return nil
		}
		var found *yaml.Node
		for i := 0; i+1 < len(n.Content); i += 2 {
			if yamlnode.Target(n.Content[i]).Value == key {
				found = n.Content[i+1]
			}
		}
		n = found
	}
	return yamlnode.Target(n)
}

// textAt is the scalar at a path, "" for none.
func textAt(n *yaml.Node, path ...string) string {
	if n = at(n, path...); n == nil || n.Kind != yaml.ScalarNode || n.ShortTag() == yaml.NodeTagNull {
		return ""
	}
	return n.Value
}

// elements of the list at a path.
func elements(n *yaml.Node, path ...string) []*yaml.Node {
	if n = at(n, path...); n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	out := make([]*yaml.Node, len(n.Content))
	for i, c := range n.Content {
		out[i] = yamlnode.Target(c)
	}
	return out
}
