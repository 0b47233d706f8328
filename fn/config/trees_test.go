package config

import (
	"strings"
	"testing"

	"github.com/nested-config/nested-config/fn/linklocal"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// What YAML allows and no config can mean: all that is said about such a tree.
func TestTrees(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a key that is a list": {valid + "  ? [rbac]\n  : ClusterAdmin\n",
			"error: spec: has a key that is not a string\n"},
		"a key without a name": {valid + "  ~: ClusterAdmin\n",
			"error: spec: has a key that is not a string\n"},
		"a merge of a text": {valid + "  <<: rbac\n",
			"error: spec: merges (<<) something that is not a mapping\n"},
		"a merge of texts": {valid + "  <<: [rbac, cni]\n",
			"error: spec: merges (<<) something that is not a mapping\nerror: spec: merges (<<) something that is not a mapping\n"},
		"more values than a config can need": {valid + "  nodes: [" + strings.Repeat("{},", maxValues) + "]\n",
			"error: has more than 20000 values, including aliases: make it smaller\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, said(yaml.MustParse(c.text).YNode())); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// A service IP that another cluster of the underlay has, for the same node, may be
// an address that means something else in this one.
func TestSharedServiceIPMeansSomethingElseHere(t *testing.T) {
	parse := func(lines string) Config {
		c, ps := Parse(mutated(t, valid, lines))
		if ps.Errors() {
			t.Fatal(ps)
		}
		return c
	}
	here := parse("spec.kubernetes.podSubnets: [10.9.0.0/16]\n")
	there := parse("spec.linkLocal.serviceIPs: {192.168.1.100: 10.9.9.9}\n")
	all, errs := linklocal.AllocateAll([]linklocal.Request{here.Request(), there.Request()})
	if errs[0] != nil || errs[1] != nil {
		t.Fatal(errs)
	}
	want := "spec.linkLocal.serviceIPs[192.168.1.100]: has service IP 10.9.9.9 from another cluster of the underlay, but here 10.9.9.9 lies in spec.kubernetes.podSubnets[0] 10.9.0.0/16: pin an unused address here, and set another spec.linkLocal.namePrefix\n"
	var got strings.Builder
	for _, p := range here.Assign(all[0]) {
		got.WriteString(p.String() + "\n")
	}
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
