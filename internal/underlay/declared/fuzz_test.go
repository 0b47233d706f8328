package declared_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/nested-config/nested-config/internal/printable"
	"github.com/nested-config/nested-config/internal/source"
	"github.com/nested-config/nested-config/internal/underlay/declared"
	"github.com/nested-config/nested-config/internal/underlay/plan"
)

// FuzzRead reads whatever may be declared. Nothing panics; every message is one
// printable line; without an error there is a cluster, each has a name that the
// underlay can know it by, and no two have the same.
func FuzzRead(f *testing.F) {
	const head = "apiVersion: nested.opencontrail.org/v1alpha1\n"
	for _, seed := range []string{
		head + "kind: LinkLocalService\nmetadata: {name: a, annotations: {nested.opencontrail.org/owner: k8s}}\nspec: {serviceName: A, serviceIP: 10.1.1.1, servicePort: 80, fabricIPs: [10.2.2.2], fabricPort: 8080}\n",
		head + "kind: LinkLocalService\nmetadata: {annotations: [a]}\n",
		head + "kind: FabricSNAT\nmetadata: {name: k8s}\nspec:\n  virtualNetwork: {domain: d, project: p, name: n}\n  portTranslationPools: [{protocol: tcp, ports: 1-2}]\n",
		head + "kind: FabricSNAT\nmetadata: {name: \"\\e[2J\"}\n",
		head + "kind: NestedConfig\nmetadata: {name: k8s}\nspec:\n  connectivity: Direct\n  images: {registry: docker.io/a, tag: R21.4}\n  underlay:\n    config: {nodes: [192.168.1.100]}\n    virtualNetwork: {domain: d, project: p, name: n}\n  linkLocal: {vrouterServiceIP: 10.10.10.5}\n  kubernetes: {apiServer: 10.84.31.67}\n  auth: {mode: noauth}\n",
	} {
		f.Add([]byte(seed), "", "")
		f.Add([]byte(seed), "other", "east")
	}
	f.Fuzz(func(t *testing.T, text []byte, cluster, underlay string) {
		docs, problems := source.Read([]string{source.Stdin}, bytes.NewReader(text), source.Options{Kinds: declared.Kinds(), Rendered: true})
		d, more := declared.Read(docs, declared.Options{Cluster: cluster, Underlay: underlay})
		problems = append(problems, more...)
		for _, p := range problems {
			if line := p.String(); p.Message == "" || printable.Text(line) != line {
				t.Errorf("not one line for a person: %q", line)
			}
		}
		if problems.Errors() {
			return
		}
		if len(d.Clusters) == 0 {
			t.Error("no cluster, and no error")
		}
		var names []string
		for _, c := range d.Clusters {
			if !plan.ValidName(c.Name) || slices.Contains(names, c.Name) {
				t.Errorf("%q after %q", c.Name, names)
			}
			names = append(names, c.Name)
		}
		for _, c := range d.Configs {
			if !slices.Contains(names, c.Name) {
				t.Errorf("config %s without its cluster", c.Name)
			}
		}
	})
}
