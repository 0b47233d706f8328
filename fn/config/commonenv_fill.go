package config

import (
	"reflect"

	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/fn/linklocal"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// fill gives the field of a variable the value of a line, its own or that of a
// fallback, unless the field is set.
func (m *merger) fill(v env.Variable, l env.Line) {
	path := "spec." + v.Field
	if m.d.set[path] && v.Kind != env.Dict {
		return
	}
	if l.Name == env.Registry && l.Value == "auto" {
		m.report(Error, l, quote(l.Value), "means the registry on the machine of the old script: write its address")
		return
	}
	if ip := linklocal.ParseHost(l.Value).Addr(); v.Kind == env.Fabric && ip.IsValid() && m.c.Spec.Connectivity == LinkLocalMode {
		m.report(Error, l, quote(ip.String()), "is a service IP, but %s needs the fabric address: remove the line and write the fabric address there, or translate with nested-config import --link-local", path)
		return
	}
	n, must := node(v, l.Value)
	if must != "" {
		m.report(Error, l, quote(l.Value), "%s", must)
		return
	}
	m.origin(path, n, placeOf(l))
	field, tag := fieldAt(reflect.ValueOf(&m.c.Spec).Elem(), v.Field)
	before := len(m.d.problems)
	m.d.value(path, n, field, tag)
	if m.d.problems[before:].Errors() {
		m.refuse(l.Name) // the same bad list in the next role is no news
		delete(m.lines, l.Name)
	}
}

// origin remembers where a field comes from. Of a section that the config has in
// part, it takes out what stands there: each field wins alone.
func (m *merger) origin(path string, n *yaml.Node, place string) {
	if n.Kind != yaml.MappingNode || !m.d.set[path] {
		m.origins[path] = place
		return
	}
	var left []*yaml.Node
	for i := 0; i < len(n.Content); i += 2 {
		field := path + "." + n.Content[i].Value
		if !m.d.set[field] {
			m.origins[field] = place
			left = append(left, n.Content[i], n.Content[i+1])
		}
	}
	n.Content = left
}

// accounts are the user and password of each service.
var accounts = []struct {
	user, password string
	field          string // that names a Secret with both
}{
	{env.KeystoneUser, env.KeystonePassword, "spec.auth.credentialsSecret"},
	{env.RabbitMQUser, env.RabbitMQPassword, "spec.underlay.rabbitmq.credentialsSecret"},
}

// credentials collects what goes into a Secret. No value is ever shown.
func (m *merger) credentials() {
	for _, a := range accounts {
		user, hasUser := m.lines[a.user]
		password, hasPassword := m.lines[a.password]
		switch {
		case !hasUser && !hasPassword:
			continue
		case a.password == env.RabbitMQPassword && m.d.set[a.field]:
			continue // the field wins
		case a.password == env.KeystonePassword && m.c.Spec.Auth.Mode == NoAuth:
			if hasPassword {
				m.report(Warning, password, "", "is a password that is not used with noauth: remove the line")
			}
			continue
		case hasUser && !hasPassword && !m.known[a.password]:
			m.report(Error, user, "", "is not enough for an account: set %s too, or put both into the Secret that %s names", a.password, a.field)
			continue
		}
		if a.password == env.RabbitMQPassword && m.c.Spec.Auth.Mode != NoAuth && !m.known[env.KeystonePassword] {
			// One Secret is written for all, and it would replace the user's own.
			m.report(Error, password, "", "would be the only key of the Secret that spec.auth.credentialsSecret names, which must hold %s too: put it into a Secret that %s names", env.KeystonePassword, a.field)
			continue
		}
		if hasUser {
			m.credential(user)
		}
		if hasPassword && m.credential(password) {
			m.report(Warning, password, "", "is a password in plain text: it is written into a Secret, but everybody who can read the NestedConfig can read it; put it into the Secret that %s names and remove the line", a.field)
		}
	}
}

func (m *merger) credential(l env.Line) bool {
	if must := refuse("envValue", l.Value); must != "" {
		m.report(Error, l, "", "%s", must)
		return false
	}
	m.c.Credentials = append(m.c.Credentials, l.Setting)
	return true
}
