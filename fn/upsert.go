package fn

//lint:file-ignore SA1019 kpt and older kustomize know items by the legacy annotations alone

import (
	"fmt"
	"iter"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/manifest"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
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

// changes are what becomes of the resources of a config.
type changes struct {
	member
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
			l.conflict(c.member, r, other, "would be written to "+p+", where somebody else's resource stands")
			return
		}
	}
	// Behind what else of ours was merged into that file.
	annotate(r, c.config.Name, l.newFile(p, len(c.files[p])))
	c.added = append(c.added, r)
}

// target is the file for a new resource.
func (m member) target(r *yaml.RNode) string {
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

// stale is what was written and is no longer wanted. Whose config is gone goes
// too, but only where another config stands among the items of the package:
// without any, nobody here can say.
func (l *list) stale(held map[string]holdings, replaced map[*yaml.RNode]*yaml.RNode) []*yaml.RNode {
	wanted := map[string]bool{} // packages and, in them, owners
	for _, m := range l.members {
		wanted[m.pkg+" "+m.config.Name] = true
		wanted[m.pkg] = wanted[m.pkg] || m.item
	}
	var out []*yaml.RNode
	for _, item := range l.rl.Items {
		if owner := ownerOf(item); owner != "" && l.mine(item) && replaced[item] == nil {
			pkg := l.packages.of(item)
			if (wanted[pkg] || wanted[pkg+" "+owner]) && held[pkg].owns(item) {
				out = append(out, item)
			}
		}
	}
	return out
}

func (h holdings) owns(item *yaml.RNode) bool {
	for _, copies := range h.owned {
		if slices.Contains(copies, item) {
			return true
		}
	}
	return false
}

// remaining are the items in their order, with what replaces them, without what
// is stale.
func remaining(items []*yaml.RNode, replaced map[*yaml.RNode]*yaml.RNode, stale []*yaml.RNode) []*yaml.RNode {
	out := make([]*yaml.RNode, 0, len(items))
	for _, item := range items {
		switch {
		case replaced[item] != nil:
			out = append(out, replaced[item])
		case !slices.Contains(stale, item):
			out = append(out, item)
		}
	}
	return out
}

// tell says what is deleted, and what is kept although it has our annotation.
func (l *list) tell(held map[string]holdings, stale []*yaml.RNode) {
	for _, n := range stale {
		l.report(n, config.Problem{Severity: config.Info, Message: n.GetKind() + " " + n.GetName() + ": is no longer rendered for " + ownerOf(n) + ": deleted"})
	}
	for _, pkg := range slices.Sorted(maps.Keys(held)) {
		for _, n := range held[pkg].claims {
			l.report(n, config.Problem{Severity: config.Warning, Message: n.GetKind() + " " + n.GetName() + ": says that it was rendered for " + ownerOf(n) +
				", which never renders such a resource: it is kept; remove its annotation " + Owner})
		}
	}
}

// newFile is the place of a new document in a file of our package.
func (l *list) newFile(p string, index int) map[string]string {
	i := strconv.Itoa(index)
	a := map[string]string{
		kioutil.PathAnnotation: p, kioutil.LegacyPathAnnotation: p,
		kioutil.IndexAnnotation: i, kioutil.LegacyIndexAnnotation: i,
	}
	if l.own != "" {
		a[packagePath] = l.own
	}
	return a
}

// notOurs says why a resource is somebody else's. One with our label and without an
// owner was rendered by a call that saw no files, such as kpt fn eval --fn-config
// over an empty directory, where kpt chose the names of the files.
func notOurs(n *yaml.RNode) string {
	if ownerOf(n) == "" && n.GetLabels()["app.kubernetes.io/managed-by"] == "nested-config" {
		return "is there already and has no annotation " + Owner + ", as if rendered without the files of this package"
	}
	return "is there already and is not ours"
}

func (l *list) conflict(m member, r, other *yaml.RNode, why string) {
	at := ""
	if f := file(other); f != nil {
		at = " in " + f.Path
	}
	l.report(m.node, config.Problem{
		Severity: config.Error,
		Message:  fmt.Sprintf("%s %s%s %s: rename or remove the other one (%s %s)", r.GetKind(), r.GetName(), at, why, other.GetKind(), other.GetName()),
	})
}

// kept are the annotations by which the orchestrator knows an item again.
func kept(n *yaml.RNode) map[string]string {
	out := map[string]string{}
	for k, v := range n.GetAnnotations() {
		switch {
		case strings.HasPrefix(k, "internal.config.kubernetes.io/"), strings.HasPrefix(k, "internal.kpt.dev/"), k == resourceNumber,
			k == kioutil.LegacyPathAnnotation, k == kioutil.LegacyIndexAnnotation, k == kioutil.LegacyIdAnnotation:
			out[k] = v
		}
	}
	return out
}

// keepQuotes writes the annotations of n in the quotes that they have in old, so
// that a file is not changed for nothing.
func keepQuotes(n, old *yaml.RNode) {
	styles := map[string]yaml.Style{}
	annotations := func(n *yaml.RNode) iter.Seq2[*yaml.Node, *yaml.Node] {
		return yamlnode.Fields(yamlnode.Get(n.YNode(), yaml.MetadataField, yaml.AnnotationsField))
	}
	for key, value := range annotations(old) {
		styles[key.Value+"="+value.Value] = value.Style
	}
	for key, value := range annotations(n) {
		if style, ok := styles[key.Value+"="+value.Value]; ok {
			value.Style = style
		}
	}
}

func annotate(n *yaml.RNode, owner string, more map[string]string) {
	a := n.GetAnnotations()
	for k, v := range more {
		a[k] = v
	}
	a[Owner] = owner
	// Cannot fail: metadata is a mapping that we made.
	if err := n.SetAnnotations(a); err != nil {
		panic(err)
	}
}
