package importer

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/internal/pattern"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// juju is what the charm contrail-kubernetes-master is told: a bundle, what juju
// config prints, a file for juju deploy --config, or nested_mode_config alone.
//
// The charm gives kube-manager the variables of nested_mode_config and then those of
// its options, which win; the CNI plugin gets nested_mode_config alone.
type juju struct {
	*reading
	options map[string]entry
	dict    map[string]string // what nested_mode_config sets
	line    int               // of the charm
	cni     *entry            // the application of the CNI plugin, if there is one
}

// The charm whose options count, and that beside it.
const (
	masterCharm = "contrail-kubernetes-master"
	nodeCharm   = "contrail-kubernetes-node"
	nestedDict  = "nested_mode_config"
)

func readJuju(file, text string) draft {
	j := &juju{reading: newReading(file, text), options: map[string]entry{}, dict: map[string]string{}, line: 1}
	if doc, ok := j.document("must be one, without overlays"); ok && j.find(doc) {
		j.variables()
	}
	return j.draft
}

// find collects the options of the charm, wherever they stand, and reports whether
// it is there.
func (j *juju) find(root *yaml.Node) bool {
	switch applications := firstOf(root, "applications", "services"); {
	case applications != nil:
		return j.bundle(root, applications)
	case yamlnode.Last(root, "settings") != nil:
		j.settingsOf(yamlnode.Last(root, "settings"))
	case yamlnode.Last(root, masterCharm) != nil:
		j.collect(yamlnode.Last(root, masterCharm), masterCharm)
	case yamlnode.Last(root, nestedDict) != nil:
		j.collect(root, "the file")
	default:
		j.alone(root)
	}
	return true
}

func firstOf(n *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range keys {
		if found := yamlnode.Last(n, key); found != nil {
			return found
		}
	}
	return nil
}

// bundle has applications with charms, among them those of Kubernetes itself.
func (j *juju) bundle(root, applications *yaml.Node) bool {
	first, name := 0, ""
	for e := range j.entries(applications, "applications") {
		switch charmOf(yamlnode.LastText(e.node, "charm"), e.key) {
		case masterCharm:
			if first > 0 {
				j.tell(config.Error, e.line, e.key, "is a second %s, besides line %d: a NestedConfig is for one; remove the other", masterCharm, first)
				continue
			}
			first, name, j.line = e.line, e.key, e.line
			j.collect(yamlnode.Last(e.node, "options"), e.key)
		case nodeCharm:
			j.cni = &e
		case "kubernetes-master", "kubernetes-control-plane", "kubernetes-worker":
			if cidr := yamlnode.LastText(e.node, "options", "service-cidr"); cidr != "" {
				j.options["service-cidr"] = entry{"service-cidr", e.line, yamlnode.Last(e.node, "options", "service-cidr")}
			}
		}
	}
	if first == 0 {
		j.tell(config.Error, applications.Line, "applications", "none has the charm %s", masterCharm)
		return false
	}
	j.note("applications, machines, relations", "are what Juju makes; of them the options of "+name+" are taken")
	for _, relation := range yamlnode.LastItems(root, "relations") {
		var ends []string
		for _, end := range yamlnode.LastItems(relation) {
			application, _, _ := strings.Cut(end.Value, ":")
			ends = append(ends, application)
		}
		if len(ends) == 2 && (ends[0] == name && ends[1] == "easyrsa" || ends[1] == name && ends[0] == "easyrsa") {
			j.drop(relation.Line, name, "has certificates of easyrsa, with which the charm switches TLS on: set tls, with a Secret of them")
		}
	}
	return true
}

// charmURL takes a name apart: cs:~owner/series/name-12, ch:name, local:name.
var charmURL = pattern.Of(`^(?:[a-z]+:)?(?:[^ ]*/)?([a-z0-9-]+?)(?:-[0-9]+)?$`)

// charmOf is the name of a charm; an application without one has its name.
func charmOf(url, application string) string {
	if url == "" {
		return application
	}
	if m := charmURL().FindStringSubmatch(url); m != nil {
		return m[1]
	}
	return ""
}

func (j *juju) collect(n *yaml.Node, what string) {
	for e := range j.entries(n, what) {
		if e.node.Kind == yaml.ScalarNode && strings.HasPrefix(e.node.Value, "include-") {
			j.tell(config.Error, e.line, e.key, "is in another file, which the import does not read: write the value")
			continue
		}
		j.options[e.key] = e
	}
}

// settingsOf are what juju config prints: each option with its value, or without one.
func (j *juju) settingsOf(settings *yaml.Node) {
	for e := range j.entries(settings, "settings") {
		value := firstOf(e.node, "value", "default")
		if value == nil {
			continue
		}
		j.options[e.key] = entry{e.key, value.Line, value}
	}
}

// alone is a nested_mode_config without a charm around it.
func (j *juju) alone(root *yaml.Node) {
	for e := range j.entries(root, "the file") {
		j.nested(e)
	}
	if len(j.dict) == 0 {
		j.tell(config.Error, 1, "", "has neither options of %s nor variables of %s", masterCharm, nestedDict)
	}
}

// nestedConfig takes the text of nested_mode_config apart. The charm reads it as
// JSON.
func (j *juju) nestedConfig(e entry) {
	if e.node.Kind != yaml.ScalarNode {
		j.tell(config.Error, e.line, e.key, "must be text with JSON in it: the charm accepts nothing else")
		return
	}
	inner := newReading(j.file, e.node.Value)
	docs, ok := inner.decode()
	if !json.Valid([]byte(e.node.Value)) || !ok || len(docs) != 1 {
		j.tell(config.Error, e.line, e.key, "is not JSON, and the charm accepts nothing else: look for a comma after the last entry")
		return
	}
	before := e.node.Line - 1
	if e.node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		before++
	}
	shift(docs[0], before)
	for v := range j.entries(docs[0], e.key) {
		j.nested(v)
	}
}

// shift makes lines of a text those of the text around it. JSON has no aliases.
func shift(n *yaml.Node, by int) {
	n.Line += by
	for _, c := range n.Content {
		shift(c, by)
	}
}

// nested is one variable of nested_mode_config, which the charm writes down as
// Python prints it.
func (j *juju) nested(e entry) {
	known, _ := env.Lookup(e.key)
	switch {
	case !variableName().MatchString(e.key):
		j.drop(e.line, e.key, "is not the name of a variable")
	case e.node.Kind == yaml.MappingNode && known.Kind == env.Dict:
		j.add(e, pythonDict(e.node))
	case e.node.Kind == yaml.ScalarNode && e.node.ShortTag() == yaml.NodeTagNull:
		j.drop(e.line, e.key, "is null, and the charm makes it the text None: it is left out")
	default:
		if value, ok := j.scalar(e, e.key); ok && value != "" {
			j.add(e, value)
		}
	}
}

func (j *juju) add(e entry, value string) {
	j.dict[e.key] = value
	if e.key == env.Orchestrator && value != "kubernetes" {
		j.drop(e.line, e.key, ofUnderlay+", but a nested cluster has kubernetes")
		return
	}
	j.put(e.key, value, e.line)
}

// pythonDict prints a mapping of texts.
func pythonDict(n *yaml.Node) string {
	var parts []string
	for key, value := range yamlnode.Fields(n) {
		parts = append(parts, fmt.Sprintf("'%s': '%s'", yamlnode.Target(key).Value, yamlnode.Target(value).Value))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
