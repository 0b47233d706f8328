package build

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

const (
	group = "nested.opencontrail.org"
	// madeDir is the directory below a kustomization that holds what this build made for it.
	madeDir = ".nested-config.build"
)

// rewrite returns what kustomize is shown in place of the kustomization file at path: the same, with the resources that our function wrote
// where it asks for the function, and what was fetched where it names what lies elsewhere. A file that this package cannot read goes to kustomize as
// it is, for kustomize to complain about. After a refusal the rest of the build goes on, so that all of them are found at once.
func (b *builder) rewrite(path string, content []byte) ([]byte, error) {
	if done, ok := b.rewrites[path]; ok {
		return done, nil
	}
	if err := b.guard(content, false); err != nil {
		return nil, b.fault(path, "%w", err)
	}
	tree, err := parse(content)
	if errors.Is(err, errTwice) {
		return nil, b.fault(path, "%w", err)
	}
	if err != nil || tree == nil {
		return content, nil
	}
	if b.pending[path] {
		b.problem(path, "generators", "leads back to this kustomization: remove the entry that closes the circle")
		return []byte("generators: []\n"), nil
	}
	b.pending[path] = true
	k := &kustomization{b: b, path: path, dir: filepath.Dir(path)}
	k.changed = k.localize(tree)
	k.note(tree)
	k.selects(tree)
	k.refuseNothing(tree)
	if k.doc, err = node(tree); err != nil {
		return nil, b.fault(path, "%w", err)
	}
	k.refuseCharts()
	k.resolveGenerators()
	k.resolveTransformers()
	k.refuseValidators()
	if k.changed {
		k.refuseReadingItself()
		content = []byte(k.doc.MustString())
	}
	b.rewrites[path] = content
	return content, nil
}

// note remembers which files are data, and refuses YAML in the kustomization that nobody should work on.
func (k *kustomization) note(tree map[string]any) {
	k.noteLiterals(tree)
	for _, t := range texts(tree, uses) {
		if strings.HasPrefix(t.field, "resources[") || strings.HasPrefix(t.field, "bases[") {
			k.noteListed(t)
		}
		k.noteData(t, strings.HasPrefix(t.field, "secretGenerator"))
		switch t.use {
		case inline, patch, entry:
			if err := k.b.guard([]byte(t.value), true); err != nil {
				k.b.problem(k.path, t.field, "%w", err)
				t.set("{}")
				k.changed = true
			}
		}
	}
}

// kustomization is one kustomization file while it is rewritten.
type kustomization struct {
	b       *builder
	path    string
	dir     string
	doc     *yaml.RNode
	changed bool
}

// resolveGenerators runs the NestedConfigs under generators:. What they write becomes a component in front of the others: kustomize takes in
// components right after the last generator.
func (k *kustomization) resolveGenerators() {
	var keep, components []string
	for _, e := range k.plugins("generators") {
		configs, builtin := k.configs(e)
		if builtin {
			if len(components) > 0 {
				k.b.problem(k.path, e.field, "is a generator of kustomize after a NestedConfig, and build cannot keep this order: list it in a kustomization of its own")
			}
			keep = append(keep, e.text)
		}
		for _, c := range configs {
			written, err := k.b.generate(c)
			if err != nil {
				k.b.functionProblem(k.path, e.field, c, err)
			} else if len(written) > 0 && k.add(e.field, c, written) {
				components = append(components, k.component(written, c))
			}
		}
	}
	k.set("generators", keep)
	if len(components) > 0 {
		k.set("components", append(components, k.list("components")...))
	}
}

// component makes a component of resources and returns its path relative to the kustomization.
func (k *kustomization) component(resources []byte, from *resource.Resource) string {
	name := filepath.Join(madeDir, fmt.Sprint(len(k.b.made)))
	dir := filepath.Join(k.b.real(k.dir), name)
	k.b.made[filepath.Join(dir, "kustomization.yaml")] = []byte(
		"apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [" + resourcesFile + "]\n")
	k.b.made[filepath.Join(dir, resourcesFile)] = resources
	k.b.origins[filepath.Join(name, resourcesFile)] = from
	return name
}

const resourcesFile = "resources.yaml"

// list returns the strings of a list field of the kustomization.
func (k *kustomization) list(field string) []string {
	list := k.doc.Field(field)
	if list.IsNilOrEmpty() {
		return nil
	}
	var out []string
	for _, n := range list.Value.Content() {
		out = append(out, n.Value)
	}
	return out
}

// set replaces a list field of the kustomization by other entries. An empty list stays one: kustomize refuses a kustomization without any field.
func (k *kustomization) set(field string, entries []string) {
	if slices.Equal(k.list(field), entries) {
		return
	}
	k.changed = true
	list := yaml.NewListRNode(entries...)
	if len(entries) == 0 {
		list.YNode().Style = yaml.FlowStyle
	}
	// The document is a mapping, so setting a field of it cannot fail.
	_, _ = k.doc.Pipe(yaml.SetField(field, list))
}

// functionProblem reports every line of the function's error, each with the config that it is about.
func (b *builder) functionProblem(path, field string, config *resource.Resource, err error) {
	text := strings.TrimSpace(err.Error())
	if strings.HasPrefix(text, "yaml: ") { // some of whose lines quote
		text = words(text)
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			b.problem(path, field, "%s %s: %s", config.GetKind(), config.GetName(), line)
		}
	}
}
