package fn

import (
	"maps"
	"slices"

	"github.com/nested-config/nested-config/fn/config"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// stale are the resources that were written and are no longer wanted. Resources of
// a deleted config are pruned, unless no config is left in the package: then the
// list may show only a part of it.
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
