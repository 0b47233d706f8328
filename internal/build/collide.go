package build

import (
	"path/filepath"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/resid"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// written is what the function wrote for one config.
type written struct {
	k      *kustomization
	field  string
	config *resource.Resource
	ids    func() []resid.ResId // read at the first call, which most builds do without
}

// add notes what the function wrote, and reports whether nothing of it was written for a generator of the same kustomization before.
func (k *kustomization) add(field string, config *resource.Resource, text []byte) bool {
	w := written{k, field, config, sync.OnceValue(func() []resid.ResId { return idsOf(text) })}
	for _, other := range k.b.written {
		if other.k != k {
			continue
		}
		if id, ok := other.has(w.ids()...); ok {
			k.b.problem(k.path, field, "%s %s writes %s, which %s %s under %s writes too", config.GetKind(), config.GetName(), shownID(id),
				other.config.GetKind(), other.config.GetName(), other.field)
			return false
		}
	}
	k.b.written = append(k.b.written, w)
	return true
}

// idsOf returns the ids of resources, and none where kustomize will say what is wrong with them.
func idsOf(text []byte) []resid.ResId {
	m, err := readResources(text)
	if err != nil {
		return nil
	}
	return m.AllIds()
}

// has returns the first of some ids that is among those that were written.
func (w written) has(ids ...resid.ResId) (resid.ResId, bool) {
	for _, mine := range w.ids() {
		for _, id := range ids {
			if mine.Equals(id) {
				return id, true
			}
		}
	}
	return resid.ResId{}, false
}

func shownID(id resid.ResId) string {
	if id.Namespace == "" {
		return id.Kind + " " + id.Name
	}
	return id.Kind + " " + id.Namespace + "/" + id.Name
}

// explain adds to kustomize's error that an id exists already where its two resources come from, in words of the user: kustomize knows one of them
// by a file that exists for this build only.
func (b *builder) explain(err error) {
	if !strings.Contains(whole(err), "already registered id") {
		return
	}
	for _, w := range b.written {
		m, failure := w.k.others()
		if failure != nil {
			continue
		}
		for _, r := range m.Resources() {
			if id, ok := w.has(r.CurId()); ok {
				b.problem(w.k.path, w.field, "%s %s writes %s, which is already in %s; take it out there", w.config.GetKind(), w.config.GetName(), shownID(id), w.k.whence(r))
			}
		}
	}
	if len(b.problems) > 0 {
		return
	}
	for _, w := range b.written { // the other is in a kustomization further up or down
		for _, id := range w.ids() {
			if strings.Contains(whole(err), id.String()) {
				b.problem(w.k.path, w.field, "%s %s writes %s, which another kustomization of this build has already: %s", w.config.GetKind(),
					w.config.GetName(), shownID(id), strings.ReplaceAll(err.Error(), "\n", " "))
			}
		}
	}
}

// others builds what k has without what the function wrote for it, before anything is changed by it.
func (k *kustomization) others() (resmap.ResMap, error) {
	cut := &kustomization{b: k.b, path: k.path, dir: k.dir, doc: yaml.MustParse("buildMetadata: [originAnnotations]\ngeneratorOptions: {disableNameSuffixHash: true}")}
	for _, field := range []string{"apiVersion", "kind", "resources", "bases", "configMapGenerator", "secretGenerator", "generators", "components"} {
		if f := k.doc.Field(field); f != nil {
			if err := cut.doc.PipeE(yaml.SetField(field, f.Value.Copy())); err != nil {
				return nil, err
			}
		}
	}
	var components []string
	for _, c := range cut.list("components") {
		if _, ours := k.b.made[filepath.Join(k.b.real(k.dir), c, "kustomization.yaml")]; !ours {
			components = append(components, c)
		}
	}
	cut.set("components", components)
	cut.set("transformers", []string{keepLocal})
	return cut.inner()
}

// whence says where a resource of k comes from.
func (k *kustomization) whence(r *resource.Resource) string {
	o, err := r.GetOrigin()
	if err != nil || o == nil {
		return k.b.name(k.path)
	}
	if o.ConfiguredIn != "" {
		return o.ConfiguredBy.Kind + " of " + k.b.name(filepath.Join(k.dir, o.ConfiguredIn))
	}
	return k.b.name(filepath.Join(k.dir, o.Path))
}
