// Package importer turns the description of a site, such as the common.env that the
// old script sourced or the manifest that it made, into an equivalent NestedConfig,
// and a separate file with the credentials.
//
// Each form has a reader that makes a draft of the text: settings, fields and
// messages. The same code makes the document from every draft.
package importer

import (
	"net/netip"
	"slices"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/linklocal"
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
