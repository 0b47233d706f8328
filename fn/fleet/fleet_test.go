package fleet_test

import (
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/fleet"
	"github.com/nested-config/nested-config/internal/golden"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// text is a config of a cluster with some nodes; its names are its own, so that
// only addresses can collide.
func text(i int, nodes, pins string) string {
	return fmt.Sprintf(`apiVersion: nested.opencontrail.org/v1alpha1
kind: NestedConfig
metadata: {name: c%05d}
spec:
  connectivity: LinkLocal
  images: {registry: docker.io/opencontrailnightly, tag: R21.4}
  underlay:
    config: {nodes: [%s]}
    virtualNetwork: {domain: default-domain, project: admin, name: vms}
  linkLocal: {pool: 172.16.0.0/12, namePrefix: "c%05d ", serviceIPs: {%s}}
  kubernetes: {apiServer: api.example.com}
  auth: {mode: noauth}
`, i, nodes, i, pins)
}

type fataler interface {
	Helper()
	Fatal(...any)
}

func parse(t fataler, text string) config.Config {
	t.Helper()
	n, err := yaml.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	c, problems := config.Parse(n.YNode())
	if problems.Errors() {
		t.Fatal(problems)
	}
	return c
}

func drawNodes(t *rapid.T) []int {
	return rapid.SliceOfNDistinct(rapid.IntRange(1, 20), 1, 6, rapid.ID).Draw(t, "nodes")
}

func join(nodes []int) string {
	s := ""
	for i, n := range nodes {
		if i > 0 {
			s += ", "
		}
		s += fmt.Sprintf("192.168.1.%d", n)
	}
	return s
}

// drawFleet draws configs whose pins do not contradict each other: node n is
// pinned to 172.16.1.n, if at all.
func drawFleet(t *rapid.T) []string {
	var texts []string
	for i := range rapid.IntRange(1, 6).Draw(t, "clusters") {
		pins := ""
		for _, n := range drawNodes(t) {
			pins += fmt.Sprintf("192.168.1.%d: 172.16.1.%d, ", n, n)
		}
		texts = append(texts, text(i, join(drawNodes(t)), pins))
	}
	return texts
}

func wheres(n int) []string { return make([]string, n) }

// No two configs of one underlay are apart once they are pinned together.
func TestAllocatedTogetherNeverConflicts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var configs []config.Config
		for _, x := range drawFleet(t) {
			configs = append(configs, parse(t, x))
		}
		if problems := fleet.Allocate(configs); len(problems) > 0 {
			t.Fatal(problems)
		}
		if problems := fleet.Check(configs, wheres(len(configs))); len(problems) > 0 {
			t.Fatal(problems)
		}
	})
}

// allocated is every service IP, by cluster and fabric address.
func allocated(configs []config.Config) map[string]string {
	out := map[string]string{}
	for _, c := range configs {
		for _, a := range c.ServiceIPs.Fabrics {
			out[c.Name+" "+a.Fabric.String()] = a.ServiceIP.String()
		}
		out[c.Name] = c.ServiceIPs.VRouter.ServiceIP.String()
	}
	return out
}

// Neither the order of the configs nor that of the keys in them matters.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var before, after []config.Config
		texts := drawFleet(t)
		for _, x := range texts {
			before = append(before, parse(t, x))
		}
		for _, x := range rapid.Permutation(texts).Draw(t, "order") {
			n := yaml.MustParse(x)
			shuffle(t, n.YNode())
			c, problems := config.Parse(n.YNode())
			if problems.Errors() {
				t.Fatal(problems)
			}
			after = append(after, c)
		}
		fleet.Allocate(before)
		fleet.Allocate(after)
		if diff := cmp.Diff(allocated(before), allocated(after)); diff != "" {
			t.Fatalf("(-before +after):\n%s", diff)
		}
	})
}

// shuffle puts the keys of all mappings into another order.
func shuffle(t *rapid.T, n *yaml.Node) {
	for _, c := range n.Content {
		shuffle(t, c)
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	var pairs [][2]*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		pairs = append(pairs, [2]*yaml.Node{n.Content[i], n.Content[i+1]})
	}
	n.Content = n.Content[:0]
	for _, p := range rapid.Permutation(pairs).Draw(t, "keys") {
		n.Content = append(n.Content, p[0], p[1])
	}
}

// The union has every entry of every config, once, and tells who uses it.
func TestUnion(t *testing.T) {
	configs := []config.Config{
		parse(t, text(0, "192.168.1.1", "192.168.1.1: 172.16.1.1")),
		parse(t, text(1, "192.168.1.1, 192.168.1.2", "192.168.1.1: 172.16.1.1, 192.168.1.2: 172.16.1.2")),
	}
	if problems := fleet.Allocate(configs); len(problems) > 0 {
		t.Fatal(problems)
	}
	var got []string
	for _, u := range fleet.Union(configs) {
		for _, e := range u.Entries {
			got = append(got, fmt.Sprint(netip.AddrPortFrom(e.ServiceIP, e.ServicePort), " ", e.Name, " ", e.AlsoNamed, " ", e.Members))
		}
	}
	const file = "testdata/union.txt"
	text := strings.Join(got, "\n") + "\n"
	if golden.Update() {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// BenchmarkLinear allocates and checks fleets in which nobody shares a node, and
// prints the time per cluster with 10,000 over that with 1,000: 1 is linear, 10
// would be quadratic.
func BenchmarkLinear(b *testing.B) {
	fleetOf := func(n int) []config.Config {
		configs := make([]config.Config, n)
		for i := range configs {
			configs[i] = parse(b, text(i, fmt.Sprintf("10.%d.%d.1, 10.%d.%d.2", 128+i/250, i%250, 128+i/250, i%250), ""))
			configs[i].Spec.Kubernetes.PodSubnets[0] = netip.MustParsePrefix("192.168.0.0/16")
		}
		return configs
	}
	perCluster := func(configs []config.Config) (allocate, check float64) {
		var as, cs []time.Duration
		for range 5 {
			start := time.Now()
			if problems := fleet.Allocate(configs); len(problems) > 0 {
				b.Fatal(problems[0])
			}
			middle := time.Now()
			if problems := fleet.Check(configs, wheres(len(configs))); len(problems) > 0 {
				b.Fatal(problems[0])
			}
			as, cs = append(as, middle.Sub(start)), append(cs, time.Since(middle))
		}
		n := float64(len(configs))
		return slices.Min(as).Seconds() / n, slices.Min(cs).Seconds() / n
	}
	for range b.N {
		smallAllocate, smallCheck := perCluster(fleetOf(1_000))
		largeAllocate, largeCheck := perCluster(fleetOf(10_000))
		b.ReportMetric(largeAllocate/smallAllocate, "allocate-10000/1000")
		b.ReportMetric(largeCheck/smallCheck, "check-10000/1000")
		b.ReportMetric(largeCheck*1e6, "check-µs/cluster")
	}
	b.ReportMetric(0, "ns/op") // says nothing here
}
