package fn

//lint:file-ignore SA1019 kpt and older kustomize know items by the legacy annotations alone

import (
	"fmt"
	"path"
	"strings"

	"github.com/nested-config/nested-config/fn/config"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Owner is the annotation of what was written into files: the name of its
// NestedConfig. What carries it is updated and deleted by us, nothing else is.
const Owner = config.Group + "/owner"

// upsert puts the rendered resources into files: what is there is updated where
// it stands, what is new gets a file of its own beside its config, and what is
// no longer wanted goes.
func (l *list) upsert() {
	h := l.holdings()
	replaced := map[*yaml.RNode]*yaml.RNode{}
	var added []*yaml.RNode
	for _, m := range l.members {
		for _, r := range m.rendered {
			old := h.owned[ownedKey(m.config.Name, r)]
			switch other := h.foreign[identity(r)]; {
			case other != nil:
				l.conflict(m, r, other, "is there already and is not ours")
			case old != nil:
				annotate(r, m.config.Name, kept(old))
				keepQuotes(r, old)
				replaced[old] = r
			default:
				p := path.Join(path.Dir(m.path), m.config.Name, strings.ToLower(r.GetKind())+"-"+r.GetName()+".yaml")
				if other := h.files[p]; other != nil {
					l.conflict(m, r, other, "would be written to "+p+", where somebody else's resource stands")
					continue
				}
				annotate(r, m.config.Name, l.place(p))
				added = append(added, r)
			}
		}
	}
	if !l.failed {
		l.rl.Items = append(l.remaining(replaced), added...)
	}
}

// holdings are what our package holds: what was written before, by owner, kind
// and name, and what is somebody else's, by its identity in a cluster and by its
// file.
type holdings struct{ owned, foreign, files map[string]*yaml.RNode }

func (l *list) holdings() holdings {
	h := holdings{map[string]*yaml.RNode{}, map[string]*yaml.RNode{}, map[string]*yaml.RNode{}}
	for _, item := range l.rl.Items {
		if item.GetAnnotations()[packagePath] != l.own {
			continue
		}
		if owner := ownerOf(item); owner != "" {
			h.owned[ownedKey(owner, item)] = item
			continue
		}
		h.foreign[identity(item)] = item
		if f := file(item); f != nil {
			h.files[path.Clean(f.Path)] = item
		}
	}
	return h
}

// remaining are the items in their order: with what replaces them, without what
// is ours and no longer wanted. Whose config is gone goes too, but only where
// another config stands in the package: without any, nobody here can say.
func (l *list) remaining(replaced map[*yaml.RNode]*yaml.RNode) []*yaml.RNode {
	names, inFiles := map[string]bool{}, false
	for _, m := range l.members {
		names[m.config.Name] = true
		inFiles = inFiles || m.item
	}
	items := make([]*yaml.RNode, 0, len(l.rl.Items))
	for _, item := range l.rl.Items {
		owner := ownerOf(item)
		switch {
		case owner == "" || item.GetAnnotations()[packagePath] != l.own:
			items = append(items, item)
		case replaced[item] != nil:
			items = append(items, replaced[item])
		case !names[owner] && !inFiles:
			items = append(items, item)
		}
	}
	return items
}

// place is a new file of our package.
func (l *list) place(p string) map[string]string {
	a := map[string]string{
		kioutil.PathAnnotation: p, kioutil.LegacyPathAnnotation: p,
		kioutil.IndexAnnotation: "0", kioutil.LegacyIndexAnnotation: "0",
	}
	if l.own != "" {
		a[packagePath] = l.own
	}
	return a
}

// ownerOf is the config that a resource was written for, "" for somebody else's.
// A config is never written, whatever annotation it was copied with.
func ownerOf(n *yaml.RNode) string {
	if ours(n, config.Kind) || ours(n, config.FleetCheckKind) {
		return ""
	}
	return n.GetAnnotations()[Owner]
}

// ownedKey leaves the namespace out: a later function may have changed it.
func ownedKey(owner string, n *yaml.RNode) string {
	return owner + " " + n.GetKind() + " " + n.GetName()
}

func identity(n *yaml.RNode) string {
	group, _, ok := strings.Cut(n.GetApiVersion(), "/")
	if !ok {
		group = ""
	}
	return group + " " + n.GetKind() + " " + n.GetNamespace() + " " + n.GetName()
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
		case strings.HasPrefix(k, "internal.config.kubernetes.io/"), strings.HasPrefix(k, "internal.kpt.dev/"),
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
	annotations := func(n *yaml.RNode) []*yaml.Node {
		a := n.Field(yaml.MetadataField).Value.Field(yaml.AnnotationsField)
		if a == nil {
			return nil
		}
		return a.Value.Content()
	}
	before := annotations(old)
	for i := 0; i+1 < len(before); i += 2 {
		styles[before[i].Value+"="+before[i+1].Value] = before[i+1].Style
	}
	now := annotations(n)
	for i := 0; i+1 < len(now); i += 2 {
		if style, ok := styles[now[i].Value+"="+now[i+1].Value]; ok {
			now[i+1].Style = style
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
