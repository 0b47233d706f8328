package fn

//lint:file-ignore SA1019 kpt and older kustomize know items by the legacy annotations alone

import (
	"fmt"
	"path"
	"strings"

	"nested-config/fn/config"
	"nested-config/fn/krm"

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
	// First, see what our package holds.
	owned := map[string]*yaml.RNode{}   // by owner, kind and name
	foreign := map[string]*yaml.RNode{} // by identity in a cluster
	files := map[string]*yaml.RNode{}   // by path, what is not ours
	for _, item := range l.rl.Items {
		a := item.GetAnnotations()
		if a[packagePath] != l.own {
			continue
		}
		if owner := ownerOf(item); owner != "" {
			owned[ownedKey(owner, item)] = item
			continue
		}
		foreign[identity(item)] = item
		if f := file(item); f != nil {
			files[path.Clean(f.Path)] = item
		}
	}

	// Next, match what is wanted with it.
	replaced := map[*yaml.RNode]*yaml.RNode{}
	names := map[string]bool{}
	inFiles := false
	var added []*yaml.RNode
	for _, m := range l.members {
		names[m.config.Name] = true
		inFiles = inFiles || m.item
		for _, r := range m.rendered {
			if other := foreign[identity(r)]; other != nil {
				l.conflict(m, r, other, "is there already and is not ours")
				continue
			}
			if old := owned[ownedKey(m.config.Name, r)]; old != nil {
				annotate(r, m.config.Name, kept(old))
				replaced[old] = r
				continue
			}
			p := path.Join(path.Dir(m.path), m.config.Name, strings.ToLower(r.GetKind())+"-"+r.GetName()+".yaml")
			if other := files[p]; other != nil {
				l.conflict(m, r, other, "would be written to "+p+", where somebody else's resource stands")
				continue
			}
			place := map[string]string{
				kioutil.PathAnnotation: p, kioutil.LegacyPathAnnotation: p,
				kioutil.IndexAnnotation: "0", kioutil.LegacyIndexAnnotation: "0",
			}
			if l.own != "" {
				place[packagePath] = l.own
			}
			annotate(r, m.config.Name, place)
			added = append(added, r)
		}
	}
	if l.failed {
		return
	}

	// Last, rewrite the items in their order.
	items := make([]*yaml.RNode, 0, len(l.rl.Items)+len(added))
	for _, item := range l.rl.Items {
		a := item.GetAnnotations()
		owner := ownerOf(item)
		switch {
		case owner == "" || a[packagePath] != l.own:
			items = append(items, item)
		case replaced[item] != nil:
			items = append(items, replaced[item])
		case names[owner] || inFiles:
			// Ours, and no longer wanted: its config changed, was renamed or is gone.
		default:
			items = append(items, item)
		}
	}
	l.rl.Items = append(items, added...)
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
	l.report(krm.Error, m.node, config.Problem{
		Message: fmt.Sprintf("%s %s%s %s: rename or remove the other one (%s %s)", r.GetKind(), r.GetName(), at, why, other.GetKind(), other.GetName()),
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
