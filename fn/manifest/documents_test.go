package manifest_test

import (
	"fmt"
	"testing"

	"github.com/nested-config/nested-config/bases"
	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/manifest"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Some config renders every document of bases/nested: a document that none renders
// would be applied by those who build the base, and by nobody else.
func TestEveryDocumentIsRendered(t *testing.T) {
	rendered := map[string]bool{}
	for _, connectivity := range []string{config.LinkLocalMode, config.FabricSNATMode} {
		c, problems := config.Load(yaml.MustParse(fmt.Sprintf(everything, connectivity)).YNode())
		if problems.Errors() {
			t.Fatal(problems)
		}
		for _, n := range manifest.Render(&c) {
			rendered[n.GetKind()+" "+n.GetName()] = true
			rendered[n.GetKind()] = true
		}
	}
	for _, d := range bases.Documents() {
		what := d.Kind + " " + d.Name
		switch d.Kind {
		case "Namespace", config.LinkLocalServiceKind, config.FabricSNATKind: // a config gives the name
			what = d.Kind
		}
		if !rendered[what] {
			t.Errorf("%s of bases/nested/%s is rendered by no config", what, d.File)
		}
	}
}

const everything = `apiVersion: nested.opencontrail.org/v1alpha1
kind: NestedConfig
metadata: {name: k8s}
spec:
  connectivity: %s
  namespace: contrail
  images: {registry: registry.example.com/x, tag: R21.4}
  underlay:
    config: {nodes: [192.168.1.100]}
    virtualNetwork: {domain: default-domain, project: admin, name: vms}
  linkLocal: {pool: 10.10.10.0/24}
  kubernetes: {apiServer: api.example.com}
  auth: {mode: noauth}
`
