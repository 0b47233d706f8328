package config_test

import (
	"fmt"

	"github.com/nested-config/nested-config/fn/config"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Load gives every field its value, and the link-local services that follow.
func ExampleLoad() {
	c, problems := config.Load(yaml.MustParse(`
apiVersion: nested.opencontrail.org/v1alpha1
kind: NestedConfig
metadata: {name: k8s}
spec:
  connectivity: LinkLocal
  images: {registry: docker.io/opencontrailnightly, tag: R21.4-latest}
  underlay:
    config: {nodes: [192.168.1.100]}
    keystone: {host: 192.168.1.200}
    virtualNetwork: {domain: default-domain, project: admin, name: k8s-vms}
  linkLocal: {pool: 10.10.10.0/29}
  kubernetes: {apiServer: 10.84.31.67}
`).YNode())
	fmt.Println(problems.Errors(), c.Spec.Namespace)
	s := c.Services[0] // and so on, for each node of each role
	fmt.Printf("%s:%d -> %s:%d %s\n", s.ServiceIP, s.ServicePort, s.FabricIPs[0], s.FabricPort, s.Name)
	// Output:
	// false kube-system
	// 10.10.10.1:8082 -> 192.168.1.100:8082 Contrail Config
}

// Problems come all at once, each with field, value and remedy.
func ExampleProblems() {
	_, problems := config.Load(yaml.MustParse(`
apiVersion: nested.opencontrail.org/v1alpha1
kind: NestedConfig
metadata: {name: k8s}
spec:
  connectivity: Direct
  images: {registry: docker.io/opencontrailnightly, tag: R21.4-latest}
  underlay:
    config: {nodes: [192.168.1.300], port: 0}
    keystone: {host: 192.168.1.200}
    virtualNetwork: {domain: default-domain, project: admin, name: k8s-vms}
  linklocal: {vrouterServiceIP: 10.10.10.5}
  kubernetes: {apiServer: 10.84.31.67}
`).YNode())
	for _, p := range problems {
		fmt.Println(p)
	}
	// Output:
	// spec.underlay.config.nodes[0]: "192.168.1.300": must be an IPv4 address, such as 192.168.1.100
	// spec.underlay.config.port: 0: must be a whole number from 1 to 65535
	// spec.linklocal: is not a field: did you mean linkLocal?
}
