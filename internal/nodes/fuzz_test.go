package nodes_test

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/internal/nodes"
	"github.com/nested-config/nested-config/internal/printable"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// FuzzFormats prepares nodes with whatever text the fields take, in every format.
// Nothing panics; every line is printable; and what comes out is read by another
// parser as what went in.
func FuzzFormats(f *testing.F) {
	f.Add("master1", "10.0.0.4", "ci-repo.example.net:5010/a", "k8s")
	f.Add("a\n# b", "10.0.0.4 x", `r"]`, "x\n- y")
	f.Fuzz(func(t *testing.T, name, ip, registry, cluster string) {
		text := func(s string) string {
			b, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
		n, err := yaml.Parse("apiVersion: nested.opencontrail.org/v1alpha1\nkind: NestedConfig\nmetadata: {name: " + text(cluster) + "}\nspec:\n  connectivity: Direct\n" +
			"  images: {registry: " + text(registry) + ", tag: R21.4, insecure: true}\n  kubernetes: {apiServer: 10.84.31.67}\n  auth: {mode: noauth}\n" +
			"  underlay: {config: {nodes: [192.168.1.100]}, virtualNetwork: {domain: default-domain, project: admin, name: vms}}\n" +
			"  linkLocal: {vrouterServiceIP: 10.10.10.5}\n  nodes: [{name: " + text(name) + ", ip: " + text(ip) + "}]\n")
		if err != nil {
			return // what JSON can say and YAML cannot
		}
		c, problems := config.Load(n.YNode())
		if problems.Errors() {
			return
		}
		host, _, _ := strings.Cut(registry, "/")
		for _, format := range []string{nodes.CloudInit, nodes.Hosts, nodes.Docker, nodes.Containerd} {
			out, err := nodes.Prepare(c, format)
			if err != nil {
				t.Fatalf("%s: %v", format, err)
			}
			if printable.Lines(out) != out {
				t.Errorf("%s is not printable:\n%q", format, out)
			}
			switch format {
			case nodes.CloudInit:
				doc, err := yaml.Parse(out)
				if err != nil {
					t.Fatalf("no YAML: %v\n%s", err, out)
				}
				files, err := doc.Field("write_files").Value.Elements()
				if err != nil || len(files) != 3 || files[1].Field("content").Value.YNode().Value != ip+" "+name+"\n" {
					t.Errorf("%v\n%s", err, out)
				}
			case nodes.Hosts:
				if a, err := netip.ParseAddr(ip); err != nil || out != a.String()+" "+name+"\n" {
					t.Errorf("hosts: %q", out)
				}
			case nodes.Docker:
				var d map[string][]string
				if err := json.Unmarshal([]byte(out), &d); err != nil || len(d) != 1 || len(d["insecure-registries"]) != 1 {
					t.Errorf("%v: %s", err, out)
				}
			case nodes.Containerd:
				if lines := strings.Count(out, "\n"); lines != 5 || strings.Count(out, `"`) != 8 || strings.ContainsAny(host, "\"\n]") {
					t.Errorf("%d lines:\n%s", lines, out)
				}
			}
		}
	})
}
