package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/nested-config/nested-config/internal/printable"
	"github.com/nested-config/nested-config/internal/wholefile"

	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/resid"
	"sigs.k8s.io/yaml"
)

// writeBuild writes what was built to where kustomize build -o would: to a file,
// or, where a directory of that name exists, to a file for each resource in it.
// What kustomize truncates and writes is replaced whole here, and is for its
// owner alone when a Secret is in it.
func writeBuild(output string, resources resmap.ResMap) error {
	if info, err := os.Stat(output); err == nil && info.IsDir() {
		return writeEach(output, resources)
	}
	text, err := resources.AsYaml()
	if err != nil {
		return err
	}
	access := wholefile.Shared
	for _, r := range resources.Resources() {
		access = max(access, accessTo(r))
	}
	return wholefile.Write(output, bytes.NewReader(text), access)
}

// accessTo says who may read a resource in a file.
func accessTo(r *resource.Resource) wholefile.Access {
	if r.GetKind() == "Secret" && (r.Field("data") != nil || r.Field("stringData") != nil) {
		return wholefile.Private
	}
	return wholefile.Shared
}

// writeEach writes all of the files or none. Files of an earlier build that none
// of these replaces stay, as with kustomize; two resources for one file, of which
// kustomize keeps whichever comes last, are an error.
func writeEach(dir string, resources resmap.ResMap) error {
	files, order, err := eachFile(resources)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	set := wholefile.In(root)
	defer set.Drop()
	for _, name := range order {
		text, err := marshal(files[name])
		if err == nil {
			err = set.Add(name, bytes.NewReader(text), accessTo(files[name]))
		}
		if err != nil {
			return fmt.Errorf("%s: %w", printable.Text(filepath.Join(dir, name)), err)
		}
	}
	if err := set.Commit(); err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	return nil
}

// eachFile names the files as kustomize does: GROUP_VERSION_KIND_NAME.yaml, with
// the namespace in front when there are several, all in lower case.
func eachFile(resources resmap.ResMap) (files map[string]*resource.Resource, order []string, err error) {
	byNamespace := resources.GroupedByCurrentNamespace()
	files = map[string]*resource.Resource{}
	for _, r := range resources.Resources() {
		name := strings.ToLower(r.GetGvk().StringWoEmptyField() + "_" + r.GetName() + ".yaml")
		if ns := r.CurId().EffectiveNamespace(); ns != resid.TotallyNotANamespace && len(byNamespace) > 1 {
			name = strings.ToLower(ns) + "_" + name
		}
		if name != filepath.Base(name) {
			return nil, nil, fmt.Errorf("%s %q: is not a file name: remove -o, or name a file", r.GetKind(), r.GetName())
		}
		if other := files[name]; other != nil {
			return nil, nil, fmt.Errorf("%s %q and %s %q would both be written to %s: remove -o, or name a file",
				other.GetKind(), other.GetName(), r.GetKind(), r.GetName(), printable.Text(name))
		}
		files[name] = r
		order = append(order, name)
	}
	return files, order, nil
}

func marshal(r *resource.Resource) ([]byte, error) {
	m, err := r.Map()
	if err != nil {
		return nil, err
	}
	return yaml.Marshal(m)
}
