package manifest_test

import (
	"fmt"
	"testing"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/manifest"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Whatever a config renders, it may have rendered: a later one prunes by that.
func TestEarlierHoldsAllThatIsRendered(t *testing.T) {
	const text = `apiVersion: nested.opencontrail.org/v1alpha1
kind: NestedConfig
metadata: {name: blue}
spec:
  connectivity: %s
  namespace: %s
  images: {registry: registry.example.com/x, tag: R21.4}
  underlay:
    config: {nodes: [192.168.1.100, 192.168.1.101]}
    keystone: {host: %s}
    virtualNetwork: {domain: default-domain, project: admin, name: vms}
  linkLocal: {pool: 10.10.10.0/24, namePrefix: "%s"}
  kubernetes: {apiServer: api.example.com}
  auth: {credentialsSecret: contrail}
  commonEnv: |
    AUTH_MODE=keystone
    KEYSTONE_AUTH_ADMIN_PASSWORD=hunter2
`
	for _, connectivity := range []string{"LinkLocal", "FabricSNAT", "Direct"} {
		for _, namespace := range []string{"kube-system", "contrail"} {
			for _, host := range []string{"192.168.1.200", "keystone.example.com"} {
				for _, prefix := range []string{"", "East ", "east", "8-"} {
					c, problems := config.Load(yaml.MustParse(fmt.Sprintf(text, connectivity, namespace, host, prefix)).YNode())
					if problems.Errors() {
						t.Fatal(problems)
					}
					e := manifest.Earlier{Owner: "blue", Namespace: namespace, Secrets: []string{"contrail"}}
					for _, n := range manifest.Render(&c) {
						if !e.Holds(n) {
							t.Errorf("%s, %s, %s, %q: not %s %s", connectivity, namespace, host, prefix, n.GetKind(), n.GetName())
						}
						if err := n.SetName("my-settings"); err != nil {
							t.Fatal(err)
						}
						if e.Holds(n) {
							t.Errorf("a copy of a %s with another name", n.GetKind())
						}
					}
				}
			}
		}
	}
}
