package config

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/golden"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// rest is a spec that lacks nothing but what commonEnv brings.
const rest = `
connectivity: Direct
images: {registry: docker.io/opencontrailnightly, tag: R21.4-latest}
underlay:
  virtualNetwork: {domain: default-domain, project: admin, name: k8s-vms}
linkLocal: {vrouterServiceIP: 10.10.10.5}
kubernetes: {apiServer: 10.84.31.67}
`

// Each case of testdata/commonenv.txtar is the text of a common.env, optionally
// the sections of the spec that replace those of rest (null removes one), and
// what comes of it: the problems, the spec as far as it differs from the
// defaults, the variables that no field holds, and which credentials there are.
func TestCommonEnv(t *testing.T) {
	const file = "testdata/commonenv.txtar"
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []txtar.File
	for i, f := range a.Files {
		name, ok := strings.CutSuffix(f.Name, ".env")
		if !ok {
			continue
		}
		out = append(out, f)
		fields := ""
		if i+1 < len(a.Files) && a.Files[i+1].Name == name+".yaml" {
			out = append(out, a.Files[i+1])
			fields = string(a.Files[i+1].Data)
		}
		got := merged(t, string(f.Data), fields)
		out = append(out, txtar.File{Name: name + ".want", Data: []byte(got)})
		t.Run(name, func(t *testing.T) {
			want := ""
			for _, w := range a.Files {
				if w.Name == name+".want" {
					want = string(w.Data)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" && !golden.Update() {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	if golden.Update() {
		a.Files = out
		if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func merged(t *testing.T, commonEnv, fields string) string {
	t.Helper()
	spec := yaml.MustParse(rest)
	if fields != "" {
		if err := yaml.MustParse(fields).VisitFields(func(f *yaml.MapNode) error {
			return spec.PipeE(yaml.SetField(f.Key.YNode().Value, f.Value))
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := spec.PipeE(yaml.SetField("commonEnv", yaml.NewStringRNode(commonEnv))); err != nil {
		t.Fatal(err)
	}
	doc := yaml.MustParse("apiVersion: " + APIVersion + "\nkind: NestedConfig\nmetadata: {name: k8s}\n")
	if err := doc.PipeE(yaml.SetField("spec", spec)); err != nil {
		t.Fatal(err)
	}
	c, ps := Load(doc.YNode())

	var b strings.Builder
	for _, p := range ps {
		if p.Severity == Error {
			b.WriteString("error: ")
		}
		fmt.Fprintln(&b, p)
	}
	if ps.Errors() {
		return b.String()
	}
	c.Spec.CommonEnv = ""
	brief := yaml.NewRNode(Brief(c.Spec, func(string) string { return "a comment" }))
	if err := doc.PipeE(yaml.SetField("spec", yaml.MustParse(brief.MustString()))); err != nil {
		t.Fatal(err)
	}
	if again, _ := Load(doc.YNode()); !reflect.DeepEqual(again.Spec, c.Spec) {
		t.Errorf("written and read again, the spec is another one:\n%s", brief.MustString())
	}
	b.WriteString(yaml.NewRNode(Brief(c.Spec, func(string) string { return "" })).MustString())
	for _, e := range c.Extra {
		fmt.Fprintf(&b, "variable %s=%s\n", e.Name, e.Value)
	}
	for _, e := range c.Credentials {
		fmt.Fprintf(&b, "credential %s of %d bytes\n", e.Name, len(e.Value))
	}
	return b.String()
}
