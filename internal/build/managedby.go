package build

import (
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/provenance"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Version is the kustomize whose answers build gives: the release that has the version of sigs.k8s.io/kustomize/api in go.mod.
const Version = "v5.8.2"

// nameKustomize corrects `buildMetadata: [managedByLabel]`. The library asks the program that it is linked into for its version: a kustomize
// answers with its release, and this program with its own, or with (devel), which no API server takes for a label. The node of the value is changed, so
// that the order of the labels stays.
func nameKustomize(m resmap.ResMap) error {
	wrong := "kustomize-" + provenance.GetProvenance().Semver()
	for _, r := range m.Resources() {
		label, err := r.Pipe(yaml.Lookup(yaml.MetadataField, yaml.LabelsField, konfig.ManagedbyLabelKey))
		if err != nil {
			return err
		}
		if label != nil && label.YNode().Value == wrong {
			label.YNode().Value = "kustomize-" + Version
		}
	}
	return nil
}
