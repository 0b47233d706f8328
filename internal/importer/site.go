package importer

import (
	"fmt"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/fn/underlay"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Site is what a source says.
type Site struct {
	// Form that the source was read as, and those of the further ones.
	Form    Form
	Further []Form
	// Config is a NestedConfig as YAML, with comments, fields in the order for
	// reading, and only what differs from the defaults.
	Config []byte
	// Credentials is a file of KEY=value lines without quotes, as a
	// secretGenerator and kubectl read them; nil when there are none.
	Credentials []byte
	// Names are the credentials that are in it.
	Names []string
}

// write makes the document, with the prefix that the names in the underlay have.
func (d draft) write(c config.Config, site Site, unread []string, held underlay.Holding) (string, config.Problems) {
	text := document(c, site, d, unread)
	loaded, ps := load(text)
	if held.Server == "" || ps.Errors() {
		return text, ps
	}
	n := namesOf(loaded.Services, held)
	if prefix, ok := n.prefix(); ok && prefix != "" {
		prefixed := c
		prefixed.Spec.LinkLocal.NamePrefix = prefix
		if loaded, ps := load(document(prefixed, site, d, unread)); !ps.Errors() {
			c, n = prefixed, namesOf(loaded.Services, held)
		}
	}
	d.places["spec.linkLocal.serviceIPs"] = n.comment()
	text = document(c, site, d, unread)
	_, ps = load(text)
	return text, append(ps, n.missing(held.Server)...)
}

// load reads a document that was written here.
func load(text string) (config.Config, config.Problems) {
	n, err := yaml.Parse(text)
	if err != nil {
		panic("importer wrote no YAML: " + err.Error())
	}
	return config.Load(n.YNode())
}

func isLabel(s string) bool {
	return s != "" && len(s) <= 63 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" &&
		s[0] != '-' && s[len(s)-1] != '-'
}

// additions are the variables that no field holds, for the images that read them.
func additions(s *config.Spec, extra []env.Setting) {
	for _, x := range extra {
		v, _ := env.Lookup(x.Name)
		if v.Images&env.KubeManager != 0 {
			add(&s.KubeManager.Env, x)
		}
		if v.Images&env.CNI != 0 {
			add(&s.CNI.Env, x)
		}
	}
}

func add(m *map[string]string, s env.Setting) {
	if *m == nil {
		*m = map[string]string{}
	}
	(*m)[s.Name] = s.Value
}

// credentials makes the file, and the config refer to it where the default does
// not.
func credentials(s *config.Spec, settings []env.Setting) []byte {
	if len(settings) == 0 {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# For the Secret %s. Values stand as they are: quotes would be part of them.\n", s.Auth.CredentialsSecret)
	for _, x := range settings {
		fmt.Fprintf(&b, "%s=%s\n", x.Name, x.Value)
		if x.Name == env.RabbitMQPassword {
			s.Underlay.RabbitMQ.CredentialsSecret = s.Auth.CredentialsSecret
		}
	}
	return []byte(b.String())
}
