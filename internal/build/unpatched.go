package build

import (
	"fmt"
	"slices"

	"sigs.k8s.io/kustomize/api/resource"
)

// A NestedConfig under generators: is no resource, so a patch or a replacement that selects one finds nothing there, and kustomize goes on: the
// cluster is built without the change.

// selects notes which fields of k select NestedConfigs.
func (k *kustomization) selects(tree map[string]any) {
	if tree["kind"] == "Component" {
		return // what it gets is known to whoever lists it
	}
	at := func(field string, selector any) {
		if m, ok := selector.(map[string]any); ok && m["kind"] == "NestedConfig" {
			k.b.selectors = append(k.b.selectors, selecting{k, field})
		}
	}
	for _, field := range []string{"patches", "patchesJson6902"} {
		for i, p := range mappings(tree, field) {
			at(fmt.Sprintf("%s[%d].target", field, i), p["target"])
		}
	}
	for i, r := range mappings(tree, "replacements") {
		for j, t := range mappings(r, "targets") {
			at(fmt.Sprintf("replacements[%d].targets[%d].select", i, j), t["select"])
		}
	}
}

// selecting is a field that selects NestedConfigs.
type selecting struct {
	k     *kustomization
	field string
}

func mappings(tree map[string]any, field string) (found []map[string]any) {
	list, _ := tree[field].([]any)
	for _, e := range list {
		m, _ := e.(map[string]any)
		found = append(found, m) // nil for what kustomize will refuse
	}
	return found
}

// refuseUnpatched refuses the fields that select NestedConfigs where there are none.
func (b *builder) refuseUnpatched() {
	for _, s := range b.selectors {
		m, err := s.k.others()
		if err != nil {
			continue // which the build has said already
		}
		if !slices.ContainsFunc(m.Resources(), func(r *resource.Resource) bool { return r.GetKind() == "NestedConfig" }) {
			b.problem(s.k.path, s.field, "selects no NestedConfig: one under generators is no resource; change it in its file, or patch it in a directory that generators names")
		}
	}
}
