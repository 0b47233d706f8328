package build

//lint:file-ignore SA1019 kpt and older kustomize know items by the legacy annotations alone

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"

	"sigs.k8s.io/kustomize/api/provider"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

const idAnnotation = "kustomize.config.k8s.io/id" // kustomize puts it on what a transformer gets, to know its own again

// resolveTransformers runs the configs of ours under transformers:, in order. Each sees the resources as kustomize has them at that point, by
// an inner build of everything before it. Two things differ from what kustomize itself would send: names have got their hashes already,
// and kustomize's own bookkeeping annotations are gone. The function may add resources and must leave the others alone.
func (k *kustomization) resolveTransformers() {
	var before []string
	todo := k.plugins("transformers")
	for len(todo) > 0 {
		e := todo[0]
		todo = todo[1:]
		configs, builtin := k.configs(e)
		if builtin {
			before = append(before, e.text)
		}
		if len(configs) == 0 {
			continue
		}
		if k.isComponent() {
			k.b.problem(k.path, e.field, "a component cannot hold %s: it would see the resources of the kustomization that uses it; list it in the kustomization that "+
				"uses the component", configs[0].GetKind())
			continue
		}
		k.b.transformed = true
		if added := k.transform(e.field, before, configs); len(added) > 0 {
			k.wrap(before, added, configs[0])
			before = nil
		}
	}
	k.set("transformers", before)
}

func (k *kustomization) isComponent() bool {
	kind := k.doc.Field("kind")
	return kind != nil && kind.Value.YNode().Value == "Component"
}

// transform runs the function for the configs of one entry on the resources as they are after the transformers before it, and returns what
// it adds.
func (k *kustomization) transform(field string, before []string, configs []*resource.Resource) []byte {
	problems := len(k.b.problems)
	k.b.now = nil
	m, err := k.state(before)
	if err != nil {
		if !k.b.consequence(err, problems) {
			k.b.problem(k.path, field, "%w", err)
		}
		return nil
	}
	for _, c := range k.b.now { // the function gets them, wherever below k they are listed
		k.b.used[c] = true
	}
	var added [][]byte
	for _, c := range configs {
		more, err := k.b.additions(c, m)
		if err != nil {
			k.b.functionProblem(k.path, field, c, err)
		}
		added = append(added, more...)
	}
	return bytes.Join(added, []byte("---\n"))
}

// state builds k up to some of its transformers.
func (k *kustomization) state(transformers []string) (resmap.ResMap, error) {
	cut := &kustomization{b: k.b, path: k.path, dir: k.dir, doc: k.doc.Copy()}
	for _, field := range []string{"validators", "sortOptions", "buildMetadata"} {
		_ = cut.doc.PipeE(yaml.Clear(field))
	}
	cut.set("transformers", append(slices.Clone(transformers), keepLocal))
	return cut.inner()
}

// additions calls the function on m and returns what it adds.
func (b *builder) additions(config *resource.Resource, m resmap.ResMap) ([][]byte, error) {
	functionConfig, err := functionConfigOf(config)
	if err != nil {
		return nil, err
	}
	sent, text, err := numbered(m)
	if err != nil {
		return nil, err
	}
	out, err := b.call(functionConfig, text)
	if err != nil {
		return nil, err
	}
	results, err := provider.NewDefaultDepProvider().GetResourceFactory().SliceFromBytes(out)
	if err != nil {
		return nil, err
	}
	var added [][]byte
	for _, r := range results {
		id, text, err := unnumbered(r)
		if err != nil {
			return nil, err
		}
		if id == "" {
			added = append(added, []byte(text))
		} else if sent[id] != text {
			return nil, fmt.Errorf("the function changed %s %s, which this build cannot take over", r.GetKind(), r.GetName())
		}
		delete(sent, id)
	}
	if len(sent) > 0 {
		return nil, fmt.Errorf("the function removed %d resources, which this build cannot take over", len(sent))
	}
	return added, nil
}

// numbered returns the resources of m by number, and all of them as the function gets them, with their numbers on them.
func numbered(m resmap.ResMap) (map[string]string, []byte, error) {
	items := m.DeepCopy()
	sent := map[string]string{}
	for i, r := range items.Resources() {
		text, err := r.AsYAML()
		if err != nil {
			return nil, nil, err
		}
		id := fmt.Sprint(i)
		sent[id] = string(text)
		a := r.GetAnnotations()
		a[idAnnotation] = id
		if err := r.SetAnnotations(a); err != nil {
			return nil, nil, err
		}
	}
	text, err := items.AsYaml()
	return sent, text, err
}

// unnumbered returns the number of a resource, if it has one, and its text without it and without the paths that the pipeline gives to all.
func unnumbered(r *resource.Resource) (id, text string, err error) {
	a := r.GetAnnotations()
	id = a[idAnnotation]
	for _, key := range []string{idAnnotation, kioutil.PathAnnotation, "config.kubernetes.io/path"} {
		delete(a, key)
	}
	if err := r.SetAnnotations(a); err != nil {
		return "", "", err
	}
	bytes, err := r.AsYAML()
	return id, string(bytes), err
}

// wrap turns k into a kustomization of two resources, k as it is up to a transformer and what the function added there, with the rest of the
// transformers over them. So what k's own fields do (namespace, images, patches …) does not reach what was added, as in kustomize.
func (k *kustomization) wrap(before []string, added []byte, config *resource.Resource) {
	aliasName := fmt.Sprintf("%s-%d-%s", madeDir, len(k.b.aliases), filepath.Base(k.dir))
	alias := filepath.Join(filepath.Dir(k.dir), aliasName)
	outer := &kustomization{b: k.b, path: k.path, dir: k.dir, doc: yaml.MustParse("kind: Kustomization")}
	for _, field := range []string{"apiVersion", "validators", "vars", "openapi", "sortOptions", "buildMetadata"} {
		if f := k.doc.Field(field); f != nil {
			_ = outer.doc.PipeE(yaml.SetField(field, f.Value))
		}
	}
	for _, field := range []string{"validators", "vars", "sortOptions", "buildMetadata"} {
		_ = k.doc.PipeE(yaml.Clear(field))
	}
	k.set("transformers", before)
	k.b.aliases[alias] = k.b.real(k.dir)
	k.b.rewrites[filepath.Join(alias, filepath.Base(k.path))] = []byte(k.doc.MustString())
	component := outer.component(added, config)
	outer.set("resources", []string{filepath.Join("..", aliasName), filepath.Join(component, resourcesFile)})
	k.doc = outer.doc
}
