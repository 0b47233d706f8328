package config

import "fmt"

// TokenSecret is the Secret with the token of kube-manager's ServiceAccount. Every
// manifest has it, so no other Secret may have its name.
const TokenSecret = "contrail-kube-manager-token"

// secretField is a field that names a Secret.
type secretField struct {
	path, name string
	// read is false where the Secret has no effect in this config.
	read bool
	// variables: every key of the Secret becomes a variable of kube-manager.
	variables bool
	// registry: the kubelet reads it, for the registry.
	registry bool
}

// secretFields are all fields that name a Secret.
func (c *Config) secretFields() []secretField {
	s := c.Spec
	keystone := s.Auth.Mode == Keystone
	out := []secretField{
		{path: "spec.auth.credentialsSecret", name: s.Auth.CredentialsSecret, read: keystone || len(c.Credentials) > 0, variables: true},
		{path: "spec.underlay.rabbitmq.credentialsSecret", name: s.Underlay.RabbitMQ.CredentialsSecret, read: true, variables: true},
		{path: "spec.auth.caSecret", name: s.Auth.CASecret, read: keystone},
		{path: "spec.tls.secretName", name: s.TLS.SecretName, read: s.TLS.Enabled()},
	}
	for i, name := range s.Images.PullSecrets {
		out = append(out, secretField{path: fmt.Sprintf("spec.images.pullSecrets[%d]", i), name: name, read: true, registry: true})
	}
	return out
}

// secrets refuses Secrets whose name cannot be right: that of a Secret which is
// written here would be replaced by it or replace it, and one Secret cannot be
// for everything.
func (k *checker) secrets() {
	fields := k.c.secretFields()
	for i, f := range fields {
		if f.name == "" {
			continue // missing, or refused already
		}
		if f.name == TokenSecret {
			k.errorf(f.path, quote(f.name), "is the Secret that the manifest has for the token of kube-manager: name another")
			continue
		}
		for _, other := range fields[:i] {
			if f.name != other.name || !f.read || !other.read {
				continue
			}
			if must := k.c.notShared(f, other); must != "" {
				k.errorf(f.path, quote(f.name), "is %s too%s: name another", other.path, must)
				break
			}
		}
	}
}

// notShared says why two fields cannot name one Secret, "" when they can: one
// account, or one Secret with the certificates of both.
func (c *Config) notShared(f, other secretField) string {
	switch {
	case other.variables && len(c.Credentials) > 0 && other.path == "spec.auth.credentialsSecret":
		return ", which commonEnv creates and which would replace it"
	case f.variables && other.variables:
		return ""
	case f.registry && other.registry:
		return "" // told where lists are checked
	case f.registry:
		return ", but a registry needs a Secret of another type"
	case other.variables && f.path == "spec.tls.secretName":
		return ", but the keys of that Secret become variables of kube-manager, and so would the private key"
	}
	return ""
}
