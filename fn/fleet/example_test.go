package fleet_test

import (
	"fmt"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/fleet"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Two clusters of one underlay must not lead one service IP to two places.
func ExampleCheck() {
	var configs []config.Config
	for _, fabric := range []string{"192.168.1.100", "192.168.1.101"} {
		c, _ := config.Load(yaml.MustParse(`
apiVersion: nested.opencontrail.org/v1alpha1
kind: NestedConfig
metadata: {name: k8s-` + fabric[len(fabric)-1:] + `}
spec:
  connectivity: LinkLocal
  images: {registry: docker.io/opencontrailnightly, tag: R21.4-latest}
  underlay:
    config: {nodes: [` + fabric + `]}
    virtualNetwork: {domain: default-domain, project: admin, name: k8s-vms}
  auth: {mode: noauth}
  linkLocal: {pool: 10.10.10.0/29}
  kubernetes: {apiServer: 10.84.31.67}
`).YNode())
		configs = append(configs, c)
	}
	for _, p := range fleet.Check(configs, []string{"east.yaml", "west.yaml"}) {
		fmt.Println(p.Member, p.Problem)
	}
	// Output:
	// 1 spec.linkLocal.pool: "10.10.10.0/29": service IP 10.10.10.1 leads to 192.168.1.101 in NestedConfig k8s-1 and to 192.168.1.100 in NestedConfig k8s-0 (east.yaml) at ports 8082, 8086, 5673, 9161, and the vRouter agents keep only one of the two: run nested-config pin on both files together
}
