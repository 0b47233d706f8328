package config

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/golden"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// valid is the guide's example for link-local services only.
const valid = `
apiVersion: nested.opencontrail.org/v1alpha1
kind: NestedConfig
metadata:
  name: k8s
spec:
  connectivity: LinkLocal
  images:
    registry: docker.io/opencontrailnightly
    tag: R21.4-latest
  underlay:
    config: {nodes: [192.168.1.100]}
    analytics: {nodes: [192.168.1.100, 192.168.1.101]}
    configDB: {nodes: [192.168.1.100, 192.168.1.101, 192.168.1.102]}
    keystone: {host: 192.168.1.200}
    virtualNetwork: {domain: default-domain, project: admin, name: k8s-vms}
  linkLocal:
    pool: 10.10.10.0/24
  kubernetes:
    apiServer: 10.84.31.67
`

// Each case of testdata/mistakes.txtar is what is wrong with valid, as fields by
// their paths ("path: value"; null removes the field), and all that is said.
func TestMistakes(t *testing.T) {
	const file = "testdata/mistakes.txtar"
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []txtar.File
	for i, f := range a.Files {
		if strings.HasSuffix(f.Name, " (said)") {
			continue
		}
		got := said(mutated(t, valid, string(f.Data)))
		out = append(out, f, txtar.File{Name: f.Name + " (said)", Data: []byte(got)})
		t.Run(f.Name, func(t *testing.T) {
			if golden.Update() {
				return
			}
			if i+1 >= len(a.Files) || a.Files[i+1].Name != f.Name+" (said)" {
				t.Fatal("has no expectation")
			}
			if diff := cmp.Diff(string(a.Files[i+1].Data), got); diff != "" {
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

// mutated changes a document by lines of "path: value".
func mutated(t *testing.T, doc, lines string) *yaml.Node {
	t.Helper()
	n := yaml.MustParse(doc)
	for line := range strings.Lines(lines) {
		path, value, ok := strings.Cut(line, ": ")
		if !ok {
			t.Fatalf("no mutation: %q", line)
		}
		fields := strings.Split(path, ".")
		parent, err := n.Pipe(yaml.LookupCreate(yaml.MappingNode, fields[:len(fields)-1]...))
		if err != nil {
			t.Fatal(err)
		}
		set(parent.YNode(), fields[len(fields)-1], yaml.MustParse(value).YNode())
	}
	return n.YNode()
}

// set gives a field a value as it is written; no value removes the field.
func set(n *yaml.Node, name string, value *yaml.Node) {
	n.Content = slices.Clone(n.Content)
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			n.Content = slices.Delete(n.Content, i, i+2)
			break
		}
	}
	if value.ShortTag() != yaml.NodeTagNull || value.Value == "~" {
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name}, value)
	}
}

func said(n *yaml.Node) string {
	_, ps := Load(n)
	var b strings.Builder
	for _, p := range ps {
		if p.Severity == Error {
			b.WriteString("error: ")
		}
		b.WriteString(p.String() + "\n")
	}
	return b.String()
}
