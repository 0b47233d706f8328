package explain

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/fleet"
	"github.com/nested-config/nested-config/fn/linklocal"
)

// Mermaid writes a flowchart: clusters, the service IPs that they dial, the nodes
// of the underlay behind them. Clusters that dial the same service IPs are one
// box, so that a large fleet stays readable.
func Mermaid(out io.Writer, configs []config.Config) error {
	c := chart{configs: configs}
	c.b.WriteString("flowchart LR\n")
	for i, u := range fleet.Union(configs) {
		c.underlay(i, u)
	}
	_, err := io.WriteString(out, c.b.String())
	return err
}

type chart struct {
	b       strings.Builder
	configs []config.Config
}

// numbered gives each key the next number when it is first seen.
type numbered struct {
	at   map[string]int
	keys []string
}

func (n *numbered) number(key string) int {
	if n.at == nil {
		n.at = map[string]int{}
	}
	i, known := n.at[key]
	if !known {
		i = len(n.keys)
		n.at[key] = i
		n.keys = append(n.keys, key)
	}
	return i
}

// picture is what is drawn of an underlay, each thing by its number.
type picture struct {
	ips, fabrics numbered
	groups       numbered         // of clusters that dial the same service IPs, which are the key
	names        map[int][]string // of a group
	lines        numbered         // from a service IP to the underlay, as formats for their labels
	labels       [][]string       // of each line
}

// pictureOf finds out who dials what, and where it leads.
func (c *chart) pictureOf(number int, u fleet.Underlay) *picture {
	p := &picture{names: map[int][]string{}}
	dials := map[int][]string{} // of a member
	for _, e := range u.Entries {
		ip := e.ServiceIP.String()
		f := fabric(e.Service)
		if e.Kind == linklocal.VRouter {
			f += ": the vRouter agent of every compute node"
		}
		line := p.lines.number(fmt.Sprintf("s%d_%d -->|%%s| f%d_%d", number, p.ips.number(ip), number, p.fabrics.number(f)))
		if line == len(p.labels) {
			p.labels = append(p.labels, nil)
		}
		p.labels[line] = append(p.labels[line], fmt.Sprintf("%d %s", e.ServicePort, e.Name))
		for _, m := range e.Members {
			if !slices.Contains(dials[m], ip) {
				dials[m] = append(dials[m], ip)
			}
		}
	}
	for _, m := range u.Members {
		g := p.groups.number(strings.Join(dials[m], " "))
		p.names[g] = append(p.names[g], c.configs[m].Name)
	}
	return p
}

func (c *chart) underlay(number int, u fleet.Underlay) {
	p := c.pictureOf(number, u)
	fmt.Fprintf(&c.b, "  subgraph n%d[\"nested clusters\"]\n", number)
	for g := range p.groups.keys {
		list := p.names[g]
		if len(list) > maxNames {
			list = append(slices.Clone(list[:maxNames]), fmt.Sprintf("and %d more", len(list)-maxNames))
		}
		fmt.Fprintf(&c.b, "    c%d_%d[%s]\n", number, g, label(list...))
	}
	c.b.WriteString("  end\n")
	fmt.Fprintf(&c.b, "  subgraph l%d[\"service IPs\"]\n", number)
	for i, ip := range p.ips.keys {
		fmt.Fprintf(&c.b, "    s%d_%d([%s])\n", number, i, label(ip))
	}
	c.b.WriteString("  end\n")
	fmt.Fprintf(&c.b, "  subgraph u%d[%s]\n", number, label(title(u)))
	for i, f := range p.fabrics.keys {
		fmt.Fprintf(&c.b, "    f%d_%d[%s]\n", number, i, label(f))
	}
	c.b.WriteString("  end\n")
	for g, key := range p.groups.keys {
		for ip := range strings.FieldsSeq(key) {
			fmt.Fprintf(&c.b, "  c%d_%d --> s%d_%d\n", number, g, number, p.ips.number(ip))
		}
	}
	for i, line := range p.lines.keys {
		fmt.Fprintf(&c.b, "  "+line+"\n", label(p.labels[i]...))
	}
}

// label is text in quotes with what Mermaid and HTML would read as their own
// written as entities. %%{ begins a directive even within quotes, and $$ a formula.
func label(lines ...string) string {
	escape := strings.NewReplacer("#", "#35;", `"`, "#quot;", "&", "#amp;", "<", "#lt;", ">", "#gt;", "`", "#96;", "%", "#37;", "$", "#36;")
	escaped := make([]string, len(lines))
	for i, l := range lines {
		escaped[i] = escape.Replace(l)
	}
	return `"` + strings.Join(escaped, "<br/>") + `"`
}
