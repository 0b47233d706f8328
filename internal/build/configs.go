package build

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/provider"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/nested-config/nested-config/internal/fetch"
)

// keepLocal hides the annotation that makes kustomize drop a resource at the end of a build, for builds whose resources are wanted whole.
const keepLocal = `apiVersion: builtin
kind: PatchTransformer
metadata: {name: keep-local-config}
target: {annotationSelector: config.kubernetes.io/local-config}
patch: |-
  - op: move
    from: /metadata/annotations/config.kubernetes.io~1local-config
    path: /metadata/annotations/` + hiddenLocal + "\n"

const hiddenLocal = "nested-config.build.local-config"

// maxNesting bounds generators whose configs come from kustomizations with generators of their own.
const maxNesting = 16

// plugin is one entry of generators:, transformers: or validators:.
type plugin struct {
	field  string // "generators[0]"
	text   string
	inline resmap.ResMap // nil for a path
}

// plugins returns the entries of a field in the order in which kustomize takes them: those with their config inline before those that name a
// file or a kustomization.
func (k *kustomization) plugins(field string) []plugin {
	var inline, paths []plugin
	for i, text := range k.list(field) {
		e := plugin{field: fmt.Sprintf("%s[%d]", field, i), text: text}
		if m, err := readFrom([]byte(text), filepath.Base(k.path)); err == nil {
			e.inline = m
			inline = append(inline, e)
		} else {
			paths = append(paths, e)
		}
	}
	return append(inline, paths...)
}

// configs loads the plugin configs that an entry stands for, exactly as kustomize does: inline text, a file, or a kustomization, local or
// remote. It returns them if all are ours; builtin reports that all are kustomize's own. Anything else, and an entry that does not load, is a
// problem.
func (k *kustomization) configs(e plugin) (ours []*resource.Resource, builtin bool) {
	m := e.inline
	if m == nil {
		var err error
		before := len(k.b.problems)
		if m, err = k.load(e.text); err != nil {
			if !k.b.consequence(err, before) {
				k.b.problem(k.path, e.field, "%w", err)
			}
			return nil, false
		}
	}
	var own, foreign int
	for _, r := range m.Resources() {
		switch gvk := r.GetGvk(); {
		case gvk.Group == group && (gvk.Kind == "NestedConfig" || gvk.Kind == "FleetCheck"):
			ours = append(ours, r)
			if e.inline == nil {
				k.use(r)
			}
		case gvk.Group == "" && gvk.Version == konfig.BuiltinPluginApiVersion && gvk.Kind != "HelmChartInflationGenerator":
			own++
			if !k.admits(e, r) {
				foreign++
			}
		default:
			k.b.problem(k.path, e.field, "%s %s %s: build runs no function but NestedConfig and FleetCheck, and no plugin; remove the entry, or run it "+
				"first and list what it writes under resources", r.GetKind(), r.GetName(), wish(r))
			foreign++
		}
	}
	if own > 0 && len(ours) > 0 {
		k.b.problem(k.path, e.field, "holds both NestedConfigs and plugins of kustomize: list them in separate entries")
		foreign++
	}
	if foreign > 0 {
		return nil, false
	}
	return ours, own > 0
}

// admits refuses the config of one of kustomize's own plugins that names what lies elsewhere, or holds YAML that nobody should work on.
func (k *kustomization) admits(e plugin, r *resource.Resource) bool {
	tree, err := r.Map()
	if err != nil {
		k.b.problem(k.path, e.field, "%w", err)
		return false
	}
	admitted := true
	for _, path := range nulls(tree, "") {
		k.b.problem(k.path, e.field, "%s %s: %s: %s", r.GetKind(), r.GetName(), path, hasNoValue)
		admitted = false
	}
	for _, t := range texts(tree, pluginUses) {
		k.noteData(t, r.GetKind() == "SecretGenerator")
		var err error
		if isRemote(t.value, t.use) {
			err = fmt.Errorf("%q: is remote: a plugin of kustomize may read only local files; use the field of the kustomization", fetch.Shown(t.value))
		} else if t.use == inline || t.use == patch {
			err = k.b.guard([]byte(t.value), true)
		}
		if err != nil {
			k.b.problem(k.path, e.field, "%s %s: %s: %w", r.GetKind(), r.GetName(), t.field, err)
			admitted = false
		}
	}
	return admitted
}

// load builds the kustomization or reads the file that an entry names, in the directory and under the restrictions of k.
func (k *kustomization) load(entry string) (resmap.ResMap, error) {
	if path := filepath.Join(k.dir, entry); !strings.Contains(entry, ":") && !(&view{FileSystem: k.b.disk, b: k.b}).Exists(path) {
		if !isName(entry) {
			return nil, errors.New("is neither a plugin in YAML nor the name of a file")
		}
		return nil, fmt.Errorf("%q: does not exist: name a file or a directory, or write the plugin here as YAML", entry)
	}
	if m := k.file(entry); m != nil {
		return m, nil
	}
	return k.built(entry)
}

// built lets kustomize build what an entry names.
func (k *kustomization) built(entry string) (resmap.ResMap, error) {
	alone := &kustomization{b: k.b, path: k.path, dir: k.dir, doc: yaml.MustParse("buildMetadata: [originAnnotations]")}
	alone.set("resources", []string{entry})
	alone.set("transformers", []string{keepLocal})
	return alone.inner()
}

// file reads the resources of a file below k as kustomize does, without the run of kustomize that a directory takes: that is a sixth of a
// build. It returns nil for everything else, a file with a fault among it, which is for kustomize to judge.
func (k *kustomization) file(entry string) resmap.ResMap {
	v := &view{FileSystem: k.b.disk, b: k.b}
	path := filepath.Join(k.dir, entry)
	if filepath.IsAbs(entry) || isKustomization(path) || v.IsDir(path) {
		return nil
	}
	root, _, err := v.CleanedAbs(k.dir)
	if err != nil {
		return nil
	}
	dir, name, err := v.CleanedAbs(path)
	if err != nil || !below(string(dir), string(root)) {
		return nil // outside, by a link or by its name: kustomize knows the restrictions
	}
	content, err := v.ReadFile(dir.Join(name))
	if err != nil {
		return nil
	}
	m, err := readFrom(content, filepath.Clean(entry))
	if err != nil {
		return nil
	}
	return m
}

// readResources reads resources as kustomize does.
func readResources(text []byte) (resmap.ResMap, error) {
	return resmap.NewFactory(provider.NewDefaultDepProvider().GetResourceFactory()).NewResMapFromBytes(text)
}

// readFrom is readResources for a text in a file, which becomes the origin of each resource.
func readFrom(text []byte, file string) (resmap.ResMap, error) {
	m, err := readResources(text)
	if err != nil {
		return nil, err
	}
	for _, r := range m.Resources() {
		// An origin is an annotation, and setting one on a mapping cannot fail.
		_ = r.SetOrigin(&resource.Origin{Path: file})
	}
	return m, nil
}

// inner builds the directory of k with k in place of its kustomization file, in the order of the entries, and gives back the annotation that
// keepLocal hid.
func (k *kustomization) inner() (resmap.ResMap, error) {
	if k.b.depth >= maxNesting {
		return nil, fmt.Errorf("generators are nested more than %d deep: list the innermost directly", maxNesting)
	}
	k.b.depth++
	defer func() { k.b.depth-- }()
	v := &view{FileSystem: k.b.disk, b: k.b, overrides: map[string][]byte{k.path: []byte(k.doc.MustString())}}
	m, err := k.b.kustomize(v, k.dir, k.b.options.Restrictions, krusty.ReorderOptionNone)
	if err != nil {
		return nil, err
	}
	for _, r := range m.Resources() {
		a := r.GetAnnotations()
		if value, ok := a[hiddenLocal]; ok {
			delete(a, hiddenLocal)
			a[konfig.IgnoredByKustomizeAnnotation] = value
			if err := r.SetAnnotations(a); err != nil {
				return nil, err
			}
		}
	}
	return m, nil
}
