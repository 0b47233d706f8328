package build

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// A NestedConfig under resources: renders nothing: kustomize takes it for a resource, and drops it at the end. That is right where something else
// takes it from there: a generators: that names the directory, another kustomization that lists the same file, a FleetCheck. It is an error where the
// build ends and nothing has, because then a cluster is missing from the result, and whatever prunes by the result would delete it.

// listed is where a file stands under resources.
type listed struct{ path, field string }

// config names a document of ours in a file.
type config struct{ file, kind, name string }

// unused is a config that has been read, and where its file is listed.
type unused struct {
	config
	listed
}

// noteListed remembers where a file stands under resources.
func (k *kustomization) noteListed(t setting) {
	file := resolved(k.b.real(filepath.Join(k.dir, t.value)))
	if _, ok := k.b.listed[file]; !ok {
		k.b.listed[file] = listed{k.path, t.field}
	}
}

// saw notes the configs in a file that is listed under resources.
func (b *builder) saw(path string, content []byte) {
	file := resolved(path)
	where, ok := b.listed[file]
	if !ok || !bytes.Contains(content, []byte(group)) && !bytes.Contains(content, []byte("NestedConfig")) {
		return
	}
	for _, doc := range documents(content) {
		r := yaml.NewRNode(doc)
		meta, err := r.GetMeta()
		if err != nil || meta.Kind != "NestedConfig" && !ours(meta.APIVersion, meta.Kind) { // a misspelt group is nobody else's
			continue
		}
		c := config{file, meta.Kind, meta.Name}
		b.now = append(b.now, c)
		if !slices.ContainsFunc(b.seen, func(u unused) bool { return u.config == c }) {
			b.seen = append(b.seen, unused{c, where})
		}
	}
}

func ours(apiVersion, kind string) bool {
	g, _, _ := strings.Cut(apiVersion, "/")
	return g == group && (kind == "NestedConfig" || kind == "FleetCheck")
}

// use notes that a generator or transformer of k has taken a config. Its name may be another than in the file by then.
func (k *kustomization) use(r *resource.Resource) {
	o, err := r.GetOrigin()
	if err != nil || o == nil {
		return
	}
	file := resolved(k.b.real(filepath.Join(k.dir, o.Path)))
	for _, u := range k.b.seen {
		if u.file == file && u.kind == r.GetKind() {
			k.b.used[u.config] = true
		}
	}
}

// refuseLost refuses the configs that nothing has taken.
func (b *builder) refuseLost() {
	for _, u := range b.seen {
		if b.used[u.config] {
			continue
		}
		field := "generators"
		if u.kind == "FleetCheck" {
			field = "transformers"
		}
		b.problem(u.path, u.field, "%s %s: renders nothing under resources: list it under %s", u.kind, u.name, field)
	}
}

// resolved is a path of the disk without symlinks, or as it is where there is no such file.
func resolved(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}
