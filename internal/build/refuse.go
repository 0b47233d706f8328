package build

import (
	"fmt"
	"path/filepath"
	"strings"

	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/fn/runtime/runtimeutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// wish says what kustomize would run for a plugin config.
func wish(r *resource.Resource) string {
	spec, err := runtimeutil.GetFunctionSpec(&r.RNode)
	switch {
	case err != nil:
		return "asks for a function that cannot be read"
	case spec == nil:
		return "would run as a plugin"
	case spec.Container.Image != "":
		return fmt.Sprintf("wants to run the container %q", spec.Container.Image)
	default:
		return fmt.Sprintf("wants to run the program %q", spec.Exec.Path)
	}
}

// refuseCharts refuses the fields that inflate Helm charts: kustomize runs a program for them.
func (k *kustomization) refuseCharts() {
	for _, field := range []string{"helmCharts", "helmChartInflationGenerator"} {
		if !k.doc.Field(field).IsNilOrEmpty() {
			k.b.problem(k.path, field, "needs helm, and build runs no program: render the chart first and list the result under resources")
			_ = k.doc.PipeE(yaml.Clear(field))
			k.changed = true
		}
	}
}

// refuseValidators: kustomize fails on every function under validators:, because it changes the resources itself.
func (k *kustomization) refuseValidators() {
	var keep []string
	for _, e := range k.plugins("validators") {
		ours, builtin := k.configs(e)
		if builtin {
			keep = append(keep, e.text)
		}
		if len(ours) > 0 {
			k.b.problem(k.path, e.field, "%s cannot stand here, because kustomize refuses every function under validators: list it under transformers", ours[0].GetKind())
		}
	}
	k.set("validators", keep)
}

// refuseReadingItself: a generator of kustomize that puts the kustomization file into a ConfigMap would read the rewritten one.
func (k *kustomization) refuseReadingItself() {
	for _, generator := range []string{"configMapGenerator", "secretGenerator"} {
		list := k.doc.Field(generator)
		if list.IsNilOrEmpty() {
			continue
		}
		_ = list.Value.VisitElements(func(e *yaml.RNode) error {
			for _, field := range []string{"files", "envs"} {
				values, _ := e.Pipe(yaml.Lookup(field))
				for _, n := range values.Content() {
					if _, path, found := strings.Cut("="+n.Value, "="); found && isKustomization(path[strings.LastIndex(path, "=")+1:]) {
						k.b.problem(k.path, generator, "%q: is this kustomization itself, and one with NestedConfigs cannot be its own data: name another file", filepath.Base(n.Value))
					}
				}
			}
			return nil
		})
	}
}

// refuseNothing refuses null, and no value, where kustomize takes it for granted that there is one and would crash.
func (k *kustomization) refuseNothing(tree map[string]any) {
	for _, field := range sortedKeys(tree) {
		for _, path := range nulls(tree[field], field) {
			k.b.problem(k.path, path, "%s", hasNoValue)
		}
	}
	patches, _ := tree["patchesJson6902"].([]any)
	for i, v := range patches {
		if patch, _ := v.(map[string]any); patch != nil && get(patch, "target") == nil {
			k.b.problem(k.path, fmt.Sprintf("patchesJson6902[%d].target", i), "is required: the version, kind and name of the resource to patch")
		}
	}
}

const hasNoValue = "has no value: give one or remove the line"

// nulls are the paths of all entries of lists below a value that are null. A field that is null is as good as none; an entry is not.
func nulls(value any, path string) (found []string) {
	switch value := value.(type) {
	case map[string]any:
		for _, key := range sortedKeys(value) {
			found = append(found, nulls(value[key], strings.TrimPrefix(path+"."+key, "."))...)
		}
	case []any:
		for i, v := range value {
			if at := fmt.Sprintf("%s[%d]", path, i); v == nil {
				found = append(found, at)
			} else {
				found = append(found, nulls(v, at)...)
			}
		}
	}
	return found
}

// get is the value of a key spelled in any case, as JSON takes it.
func get(m map[string]any, name string) any {
	for key, v := range m {
		if strings.EqualFold(key, name) && v != nil {
			return v
		}
	}
	return nil
}
