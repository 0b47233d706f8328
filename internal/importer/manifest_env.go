package importer

import (
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// variable is one of a pod's environment.
type variable struct {
	name, value string
	line        int
	secret      string // the Secret that it comes from, "" for none
	key         string // its key there
}

// accounts are the variables that a Secret may hold.
var accounts = []string{env.KeystoneUser, env.KeystonePassword, env.RabbitMQUser, env.RabbitMQPassword}

// environment makes settings of what the pods get.
func (m *manifest) environment(kubeManager, cni *pod) {
	vars := m.environmentOf(kubeManager)
	if cni != nil && kubeManager != nil {
		vars = m.merged(vars, m.environmentOf(cni))
	}
	m.unreferred(kubeManager)
	nested := false
	for _, v := range vars {
		known, _ := env.Lookup(v.name)
		nested = nested || v.name == env.NestedMode && v.value != ""
		if v.secret != "" && !known.Credential {
			m.fault(v.line, v.name, "is in Secret %s, but a NestedConfig would hold it in plain text: write it into a ConfigMap", v.secret)
			continue
		}
		if strings.Contains(v.value, "{{") {
			m.fault(v.line, v.name, "%s", template)
			continue
		}
		m.settings.Lines = append(m.settings.Lines, env.Line{Setting: env.Setting{Name: v.name, Value: v.value}, Number: v.line, Secret: v.secret != ""})
		m.credentialsOf(v)
	}
	if !nested && len(vars) > 0 {
		m.tell(config.Warning, vars[0].line, env.NestedMode, "is missing or empty, so the images silently use 0: the cluster was not nested; the NestedConfig is nested")
	}
}

// credentialsOf keeps the name of the Secret that a password comes from.
func (m *manifest) credentialsOf(v variable) {
	field := map[string][]string{env.KeystonePassword: {"auth"}, env.RabbitMQPassword: {"underlay", "rabbitmq"}}[v.name]
	switch {
	case v.secret == "" || field == nil:
	case v.key != v.name:
		m.tell(config.Warning, v.line, v.name, "has the key %q in Secret %s, where every key must be the name of its variable: make a new Secret of credentials.env", short(v.key), v.secret)
	case v.name == env.KeystonePassword:
		m.set(v.secret, "Secret "+v.secret, "auth", "credentialsSecret")
	}
}

// merged adds what only the CNI pods get. A NestedConfig gives both the same.
func (m *manifest) merged(vars, cni []variable) []variable {
	for _, c := range cni {
		known, _ := env.Lookup(c.name)
		i := slices.IndexFunc(vars, func(v variable) bool { return v.name == c.name })
		switch {
		case i < 0:
			vars = append(vars, c)
		case known.Images == env.CNI:
			vars[i] = c
		case known.Images&env.CNI != 0 && vars[i].value != c.value:
			m.tell(config.Warning, c.line, c.name, "differs from the value for kube-manager on line %d: a NestedConfig gives the CNI pods the same value as kube-manager", vars[i].line)
		}
	}
	for _, v := range vars {
		if v.name == env.ClusterName && v.value != "" && v.value != "k8s" && !slices.ContainsFunc(cni, func(c variable) bool { return c.name == v.name && c.value != "" }) {
			m.tell(config.Warning, v.line, v.name, "is not set for the CNI pods, which from R2008 on ask for pods of k8s and find none: a NestedConfig sets it for both")
		}
	}
	return vars
}

// environmentOf gives the variables of a pod, each once, as the kubelet makes
// them: a later source wins over an earlier one, and env over all of envFrom.
// Without a pod they are those of the old script's ConfigMaps.
func (m *manifest) environmentOf(p *pod) []variable {
	var vars []variable
	add := func(more []variable) {
		for _, v := range more {
			vars = append(slices.DeleteFunc(vars, func(old variable) bool { return old.name == v.name }), v)
		}
	}
	if p == nil {
		for _, name := range oldConfigMaps {
			if o, ok := m.find("ConfigMap", name, ""); ok {
				add(m.data(o))
			}
		}
		for _, o := range m.objects {
			if o.kind == "Secret" && m.hasAccount(o) {
				add(m.data(o))
			}
		}
		return vars
	}
	for _, from := range yamlnode.LastItems(p.container, "envFrom") {
		add(m.envFrom(p, from))
	}
	for _, e := range yamlnode.LastItems(p.container, "env") {
		if v, ok := m.env(p, e); ok {
			add([]variable{v})
		}
	}
	return vars
}

func (m *manifest) envFrom(p *pod, from *yaml.Node) []variable {
	kind, ref := "ConfigMap", yamlnode.Last(from, "configMapRef")
	if ref == nil {
		kind, ref = "Secret", yamlnode.Last(from, "secretRef")
	}
	if ref == nil {
		return nil
	}
	name := yamlnode.LastText(ref, "name")
	o, ok := m.find(kind, short(name), p.namespace)
	if !ok {
		m.missing(p, kind, name, from, yamlnode.LastText(ref, "optional") == "true")
		return nil
	}
	vars := m.data(o)
	if prefix := yamlnode.LastText(from, "prefix"); prefix != "" {
		for i := range vars {
			vars[i].name = prefix + vars[i].name
		}
	}
	return vars
}

// env is one entry of the list of that name.
func (m *manifest) env(p *pod, e *yaml.Node) (variable, bool) {
	v := variable{name: yamlnode.LastText(e, "name"), line: e.Line}
	if !variableName().MatchString(v.name) {
		m.drop(v.line, p.String(), "has a variable with an invalid name")
		return v, false
	}
	from := yamlnode.Last(e, "valueFrom")
	if from == nil {
		v.value = yamlnode.LastText(e, "value")
		if strings.Contains(v.value, "$(") {
			m.fault(v.line, v.name, "refers to another variable with $( ): write its value")
			return v, false
		}
		return v, true
	}
	kind, ref := "ConfigMap", yamlnode.Last(from, "configMapKeyRef")
	if ref == nil {
		kind, ref = "Secret", yamlnode.Last(from, "secretKeyRef")
	}
	if ref == nil {
		m.drop(v.line, v.name, "is made by the kubelet for each pod")
		return v, false
	}
	name, key := short(yamlnode.LastText(ref, "name")), yamlnode.LastText(ref, "key")
	o, ok := m.find(kind, name, p.namespace)
	if ok {
		for _, d := range m.data(o) {
			if d.key == key {
				v.value, v.line, v.secret, v.key = d.value, d.line, d.secret, d.key
				return v, true
			}
		}
	}
	m.hidden = m.hidden || kind == "Secret"
	switch {
	case yamlnode.LastText(ref, "optional") == "true":
	case kind == "Secret" && !ok && p.image == env.KubeManager && slices.Contains(accounts, v.name):
		m.credentialsOf(variable{v.name, "", v.line, name, key})
	default:
		m.fault(v.line, v.name, "has its value in %s %s under the key %q, which is not in the source: add it", kind, name, short(key))
	}
	return v, false
}

// unreferred tells of Secrets with credentials that kube-manager does not read.
func (m *manifest) unreferred(kubeManager *pod) {
	if kubeManager == nil {
		return
	}
	for _, o := range m.objects {
		if o.kind == "Secret" && m.hasAccount(o) && !kubeManager.refersTo(o.name) {
			m.tell(config.Warning, o.line(), o.String(), "has credentials, but %s does not refer to it: it is ignored", kubeManager)
		}
	}
}
