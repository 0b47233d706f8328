// Package importer turns a site's common.env, which the old script sourced, into
// a NestedConfig that says the same, and its credentials into a file of their
// own.
package importer

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Pair says which fabric address is behind a service IP.
type Pair struct {
	ServiceIP netip.Addr
	Fabric    linklocal.Host // only Keystone may have a name
}

// Site is what a common.env says.
type Site struct {
	// Config is a NestedConfig as YAML, with comments, fields in the order for
	// reading, and only what differs from the defaults.
	Config []byte
	// Credentials is a file of KEY=value lines without quotes, as a
	// secretGenerator and kubectl read them; nil when there are none.
	Credentials []byte
	// Names are the credentials that are in it.
	Names []string
}

// Import reads the text of a common.env. Pairs translate the service IPs in it
// to fabric addresses; without any, addresses stay as they are. file is what
// messages call the text. With an error among the problems there is no Site.
func Import(file, text string, pairs []Pair) (Site, config.Problems) {
	// First, what is no common.env at all is told in one line.
	if ps := foreign(file, text); ps != nil {
		return Site{}, ps
	}

	// Next, read the text as if it stood in a NestedConfig.
	c, ps := config.Parse(wrapped(text))
	if !c.Spec.LinkLocal.VRouterServiceIP.IsValid() {
		ps = missingVIP(ps)
	}
	ps = named(file, ps, c.Credentials)
	if ps.Errors() {
		return Site{}, ps
	}

	// Next, say in fields what it says in variables.
	s := &c.Spec
	s.CommonEnv = ""
	if len(pairs) > 0 {
		if ps = append(ps, translate(file, s, pairs)...); ps.Errors() {
			return Site{}, ps
		}
	} else {
		ps = append(ps, config.Problem{Severity: config.Warning, Path: file,
			Message: "its addresses are taken to be reachable as they are (connectivity Direct), because nothing says that they are service IPs: if they are, name the fabric address behind each with --link-local"})
	}
	c.Name = "k8s"
	if isLabel(s.Kubernetes.ClusterName) {
		c.Name, s.Kubernetes.ClusterName = s.Kubernetes.ClusterName, ""
	} else if s.Kubernetes.ClusterName == c.Name {
		s.Kubernetes.ClusterName = ""
	}
	additions(s, c.Extra)
	site := Site{Credentials: credentials(s, c.Credentials)}
	for _, x := range c.Credentials {
		site.Names = append(site.Names, x.Name)
	}

	// Last, write it, and read it as everybody will.
	site.Config = document(c, leftOut(ps))
	n, err := yaml.Parse(string(site.Config))
	if err != nil {
		panic("importer wrote no YAML: " + err.Error())
	}
	_, again := config.Load(n.YNode())
	for _, p := range again {
		if !slices.ContainsFunc(ps, func(q config.Problem) bool { return q.Message == p.Message }) {
			ps = append(ps, p)
		}
	}
	if ps.Errors() {
		return Site{}, ps
	}
	return site, ps
}

// wrapped is a NestedConfig that consists of the text.
func wrapped(text string) *yaml.Node {
	return yamlnode.Map(
		"apiVersion", config.APIVersion,
		"kind", config.Kind,
		"metadata", yamlnode.Map("name", "k8s"),
		"spec", yamlnode.Map("connectivity", config.DirectMode, "commonEnv", text))
}

// missingVIP asks for the one service IP that every nested cluster needs; no
// pool is there to allocate it from.
func missingVIP(ps config.Problems) config.Problems {
	for _, p := range ps {
		if p.Severity == config.Error && strings.HasSuffix(p.Place, env.VRouterVIP) {
			return ps // refused already
		}
	}
	return append(ps, config.Problem{Severity: config.Error, Path: "spec.linkLocal.vrouterServiceIP",
		Message: "is required: the service IP of the vRouter agent, such as 10.10.10.5"})
}

// named makes problems speak of the file and its variables. What is said about
// credentials in a NestedConfig does not hold for a file of their own.
func named(file string, ps config.Problems, credentials []env.Setting) config.Problems {
	out := make(config.Problems, 0, len(ps))
	for _, p := range ps {
		_, variable, _ := strings.Cut(p.Place, ": ")
		if p.Severity == config.Warning && slices.ContainsFunc(credentials, func(s env.Setting) bool { return s.Name == variable }) {
			continue
		}
		if p.Place == "" {
			p.Place = variableOf(p.Path)
		}
		if p.Place != "" || p.Path == "spec.commonEnv" {
			p.Path = file
		}
		out = append(out, p)
	}
	return out
}

// variableOf names the variable that fills a field or a part of it.
func variableOf(path string) string {
	for v := range env.Contract() {
		field := "spec." + v.Field
		if v.Field != "" && (path == field || strings.HasPrefix(path, field+".") || strings.HasPrefix(path, field+"[")) {
			return v.Name
		}
	}
	return ""
}

// leftOut names the variables that nobody reads.
func leftOut(ps config.Problems) []string {
	var names []string
	for _, p := range ps {
		_, name, _ := strings.Cut(p.Place, ": ")
		v, known := env.Lookup(name)
		if name != "" && (!known && p.Severity == config.Warning || known && v.Images == 0 && v.Field == "") && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
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
