package explain_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/internal/explain"
	"github.com/nested-config/nested-config/internal/printable"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// chart is what a line of the picture may be: labels are all in quotes, in which
// nothing is that Mermaid or HTML would read as their own.
var chart = func() *regexp.Regexp {
	const label = `"([^"#&<>%$` + "`" + `]|#(35|quot|amp|lt|gt|96|37|36);|<br/>)*"`
	return regexp.MustCompile(`^(flowchart LR|  end|  subgraph [nlu]\d+\[` + label + `\]|    [cf]\d+_\d+\[` + label + `\]|    s\d+_\d+\(\[` + label +
		`\]\)|  c\d+_\d+ --> s\d+_\d+|  s\d+_\d+ -->\|` + label + `\| f\d+_\d+)$`)
}()

// FuzzFormats writes a fleet of one with whatever text the fields take, in every
// format. Nothing panics; every line is printable; the picture, the JSON and the
// commands keep their form.
func FuzzFormats(f *testing.F) {
	f.Add("Site ", "k8s", "east", "keystone.example.com")
	f.Add(`%%{init: {"securityLevel": "loose"}}%% `, "a", `<b>"#`, "10.0.0.1")
	f.Add("-x\\ $(touch x) `x` $$ | ] end\nEND", "b", "END", "h")
	f.Fuzz(func(t *testing.T, prefix, name, underlay, host string) {
		n := yaml.MustParse("apiVersion: nested.opencontrail.org/v1alpha1\nkind: NestedConfig\nspec:\n  connectivity: LinkLocal\n" +
			"  images: {registry: docker.io/opencontrailnightly, tag: R21.4}\n  kubernetes: {apiServer: 10.84.31.67}\n" +
			"  underlay: {config: {nodes: [192.168.1.100]}, virtualNetwork: {domain: default-domain, project: admin, name: vms}}\n" +
			"  linkLocal: {pool: 10.10.10.0/28}\n")
		for _, v := range []struct {
			value string
			path  []string
		}{
			{prefix, []string{"spec", "linkLocal", "namePrefix"}},
			{name, []string{"metadata", "name"}},
			{underlay, []string{"spec", "underlay", "name"}},
			{host, []string{"spec", "underlay", "keystone", "host"}},
		} {
			parent, err := n.Pipe(yaml.LookupCreate(yaml.MappingNode, v.path[:len(v.path)-1]...))
			if err != nil {
				t.Fatal(err)
			}
			parent.YNode().Content = append(parent.YNode().Content, yaml.NewStringRNode(v.path[len(v.path)-1]).YNode(), yaml.NewStringRNode(v.value).YNode())
		}
		c, problems := config.Load(n.YNode())
		if problems.Errors() {
			return
		}
		for _, f := range explain.Formats() {
			var b bytes.Buffer
			if err := f.Show(&b, []config.Config{c}); err != nil {
				if f.Name == "provision" && strings.Contains(prefix, " ;") {
					continue
				}
				t.Fatalf("%s: %v", f.Name, err)
			}
			out := b.String()
			if printable.Lines(out) != out {
				t.Errorf("%s is not printable:\n%q", f.Name, out)
			}
			switch f.Name {
			case "json":
				if !json.Valid(b.Bytes()) {
					t.Errorf("no JSON:\n%s", out)
				}
			case "mermaid":
				for line := range strings.Lines(out) {
					if !chart.MatchString(strings.TrimSuffix(line, "\n")) {
						t.Errorf("not of the picture: %q", line)
					}
				}
			case "provision":
				if ends, commands := strings.Count(out, "\nEND\n"), strings.Count(out, "\nprovision_linklocal.py "); ends != len(c.Services) || commands != len(c.Services) {
					t.Errorf("%d commands and %d ends for %d services:\n%s", commands, ends, len(c.Services), out)
				}
			}
		}
	})
}
