package manifest_test

import (
	"fmt"
	"log"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/manifest"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// A checked config becomes resources. Those that are local declare what the underlay
// must hold, and stay out of the cluster.
func ExampleRender() {
	c, problems := config.Load(yaml.MustParse(`
apiVersion: nested.opencontrail.org/v1alpha1
kind: NestedConfig
metadata: {name: k8s}
spec:
  connectivity: Direct
  images: {registry: docker.io/opencontrailnightly, tag: R21.4-latest}
  underlay:
    config: {nodes: [192.168.1.100]}
    keystone: {host: 192.168.1.200}
    virtualNetwork: {domain: default-domain, project: admin, name: k8s-vms}
  linkLocal: {vrouterServiceIP: 10.10.10.5}
  kubernetes: {apiServer: 10.84.31.67}
`).YNode())
	if problems.Errors() {
		log.Fatal(problems)
	}
	for _, n := range manifest.Render(&c) {
		if manifest.Local(n) {
			fmt.Println(n.GetKind(), n.GetName())
		}
	}
	// Output:
	// LinkLocalService k8s-cni-to-agent
}
