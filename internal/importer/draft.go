package importer

import (
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/underlay"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

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
			Message: "its addresses are used as they are (connectivity Direct), because the source does not say that they are service IPs: if they are, name the fabric address behind each with --link-local, or ask the underlay with --config-api"})
	}
	return held, ps
}
