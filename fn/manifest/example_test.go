package manifest_test

import (
	"fmt"
	"log"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/manifest"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// A checked config becomes resources; those that are local stay out of the
// cluster.
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
		fmt.Println(n.GetKind(), n.GetName(), manifest.Local(n))
	}
	// Output:
	// ServiceAccount contrail-kube-manager false
	// ClusterRole contrail-kube-manager false
	// ClusterRoleBinding contrail-kube-manager false
	// Secret contrail-kube-manager-token false
	// ConfigMap contrail-kube-manager-env false
	// ConfigMap contrail-cni-env false
	// Deployment contrail-kube-manager false
	// DaemonSet contrail-kubernetes-cni-agent false
	// ConfigMap contrail-link-local-services false
	// LinkLocalService k8s-cni-to-agent true
}
