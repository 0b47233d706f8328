package build

import (
	"path/filepath"
	"strings"

	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

const originAnnotation = "config.kubernetes.io/origin"

// origin is the config whose resources a made file holds.
type origin struct{ config *resource.Resource }

func originOf(config *resource.Resource) origin { return origin{config} }

// restoreOrigins corrects what `buildMetadata: [originAnnotations]` says of resources from made files: kustomize names the config of the
// generator that made them.
func (b *builder) restoreOrigins(m resmap.ResMap) error {
	for _, r := range m.Resources() {
		o, err := r.GetOrigin()
		if err != nil || o == nil {
			return err
		}
		parent, made, found := strings.Cut(o.Path, madeDir)
		if !found {
			continue
		}
		config := b.origins[madeDir+made].config
		from, err := config.GetOrigin()
		if err != nil {
			return err
		}
		o.Path = ""
		if from != nil {
			o.ConfiguredIn = filepath.Join(parent, from.Path)
		}
		o.ConfiguredBy = yaml.ResourceIdentifier{
			TypeMeta: yaml.TypeMeta{APIVersion: config.GetApiVersion(), Kind: config.GetKind()},
			NameMeta: yaml.NameMeta{Name: config.GetName(), Namespace: config.GetNamespace()},
		}
		if err := r.SetOrigin(o); err != nil {
			return err
		}
	}
	return nil
}
