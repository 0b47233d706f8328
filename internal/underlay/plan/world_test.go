package plan_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/underlay/plan"
)

// A world is a list and the records of three clusters, of so few names, service
// IPs and targets that everything meets everything: duplicates, entries that
// differ in name alone, shared and edited ones, ports as text, null.

var worldNames = []string{"n", "n", "m", "N", "p"}

func worldService(t *rapid.T) linklocal.Service {
	s := service(rapid.SampledFrom(worldNames).Draw(t, "name"), rapid.IntRange(1, 2).Draw(t, "key"), rapid.IntRange(1, 3).Draw(t, "target"))
	if rapid.IntRange(0, 4).Draw(t, "dns") == 0 {
		s.FabricIPs, s.FabricDNSName = nil, "keystone.example.com"
	}
	return s
}

func worldEntry(t *rapid.T) json.RawMessage {
	s := worldService(t)
	key := fmt.Sprintf(`"linklocal_service_name":%q,"linklocal_service_ip":%q,"linklocal_service_port":`, s.Name, s.ServiceIP)
	switch rapid.IntRange(0, 9).Draw(t, "shape") {
	case 0:
		return json.RawMessage(`null`)
	case 1:
		return json.RawMessage(fmt.Sprintf(`{"linklocal_service_name":%q}`, s.Name))
	case 2: // no target
		return json.RawMessage(fmt.Sprintf(`{%s%d}`, key, s.ServicePort))
	case 3: // the port as text
		return json.RawMessage(fmt.Sprintf(`{%s"%d","ip_fabric_service_ip":["192.168.1.1"],"ip_fabric_service_port":"8082"}`, key, s.ServicePort))
	}
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func worldRecord(t *rapid.T) plan.Record {
	r := plan.Record{
		Owns:    rapid.SliceOfN(rapid.Custom(worldService), 0, 3).Draw(t, "owns"),
		Pending: rapid.SliceOfN(rapid.Custom(worldService), 0, 2).Draw(t, "pending"),
	}
	if rapid.Bool().Draw(t, "snat") {
		r.SNAT = []plan.FQName{{"d", "p", rapid.SampledFrom([]string{"v", "w"}).Draw(t, "network")}}
	}
	if rapid.IntRange(0, 3).Draw(t, "pools") == 0 {
		r.Pools = linklocal.PortTranslationPools()
	}
	return r
}

func worldCluster(name string) *rapid.Generator[plan.Cluster] {
	return rapid.Custom(func(t *rapid.T) plan.Cluster {
		c := plan.Cluster{Name: name, Services: rapid.SliceOfN(rapid.Custom(worldService), 0, 2).Draw(t, "services")}
		if rapid.IntRange(0, 3).Draw(t, "snat") == 0 {
			c.SNAT = &plan.FabricSNAT{Network: plan.FQName{"d", "p", "v"}, Pools: linklocal.PortTranslationPools()}
		}
		return c
	})
}

// TestPlanInSmallWorlds: of any list and any records, and for any clusters, a
// plan that is carried out leaves nothing to do; stopped after its claim, or
// after its claim and its list, planning again ends in the same list. For longer: -rapid.checks=1000000.
func TestPlanInSmallWorlds(t *testing.T) { rapid.Check(t, checkWorld) }

func checkWorld(t *rapid.T) {
	s := plan.State{Records: map[string]plan.Record{}, Networks: map[plan.FQName]plan.Network{}}
	s.Entries = rapid.SliceOfN(rapid.Custom(worldEntry), 0, 5).Draw(t, "list")
	var want []plan.Cluster
	for _, name := range []string{"a", "b", "c"} {
		if rapid.IntRange(0, 2).Draw(t, "has a record") > 0 {
			if r := worldRecord(t); !r.Empty() {
				s.Records[name] = reread(t, r)
			}
		}
		if rapid.Bool().Draw(t, "in call") {
			want = append(want, worldCluster(name).Draw(t, "cluster"))
		}
	}
	if rapid.Bool().Draw(t, "has pools") {
		s.Pools = plan.EncodePools(linklocal.PortTranslationPools())
	}
	for _, n := range []string{"v", "w"} {
		s.Networks[plan.FQName{"d", "p", n}] = plan.Network{Exists: true, SNAT: rapid.Bool().Draw(t, "is on")}
	}
	o := plan.Options{Prune: rapid.Bool().Draw(t, "prune"), Adopt: rapid.Bool().Draw(t, "adopt")}
	p := plan.Make(s, want, o)
	if len(p.Conflicts) > 0 {
		return
	}
	end := after(t, s, p, true, true, true)
	if again := plan.Make(end, want, o); !again.Empty() || len(again.Conflicts) > 0 {
		t.Fatalf("carried out, it leaves something to do:\n%+v", again)
	}
	for _, steps := range [][2]bool{{true, false}, {true, true}} {
		cut := after(t, s, p, steps[0], steps[1], false)
		again := plan.Make(cut, want, o)
		if len(again.Conflicts) > 0 {
			t.Fatalf("stopped on its way (%v), it leaves a conflict: %v", steps, again.Conflicts)
		}
		if got := after(t, cut, again, true, true, true); !sameList(got.Entries, end.Entries) {
			t.Fatalf("stopped on its way (%v) and continued, the list is\n%s\nwithout the stop it is\n%s", steps, got.Entries, end.Entries)
		}
	}
}

func sameList(a, b []json.RawMessage) bool {
	return string(plan.EncodeServices(a, nil)) == string(plan.EncodeServices(b, nil))
}

func reread(t *rapid.T, r plan.Record) plan.Record {
	got, err := plan.ParseRecord(r.Annotation())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// after is the state once the steps of a plan are done.
func after(t *rapid.T, s plan.State, p plan.Plan, claim, list, settle bool) plan.State {
	out := plan.State{Entries: s.Entries, Pools: s.Pools, Records: map[string]plan.Record{}, Networks: map[plan.FQName]plan.Network{}}
	for c, r := range s.Records {
		out.Records[c] = r
	}
	for n, v := range s.Networks {
		out.Networks[n] = v
	}
	write := func(records map[string]plan.Record) {
		for c, r := range records {
			if out.Records[c] = reread(t, r); r.Empty() {
				delete(out.Records, c)
			}
		}
	}
	if claim {
		write(p.Claim)
	}
	if list {
		out.Entries = p.Entries
		if p.Pools != nil {
			out.Pools = plan.EncodePools(p.Pools)
		}
		for _, c := range p.SNAT {
			out.Networks[c.Network] = plan.Network{Exists: true, SNAT: c.On}
		}
	}
	if settle {
		write(p.Settle)
	}
	return out
}
