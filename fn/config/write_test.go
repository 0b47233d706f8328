package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Resources have a default as a whole: written, they are left out, {} or all that there is, and read again they are the same.
func TestBriefResources(t *testing.T) {
	for _, c := range []struct{ reason, written, want string }{
		{"not set", "", ""},
		{"the default, written out", "{requests: {cpu: 10m, memory: 32Mi}}", ""},
		{"none", "{}", "resources: {}\n"},
		{"none, in another way", "{limits: {}}", "resources: {}\n"},
		{"part of the default", "{requests: {cpu: 10m}}", "resources:\n  requests:\n    cpu: 10m\n"},
		{"the default with a limit", "{requests: {cpu: 10m, memory: 32Mi}, limits: {memory: 1Gi}}",
			"resources:\n  requests:\n    cpu: 10m\n    memory: 32Mi\n  limits:\n    memory: 1Gi\n"},
	} {
		first, ps := Load(yaml.MustParse(valid + "  cni:\n    resources: " + c.written + "\n").YNode())
		if ps.Errors() {
			t.Fatal(ps)
		}
		brief := Brief(first.Spec, func(string) string { return "" })
		doc := yaml.MustParse(valid)
		if err := doc.PipeE(yaml.SetField("spec", yaml.NewRNode(brief))); err != nil {
			t.Fatal(err)
		}
		again, _ := Load(doc.YNode())
		if diff := cmp.Diff(first.Spec.CNI, again.Spec.CNI, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: read again it is another (-first +again):\n%s", c.reason, diff)
		}
		got := ""
		if f := yaml.NewRNode(brief).Field("cni"); f != nil {
			got = f.Value.MustString()
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.reason, diff)
		}
	}
}
