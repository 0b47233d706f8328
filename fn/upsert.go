package fn

import (
	"fmt"
	"maps"
	"path"
	"slices"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/manifest"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// upsert puts the rendered resources into files: what is there is updated where
// it stands, what is new gets a file of its own beside its config, and what is
// no longer wanted goes.
func (l *list) upsert() {
	held := map[string]holdings{}
	for _, m := range l.members {
		if _, known := held[m.pkg]; !known {
			held[m.pkg] = l.holdings(m.pkg)
		}
	}
	if len(l.members) == 0 {
		pkg := l.packages.at(path.Join(slashed(l.own), "config"))
		held[pkg] = l.holdings(pkg)
	}
	replaced := map[*yaml.RNode]*yaml.RNode{}
	var added []*yaml.RNode
	for _, m := range l.members {
		c := changes{member: m, holdings: held[m.pkg], replaced: replaced}
		for _, r := range m.rendered {
			l.place(&c, r)
		}
		l.checkPackages(c)
		l.checkView(c)
		added = append(added, c.added...)
	}
	if l.failed {
		return
	}
	stale := l.stale(held, replaced)
	l.rl.Items = append(remaining(l.rl.Items, replaced, stale), added...)
	l.tell(held, stale)
}

// appendAll puts what is rendered behind the items.
func (l *list) appendAll() {
	foreign := map[string]*yaml.RNode{}
	for _, item := range l.rl.Items {
		foreign[identity(item)] = item
	}
	var added []*yaml.RNode
	for _, m := range l.members {
		for _, r := range m.rendered {
			if other := foreign[identity(r)]; other != nil {
				l.conflict(m, r, other, "already exists and is not of this NestedConfig")
			}
		}
		added = append(added, m.rendered...)
	}
	if !l.failed {
		l.rl.Items = append(l.rl.Items, added...)
	}
}

// changes are what becomes of the resources of a config.
type changes struct {
	*member
	holdings
	old      []*yaml.RNode               // what was written for it before and is still rendered
	replaced map[*yaml.RNode]*yaml.RNode // what takes the place of what, for all configs
	added    []*yaml.RNode
}

// place decides where a resource goes.
func (l *list) place(c *changes, r *yaml.RNode) {
	if other := c.foreign[identity(r)]; other != nil {
		l.conflict(c.member, r, other, notOurs(other))
		return
	}
	if old := current(c.owned[ownedKey(c.config.Name, r.GetKind(), r.GetName())], r.GetNamespace()); old != nil {
		annotate(r, c.config.Name, kept(old))
		keepQuotes(r, old)
		c.replaced[old] = r
		c.old = append(c.old, old)
		return
	}
	p := c.target(r)
	for _, other := range c.files[p] {
		if slices.Contains(c.foreigners(), other) {
			l.conflict(c.member, r, other, "would be written to "+p+", which holds a resource that is not of this NestedConfig")
			return
		}
	}
	// Behind what else of ours was merged into that file.
	annotate(r, c.config.Name, l.newFile(p, len(c.files[p])))
	c.added = append(c.added, r)
}

// target is the file for a new resource.
func (m *member) target(r *yaml.RNode) string {
	return path.Join(path.Dir(m.path), m.config.Name, manifest.FileName(r.GetKind(), r.GetName()))
}

// foreigners are the values of foreign.
func (h holdings) foreigners() []*yaml.RNode { return slices.Collect(maps.Values(h.foreign)) }

// current is the one of several copies that is updated: that in the namespace, or
// the first.
func current(copies []*yaml.RNode, namespace string) *yaml.RNode {
	for _, n := range copies {
		if n.GetNamespace() == namespace {
			return n
		}
	}
	if len(copies) > 0 {
		return copies[0]
	}
	return nil
}

// notOurs says why a resource is somebody else's. One with our label and without an
// owner was rendered by a call that saw no files, such as kpt fn eval --fn-config
// over an empty directory, where kpt chose the names of the files.
func notOurs(n *yaml.RNode) string {
	if ownerOf(n) == "" && n.GetLabels()["app.kubernetes.io/managed-by"] == "nested-config" {
		return "already exists and has no annotation " + Owner + ", as if rendered without the files of this package"
	}
	return "already exists and is not of this NestedConfig"
}

func (l *list) conflict(m *member, r, other *yaml.RNode, why string) {
	at := ""
	if f := file(other); f != nil {
		at = " in " + f.Path
	}
	l.report(m.node, config.Problem{
		Severity: config.Error,
		Message:  fmt.Sprintf("%s %s%s %s: rename or remove the other one (%s %s)", r.GetKind(), r.GetName(), at, why, other.GetKind(), other.GetName()),
	})
}
