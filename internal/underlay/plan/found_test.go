package plan_test

import (
	"testing"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/underlay/plan"
)

// TestFoundWorlds has the worlds in which a plan once broke a promise of
// [checkWorld]. All services have port 8082, and want is the call: a cluster with
// a record and without a line there is outside of it.
func TestFoundWorlds(t *testing.T) {
	type m = map[string][]string
	noTarget := `{"linklocal_service_name":"n","linklocal_service_ip":"10.10.10.2","linklocal_service_port":8082}`
	old := linklocal.PortTranslationPools()[:1]
	network := plan.FQName{"d", "p", "v"}
	snat := &plan.FabricSNAT{Network: network, Pools: linklocal.PortTranslationPools()}
	for _, tc := range []struct {
		reason string
		list   []string
		owns   m
		want   m
		change func(*world) // what the short forms cannot say
		prune  bool
		end    string
	}{
		{reason: "two stale claims of a cluster outside at one service IP and port: which one finds an entry by its name hung on entries that go",
			list: []string{noTarget, "n 2 3", "p 2 4"},
			owns: m{"a": {"n 2 3"}, "b": {"n 2 1", "p 2 1"}, "c": {"n 2 4"}},
			want: m{"a": {}, "c": {}}, prune: true,
			end: `
  {"linklocal_service_name":"n","linklocal_service_ip":"10.10.10.2","linklocal_service_port":8082}
  {"linklocal_service_name":"n","linklocal_service_ip":"10.10.10.2","linklocal_service_port":8082,"ip_fabric_DNS_service_name":"","ip_fabric_service_ip":["192.168.1.3"],"ip_fabric_service_port":8082}
  {"linklocal_service_name":"p","linklocal_service_ip":"10.10.10.2","linklocal_service_port":8082,"ip_fabric_DNS_service_name":"","ip_fabric_service_ip":["192.168.1.4"],"ip_fabric_service_port":8082}
  b: {"version":1,"owns":[{"linklocal_service_name":"n","linklocal_service_ip":"10.10.10.2","linklocal_service_port":8082,"ip_fabric_DNS_service_name":"","ip_fabric_service_ip":["192.168.1.1"],"ip_fabric_service_port":8082},{"linklocal_service_name":"p","linklocal_service_ip":"10.10.10.2","linklocal_service_port":8082,"ip_fabric_DNS_service_name":"","ip_fabric_service_ip":["192.168.1.1"],"ip_fabric_service_port":8082}]}
   map[d:p:v:{true false}]`},
		{reason: "an entry goes from one cluster of the call to another: between the two records it was nobody's",
			list: []string{"m 2 2"}, owns: m{"a": {"m 2 2"}}, want: m{"a": {}, "c": {"m 2 2"}}, prune: true,
			end: `
  {"linklocal_service_name":"m","linklocal_service_ip":"10.10.10.2","linklocal_service_port":8082,"ip_fabric_DNS_service_name":"","ip_fabric_service_ip":["192.168.1.2"],"ip_fabric_service_port":8082}
  c: {"version":1,"owns":[{"linklocal_service_name":"m","linklocal_service_ip":"10.10.10.2","linklocal_service_port":8082,"ip_fabric_DNS_service_name":"","ip_fabric_service_ip":["192.168.1.2"],"ip_fabric_service_port":8082}]}
   map[d:p:v:{true false}]`},
		{reason: "a network goes from one cluster of the call to another",
			want: m{"a": {}, "c": {}}, prune: true,
			change: func(w *world) {
				w.Pools = plan.EncodePools(linklocal.PortTranslationPools())
				w.Networks[network] = plan.Network{Exists: true, SNAT: true}
				w.Records["a"] = plan.Record{SNAT: []plan.FQName{network}, Pools: linklocal.PortTranslationPools()}
				w.want[1].SNAT = snat
			},
			end: `
  c: {"version":1,"fabricSNAT":["d:p:v"],"portTranslationPools":[{"protocol":"tcp","port_range":{"start_port":56000,"end_port":57023}},{"protocol":"udp","port_range":{"start_port":57024,"end_port":58047}}]}
  {"port_translation_pool":[{"protocol":"tcp","port_range":{"start_port":56000,"end_port":57023}},{"protocol":"udp","port_range":{"start_port":57024,"end_port":58047}}]} map[d:p:v:{true true}]`},
		{reason: "an older version wrote other pools: once the new ones were claimed, the old ones looked like somebody else's",
			want: m{"a": {}},
			change: func(w *world) {
				w.Pools = plan.EncodePools(old)
				w.Records["a"] = plan.Record{SNAT: []plan.FQName{network}, Pools: old}
				w.want[0].SNAT = snat
			},
			end: `
  a: {"version":1,"fabricSNAT":["d:p:v"],"portTranslationPools":[{"protocol":"tcp","port_range":{"start_port":56000,"end_port":57023}},{"protocol":"udp","port_range":{"start_port":57024,"end_port":58047}}]}
  {"port_translation_pool":[{"protocol":"tcp","port_range":{"start_port":56000,"end_port":57023}},{"protocol":"udp","port_range":{"start_port":57024,"end_port":58047}}]} map[d:p:v:{true true}]`},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			w := world{o: plan.Options{Prune: tc.prune}, State: plan.State{
				Records: map[string]plan.Record{}, Networks: map[plan.FQName]plan.Network{network: {Exists: true}}}}
			for _, e := range tc.list {
				w.Entries = append(w.Entries, entry(t, e))
			}
			for c, list := range tc.owns {
				w.Records[c] = plan.Record{Owns: services(t, list)}
			}
			for _, c := range []string{"a", "b", "c"} {
				if list, ok := tc.want[c]; ok {
					w.want = append(w.want, plan.Cluster{Name: c, Services: services(t, list)})
				}
			}
			if tc.change != nil {
				tc.change(&w)
			}
			checkWorld(t, w)
			if got := "\n" + w.replan(t).text(); got != tc.end {
				t.Errorf("in the end:%s\nwant:%s", got, tc.end)
			}
		})
	}
}
