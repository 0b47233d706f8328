package importer

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/internal/pattern"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// variableName is what the kubelet takes for the name of a variable.
var variableName = pattern.Of(`^[A-Za-z_][A-Za-z0-9_]{0,254}$`)

// missing tells of what a pod refers to and the text does not have. A Secret may
// well be kept from it; kube-manager's is that with the credentials then.
func (m *manifest) missing(p *pod, kind, name string, from *yaml.Node, optional bool) {
	m.hidden = m.hidden || kind == "Secret"
	switch {
	case kind == "Secret" && p.image == env.KubeManager && yamlnode.Last(m.fields, "auth", "credentialsSecret") == nil:
		m.tell(config.Warning, from.Line, "Secret "+short(name), "is not in the source: the import expects the credentials in it, under the names of their variables")
		m.set(name, "envFrom of "+p.String(), "auth", "credentialsSecret")
	case optional:
	default:
		m.tell(config.Error, from.Line, kind+" "+short(name), "is not in the source, and %s gets variables from it: add it", p)
	}
}

// data gives the keys of a ConfigMap or a Secret that are names of variables.
func (m *manifest) data(o object) []variable {
	if !m.small(o) {
		return nil
	}
	var vars []variable
	fields := []string{"data"}
	if o.kind == "Secret" {
		fields = append(fields, "stringData")
	}
	for _, field := range fields {
		n := yamlnode.Last(o.node, field)
		if n == nil || n.Kind != yaml.MappingNode {
			continue
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			v := variable{name: yamlnode.Target(n.Content[i]).Value, line: n.Content[i].Line}
			v.key = v.name
			if o.kind == "Secret" {
				v.secret = o.name
			}
			if !variableName().MatchString(v.name) {
				m.drop(v.line, o.String(), fmt.Sprintf("has the key %q, which is not the name of a variable", short(v.name)))
				continue
			}
			if j := slices.IndexFunc(vars, func(old variable) bool { return old.name == v.name }); j >= 0 && field == "data" {
				m.tell(config.Warning, v.line, v.name, "is already on line %d, which a strict API server refuses: the last one counts", vars[j].line)
			}
			if !m.value(&v, yamlnode.Target(n.Content[i+1]), o.kind == "Secret" && field == "data") {
				continue
			}
			vars = append(slices.DeleteFunc(vars, func(old variable) bool { return old.name == v.name }), v)
		}
	}
	return vars
}

// value reads what stands behind a key. It never shows it.
func (m *manifest) value(v *variable, n *yaml.Node, encoded bool) bool {
	switch {
	case n.Kind != yaml.ScalarNode && n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle != 0 && len(n.Content) > 0 && yamlnode.Target(n.Content[0]).Kind == yaml.MappingNode:
		m.fault(v.line, v.name, "%s", template)
		return false
	case n.Kind != yaml.ScalarNode:
		m.fault(v.line, v.name, "must be text: write it in quotes")
		return false
	case n.ShortTag() == yaml.NodeTagNull:
		return true // the images take an empty one for a missing one
	case n.ShortTag() != yaml.NodeTagString:
		m.tell(config.Warning, v.line, v.name, "has no quotes, and no API server accepts a number or a boolean here: it is read as text")
	}
	v.value = n.Value
	if !encoded {
		return true
	}
	decoded, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(n.Value), ""))
	if err != nil {
		m.fault(v.line, v.name, "must be base64, as every value below data of a Secret")
		return false
	}
	v.value = string(decoded)
	return true
}

// hasAccount reports whether a Secret has something for credentials.env.
func (m *manifest) hasAccount(o object) bool {
	return slices.ContainsFunc(accounts, func(name string) bool {
		return yamlnode.Last(o.node, "data", name) != nil || yamlnode.Last(o.node, "stringData", name) != nil
	})
}
