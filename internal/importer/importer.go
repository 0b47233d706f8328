// Package importer turns the description of a site, such as the common.env that the
// old script sourced or the manifest that it made, into an equivalent NestedConfig,
// and a separate file with the credentials.
//
// Each form has a reader that makes a draft of the text: settings, fields and
// messages. The same code makes the document from every draft.
package importer

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/fn/underlay"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Pair says which fabric address is behind a service IP.
type Pair struct {
	ServiceIP netip.Addr
	Fabric    linklocal.Host // only Keystone may have a name
}

// Options of an import.
type Options struct {
	// Form that the text is said to have; "" goes by what is in it.
	Form Form
	// Pairs translate service IPs to fabric addresses; without any, addresses stay
	// as they are.
	Pairs []Pair
	// Further are more sources of the same site. They give what the ones before
	// them do not have.
	Further []Source
	// Look asks the underlay which of the addresses are service IPs, and what is
	// behind them; nil: nobody is asked.
	Look Look
}

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

// draft is what a reader makes of a text.
type draft struct {
	// fields of the spec that the text sets; they win over settings.
	fields *yaml.Node
	// settings are those of variables; nil where fields have them as a commonEnv.
	settings *config.Settings
	// places say where fields stand, by their path: "image of DaemonSet x".
	places map[string]string
	// comments say in a NestedConfig where fields come from, where places do not.
	comments map[string]string
	// spans are the sources, and from says which of them gives a variable or a
	// field; without an entry nobody does.
	spans spans
	from  map[string]int
	// left is what the text says and a NestedConfig cannot hold, a line each.
	left     []string
	problems config.Problems
	// allot is what service IPs are to be made of, nil: nothing. pairs are those that
	// were made; doubled: some node has several, and there are no pairs.
	allot   *allotment
	pairs   []Pair
	doubled bool
}

// readCommonEnv leaves all to config, which reads the text as if it stood in a
// NestedConfig.
func readCommonEnv(_, text string) draft {
	return draft{fields: yamlnode.Map("commonEnv", text)}
}

// Import reads a text, and those of Options.Further. file is what messages call it.
// With an error among the problems there is no Site, but for its forms.
func Import(file, text string, o Options) (Site, config.Problems) {
	// First, find out what each is, and read it.
	d, site, ps := read(append([]Source{{file, text, o.Form}}, o.Further...))
	if ps != nil {
		return site, ps
	}

	// Next, judge what they say as if it stood in a NestedConfig.
	c, unread, ps := d.judge(o)
	if ps.Errors() {
		return site, ps
	}

	// Next, put fabric addresses in the place of service IPs.
	held, more := d.addresses(&c, o)
	if ps = append(ps, more...); ps.Errors() {
		return site, ps
	}

	// Next, tell what is known to break clusters.
	ps = append(ps, d.doubts(c, held)...)

	// Next, say in fields what they say in variables.
	s := &c.Spec
	c.Name = "k8s"
	if isLabel(s.Kubernetes.ClusterName) {
		c.Name, s.Kubernetes.ClusterName = s.Kubernetes.ClusterName, ""
	} else if s.Kubernetes.ClusterName == c.Name {
		s.Kubernetes.ClusterName = ""
	}
	additions(s, c.Extra)
	secrets := credentials(s, c.Credentials)

	// Last, write it, and read it as everybody will.
	text, again := d.write(c, site, unread, held)
	for _, p := range again {
		if !slices.ContainsFunc(ps, func(q config.Problem) bool { return q.Message == p.Message }) {
			ps = append(ps, p)
		}
	}
	if ps.Errors() {
		return site, ps
	}
	site.Config, site.Credentials = []byte(text), secrets
	for _, x := range c.Credentials {
		site.Names = append(site.Names, x.Name)
	}
	return site, ps
}

// read makes one draft of the sources. What is none of the forms is told in one
// line.
func read(sources []Source) (draft, Site, config.Problems) {
	var site Site
	var ps config.Problems
	drafts := make([]draft, len(sources))
	for i, s := range sources {
		form, more := s.Form, readable(s.Name, s.Text)
		if form == "" {
			form, more = recognise(s.Name, s.Text)
		}
		ps = append(ps, more...)
		if more == nil {
			drafts[i] = form.reader()(s.Name, s.Text)
		}
		if i == 0 {
			site.Form = form
		} else {
			site.Further = append(site.Further, form)
		}
	}
	if ps != nil {
		return draft{}, Site{}, ps
	}
	return unite(sources, drafts).allotted(), site, nil
}

// judge reads the draft as the NestedConfig that it would be. unread are the
// variables that nobody reads.
func (d draft) judge(o Options) (c config.Config, unread []string, ps config.Problems) {
	c, ps = d.parse()
	if d.problems.Errors() {
		// What is missing may be missing for that: what stands there is judged alone.
		ps = slices.DeleteFunc(d.named(ps, c.Credentials), func(p config.Problem) bool { return !strings.HasPrefix(p.Place, "line ") })
		return c, nil, append(d.problems, ps...)
	}
	if !c.Spec.LinkLocal.VRouterServiceIP.IsValid() && o.Look == nil {
		ps = missingVIP(ps)
	}
	ps = d.named(ps, c.Credentials)
	c.Spec.CommonEnv = ""
	return c, leftOut(ps), append(d.problems, ps...)
}

// addresses puts fabric addresses in the place of service IPs, by what the options
// say and what the underlay holds.
func (d *draft) addresses(c *config.Config, o Options) (held underlay.Holding, ps config.Problems) {
	pairs := o.Pairs
	if o.Look != nil {
		if pairs, held, ps = d.ask(c, o); ps.Errors() {
			return held, ps
		}
	}
	if len(pairs) == 0 && o.Look == nil {
		pairs = d.pairs
	}
	switch {
	case len(pairs) > 0:
		ps = append(ps, d.translate(&c.Spec, pairs)...)
	case o.Look == nil && !d.doubled: // that was told
		ps = append(ps, config.Problem{Severity: config.Warning, Path: d.spans.String(),
			Message: "its addresses are taken to be reachable as they are (connectivity Direct), because nothing says that they are service IPs: if they are, name the fabric address behind each with --link-local, or ask the underlay with --config-api"})
	}
	return held, ps
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
