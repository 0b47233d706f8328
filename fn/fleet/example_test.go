package fleet_test

import (
	"fmt"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/fleet"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Two clusters of one underlay must reach the same thing by one service IP.
func ExampleCheck() {
	var configs []config.Config
	for _, cluster := range []struct{ name, pool string }{
		{"east", "10.10.10.0/29"},
		{"west", "10.20.20.0/29"},
	} {
		c, _ := config.Load(yaml.MustParse(`
apiVersion: nested.opencontrail.org/v1alpha1
kind: NestedConfig
metadata: {name: ` + cluster.name + `}
spec:
  connectivity: Direct
  images: {registry: docker.io/opencontrailnightly, tag: R21.4-latest}
  underlay:
    config: {nodes: [192.168.1.100]}
    virtualNetwork: {domain: default-domain, project: admin, name: k8s-vms}
  auth: {mode: noauth}
  linkLocal: {pool: ` + cluster.pool + `}
  kubernetes: {apiServer: 10.84.31.67}
`).YNode())
		configs = append(configs, c)
	}
	for _, p := range fleet.Check(configs, []string{"east.yaml", "west.yaml"}) {
		fmt.Println(p.Member, p.Problem)
	}
	// Output:
	// 1 spec.linkLocal.pool: "10.20.20.0/29": the vRouter agent has service IP 10.20.20.1 in NestedConfig west and 10.10.10.1 in NestedConfig east (east.yaml), under the same names (K8s-cni-to-agent): run nested-config pin on both files together
}
