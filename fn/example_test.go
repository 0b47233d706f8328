package fn_test

import (
	"fmt"
	"log"
	"strings"

	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/fn/krm"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

const cluster = `
apiVersion: nested.opencontrail.org/v1alpha1
kind: NestedConfig
metadata: {name: k8s}
spec:
  connectivity: FabricSNAT
  images: {registry: docker.io/opencontrailnightly, tag: R21.4-latest}
  underlay:
    config: {nodes: [192.168.1.100]}
    keystone: {host: 192.168.1.200}
    virtualNetwork: {domain: default-domain, project: admin, name: k8s-vms}
  linkLocal: {vrouterServiceIP: 10.10.10.5}
  kubernetes: {apiServer: 10.84.31.67}
`

// The function adds the manifest of the cluster to the items, and what the underlay must
// hold.
func ExampleProcess() {
	rl := &krm.ResourceList{FunctionConfig: yaml.MustParse(cluster)}
	if err := fn.Process(rl); err != nil {
		log.Fatal(err, fn.Lines(rl.Results))
	}
	for _, item := range rl.Items {
		if kind := item.GetKind(); kind == "Deployment" || kind == "DaemonSet" || kind == "FabricSNAT" {
			fmt.Println(kind, item.GetName())
		}
	}
	// Output:
	// Deployment contrail-kube-manager
	// DaemonSet contrail-kubernetes-cni-agent
	// FabricSNAT k8s
}

// A mistake is a result for each field, and nothing is rendered.
func ExampleProcess_mistake() {
	wrong := strings.Replace(cluster, "FabricSNAT", "Bridge", 1)
	rl := &krm.ResourceList{FunctionConfig: yaml.MustParse(wrong)}
	fmt.Println(fn.Process(rl), len(rl.Items))
	for _, line := range fn.Lines(rl.Results) {
		fmt.Println(line)
	}
	// Output:
	// the input has errors 0
	// spec.connectivity: "Bridge": must be LinkLocal, FabricSNAT or Direct
}
