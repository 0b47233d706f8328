package importer_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/underlay"
	"github.com/nested-config/nested-config/internal/importer"
	"github.com/nested-config/nested-config/internal/underlay/plan"
)

// serviceIPs is the common.env of the guide's site: nothing in it but service IPs.
const serviceIPs = `CONTRAIL_REGISTRY=docker.io/opencontrailnightly
CONTRAIL_CONTAINER_TAG=R21.4-1
CONFIG_NODES=10.10.10.1
ANALYTICS_NODES=10.10.10.1,10.10.10.2
RABBITMQ_NODES=10.10.10.1
CONFIGDB_NODES=10.10.10.1,10.10.10.2,10.10.10.3
AUTH_MODE=keystone
KEYSTONE_AUTH_HOST=10.10.10.4
KUBERNETES_API_SERVER=10.84.31.67
KUBERNETES_CLUSTER_NETWORK="{'domain': 'default-domain', 'project': 'admin', 'name': 'k8s-vms'}"
KUBERNESTES_NESTED_VROUTER_VIP=10.10.10.5
`

// guide are its link-local services: "name service-IP:port fabric:port".
var guide = []string{
	"api 10.10.10.1:8082 192.168.1.100:8082",
	"collector-1 10.10.10.1:8086 192.168.1.100:8086",
	"collector-2 10.10.10.2:8086 192.168.1.101:8086",
	"queue 10.10.10.1:5673 192.168.1.100:5673",
	"db-1 10.10.10.1:9161 192.168.1.100:9161",
	"db-2 10.10.10.2:9161 192.168.1.101:9161",
	"db-3 10.10.10.3:9161 192.168.1.102:9161",
	"ks 10.10.10.4:35357 192.168.1.200:35357",
	"agent 10.10.10.5:9091 127.0.0.1:9091",
}

// row makes an entry of the list; JSON is one already.
func row(t testing.TB, s string) json.RawMessage {
	t.Helper()
	if strings.HasPrefix(s, "{") {
		return json.RawMessage(s)
	}
	parts := strings.Fields(s)
	service, port, _ := strings.Cut(parts[1], ":")
	fabric, to, _ := strings.Cut(parts[2], ":")
	return json.RawMessage(fmt.Sprintf(`{"linklocal_service_name":%q,"linklocal_service_ip":%q,"linklocal_service_port":%s,"ip_fabric_DNS_service_name":"","ip_fabric_service_ip":[%q],"ip_fabric_service_port":%s}`,
		parts[0], service, port, fabric, to))
}

// state is an underlay with these rows.
func state(t testing.TB, rows []string) plan.State {
	t.Helper()
	s := plan.State{}
	for _, r := range rows {
		s.Entries = append(s.Entries, row(t, r))
	}
	return s
}

func holding(s plan.State) underlay.Holding {
	h := underlay.Holding{Server: "http://192.168.1.100:8082", Network: underlay.Network{Exists: true}}
	for _, e := range s.Found() {
		h.Entries = append(h.Entries, underlay.Entry(e))
	}
	return h
}

// look answers what the underlay holds.
func look(h underlay.Holding) importer.Look {
	return func(config.Config) (underlay.Holding, error) { return h, nil }
}

// declared is what the imported site declares.
func declared(t testing.TB, site importer.Site) plan.Cluster {
	t.Helper()
	n, err := yaml.Parse(string(site.Config))
	if err != nil {
		t.Fatal(err)
	}
	c, ps := config.Load(n.YNode())
	if ps.Errors() {
		t.Fatalf("imported what does not load: %v", ps)
	}
	return plan.Cluster{Name: c.Name, Services: c.Services}
}

// replaced is the guide's list with other rows in the place of one.
func replaced(name string, with ...string) []string {
	var out []string
	for _, r := range guide {
		if strings.HasPrefix(r, name+" ") {
			out = append(out, with...)
		} else {
			out = append(out, r)
		}
	}
	return out
}

// What cannot be told from the list is told with the candidates, and nothing is
// imported. Each case changes the guide's list or its common.env.
func TestAmbiguousUnderlay(t *testing.T) {
	for _, tc := range []struct {
		reason   string
		rows     []string
		env      string // instead of serviceIPs
		notThere bool   // the virtual network
		want     []string
	}{
		{reason: "two that lead to different nodes",
			rows: replaced("api", "api 10.10.10.1:8082 192.168.1.100:8082", "old 10.10.10.1:8082 192.168.1.99:8082"),
			want: []string{`common.env: CONFIG_NODES: "10.10.10.1:8082": has 2 link-local services in the underlay, of which the vRouter agent silently takes the first: remove the wrong ones there (10.10.10.1:8082 -> 192.168.1.100:8082 "api"; 10.10.10.1:8082 -> 192.168.1.99:8082 "old")`}},
		{reason: "one that cannot be read beside one that can",
			rows: replaced("api", `{"linklocal_service_name":"x","linklocal_service_ip":"10.10.10.1","linklocal_service_port":8082}`, "api 10.10.10.1:8082 192.168.1.100:8082"),
			want: []string{`common.env: CONFIG_NODES: "10.10.10.1:8082": has 2 link-local services in the underlay, of which the vRouter agent silently takes the first: remove the wrong ones there ({"linklocal_service_ip":"10.10.10.1","linklocal_service_name":"x","linklocal_service_port":8082}; 10.10.10.1:8082 -> 192.168.1.100:8082 "api")`}},
		{reason: "a service IP without one, known at other ports: RabbitMQ is at 5672",
			rows: replaced("queue", "queue 10.10.10.1:5672 192.168.1.100:5672"),
			want: []string{`common.env: RABBITMQ_NODES: "10.10.10.1:5673": has no link-local service in the underlay (this service IP has 10.10.10.1:8082 -> 192.168.1.100:8082 "api"; 10.10.10.1:8086 -> 192.168.1.100:8086 "collector-1"; 10.10.10.1:5672 -> 192.168.1.100:5672 "queue"; 10.10.10.1:9161 -> 192.168.1.100:9161 "db-1"): correct the address or the port, or name the fabric address behind it with --link-local 10.10.10.1=FABRIC_IP`}},
		{reason: "a service IP without any, and the port is known at others",
			rows: replaced("db-3"),
			want: []string{`common.env: CONFIGDB_NODES: "10.10.10.3:9161": has no link-local service in the underlay (this port has 10.10.10.1:9161 -> 192.168.1.100:9161 "db-1"; 10.10.10.2:9161 -> 192.168.1.101:9161 "db-2"): correct the address or the port, or name the fabric address behind it with --link-local 10.10.10.3=FABRIC_IP`}},
		{reason: "a service IP without any, and the port neither",
			rows: replaced("ks"),
			want: []string{`common.env: KEYSTONE_AUTH_HOST: "10.10.10.4:35357": has no link-local service in the underlay (no link-local service has this service IP or port): correct the address or the port, or name the fabric address behind it with --link-local 10.10.10.4=FABRIC_IP`}},
		{reason: "a service IP that leads to two nodes",
			rows: replaced("collector-1", "collector-1 10.10.10.1:8086 192.168.1.101:8086"),
			want: []string{
				`common.env: ANALYTICS_NODES: "10.10.10.1:8086": leads to another node than the same service IP at another port, but a NestedConfig has one node behind a service IP: change the list, or import without --config-api, which takes the addresses as they are (10.10.10.1:8082 -> 192.168.1.100:8082 "api"; 10.10.10.1:8086 -> 192.168.1.101:8086 "collector-1")`}},
		{reason: "a node with two service IPs",
			rows: replaced("db-3", "db-3 10.10.10.3:9161 192.168.1.100:9161"),
			want: []string{`common.env: CONFIGDB_NODES: "10.10.10.3:9161": leads to a node that has another service IP too, but a NestedConfig has one service IP for a node: change the list, or import without --config-api, which takes the addresses as they are (10.10.10.1:8082 -> 192.168.1.100:8082 "api"; 10.10.10.3:9161 -> 192.168.1.100:9161 "db-3")`}},
		{reason: "another port behind it",
			rows: replaced("queue", "queue 10.10.10.1:5673 192.168.1.100:5672"),
			want: []string{`common.env: RABBITMQ_NODES: "10.10.10.1:5673": has a link-local service in the underlay that leads to another port, but a NestedConfig has one port for both: change it there, or import without --config-api, which takes the addresses as they are (10.10.10.1:5673 -> 192.168.1.100:5672 "queue")`}},
		{reason: "several addresses behind it",
			rows: replaced("api", `{"linklocal_service_name":"api","linklocal_service_ip":"10.10.10.1","linklocal_service_port":8082,"ip_fabric_service_ip":["192.168.1.100","192.168.1.101"],"ip_fabric_service_port":8082}`),
			want: []string{`common.env: CONFIG_NODES: "10.10.10.1:8082": has a link-local service in the underlay that leads to several addresses, but a NestedConfig has a service IP for each: change it there, or import without --config-api, which takes the addresses as they are (10.10.10.1:8082 -> 192.168.1.100,192.168.1.101:8082 "api")`}},
		{reason: "a name behind a node of a role",
			rows: replaced("api", `{"linklocal_service_name":"api","linklocal_service_ip":"10.10.10.1","linklocal_service_port":8082,"ip_fabric_DNS_service_name":"config.example.com","ip_fabric_service_port":8082}`),
			want: []string{`common.env: CONFIG_NODES: "10.10.10.1:8082": has a link-local service in the underlay that leads to a name, but a NestedConfig has addresses of nodes: change it there, or import without --config-api, which takes the addresses as they are (10.10.10.1:8082 -> config.example.com:8082 "api")`}},
		{reason: "a name and an address behind Keystone",
			rows: replaced("ks", `{"linklocal_service_name":"ks","linklocal_service_ip":"10.10.10.4","linklocal_service_port":35357,"ip_fabric_DNS_service_name":"ks.example.com","ip_fabric_service_ip":["192.168.1.200"],"ip_fabric_service_port":35357}`),
			want: []string{`common.env: KEYSTONE_AUTH_HOST: "10.10.10.4:35357": has a link-local service in the underlay that has an address and a name, but a NestedConfig has only one of them: change it there, or import without --config-api, which takes the addresses as they are (10.10.10.4:35357 -> 192.168.1.200,ks.example.com:35357 "ks")`}},
		{reason: "nothing behind it",
			rows: replaced("ks", `{"linklocal_service_name":"ks","linklocal_service_ip":"10.10.10.4","linklocal_service_port":35357,"ip_fabric_service_port":35357}`),
			want: []string{`common.env: KEYSTONE_AUTH_HOST: "10.10.10.4:35357": has a link-local service in the underlay that leads nowhere: change it there, or import without --config-api, which takes the addresses as they are (10.10.10.4:35357 -> :35357 "ks")`}},
		{reason: "the table that was published for OpenShift 3.11: services twice, the message queue at another service IP, and a node in the place of the agent",
			rows: []string{
				"Config 10.10.10.1:8082 192.168.1.100:8082", "Analytics-1 10.10.10.1:8086 192.168.1.100:8086", "Analytics-2 10.10.10.1:8086 192.168.1.101:8086",
				"Queue 10.10.10.2:5673 192.168.1.100:5673", "DB-1 10.10.10.1:9161 192.168.1.100:9161", "DB-2 10.10.10.2:9161 192.168.1.101:9161",
				"DB-3 10.10.10.2:9161 192.168.1.102:9161", "Keystone 10.10.10.4:35357 192.168.1.200:35357", "agent 10.10.10.5:9091 192.168.1.201:9091"},
			want: []string{
				`common.env: KUBERNESTES_NESTED_VROUTER_VIP: "10.10.10.5:9091": must lead to 127.0.0.1:9091, which is the vRouter agent of every compute node: correct it in the underlay (10.10.10.5:9091 -> 192.168.1.201:9091 "agent")`,
				`common.env: ANALYTICS_NODES: "10.10.10.1:8086": has 2 link-local services in the underlay, of which the vRouter agent silently takes the first: remove the wrong ones there (10.10.10.1:8086 -> 192.168.1.100:8086 "Analytics-1"; 10.10.10.1:8086 -> 192.168.1.101:8086 "Analytics-2")`,
				`common.env: ANALYTICS_NODES: "10.10.10.2:8086": has no link-local service in the underlay (this service IP has 10.10.10.2:5673 -> 192.168.1.100:5673 "Queue"; 10.10.10.2:9161 -> 192.168.1.101:9161 "DB-2"; 10.10.10.2:9161 -> 192.168.1.102:9161 "DB-3"): correct the address or the port, or name the fabric address behind it with --link-local 10.10.10.2=FABRIC_IP`,
				`common.env: RABBITMQ_NODES: "10.10.10.1:5673": has no link-local service in the underlay (this service IP has 10.10.10.1:8082 -> 192.168.1.100:8082 "Config"; 10.10.10.1:8086 -> 192.168.1.100:8086 "Analytics-1"; 10.10.10.1:8086 -> 192.168.1.101:8086 "Analytics-2"; 10.10.10.1:9161 -> 192.168.1.100:9161 "DB-1"): correct the address or the port, or name the fabric address behind it with --link-local 10.10.10.1=FABRIC_IP`,
				`common.env: CONFIGDB_NODES: "10.10.10.2:9161": has 2 link-local services in the underlay, of which the vRouter agent silently takes the first: remove the wrong ones there (10.10.10.2:9161 -> 192.168.1.101:9161 "DB-2"; 10.10.10.2:9161 -> 192.168.1.102:9161 "DB-3")`,
				`common.env: CONFIGDB_NODES: "10.10.10.3:9161": has no link-local service in the underlay (this port has 10.10.10.1:9161 -> 192.168.1.100:9161 "DB-1"; 10.10.10.2:9161 -> 192.168.1.101:9161 "DB-2"; 10.10.10.2:9161 -> 192.168.1.102:9161 "DB-3"): correct the address or the port, or name the fabric address behind it with --link-local 10.10.10.3=FABRIC_IP`,
			}},
		{reason: "loopback behind a role: a row to a host that no role has",
			rows: replaced("ks", "ks 10.10.10.4:35357 127.0.0.1:35357"),
			want: []string{
				`spec.underlay.keystone.host: "127.0.0.1": is a loopback address: write the address that other machines connect to`}},
		{reason: "a name that the agent takes for the metadata service",
			rows: replaced("ks", "My-Metadata 10.10.10.4:35357 192.168.1.200:35357"),
			want: []string{`common.env: KEYSTONE_AUTH_HOST: "10.10.10.4:35357": has a link-local service in the underlay with metadata in its name, which the vRouter agent answers itself: rename it there (10.10.10.4:35357 -> 192.168.1.200:35357 "My-Metadata")`}},
		{reason: "the agent's leads to a node",
			rows: replaced("agent", "agent 10.10.10.5:9091 192.168.1.201:9091"),
			want: []string{`common.env: KUBERNESTES_NESTED_VROUTER_VIP: "10.10.10.5:9091": must lead to 127.0.0.1:9091, which is the vRouter agent of every compute node: correct it in the underlay (10.10.10.5:9091 -> 192.168.1.201:9091 "agent")`}},
		{reason: "the agent has another service IP",
			rows: replaced("agent", "agent 10.10.10.6:9091 127.0.0.1:9091"),
			want: []string{`common.env: KUBERNESTES_NESTED_VROUTER_VIP: "10.10.10.5:9091": has no link-local service in the underlay (those that lead to the vRouter agent: 10.10.10.6:9091 -> 127.0.0.1:9091 "agent"): is http://192.168.1.100:8082 the config API of its Contrail?`}},
		{reason: "no source has the service IP of the agent, and the underlay has two",
			env:  strings.Replace(serviceIPs, "KUBERNESTES_NESTED_VROUTER_VIP=10.10.10.5\n", "", 1),
			rows: replaced("agent", "agent 10.10.10.5:9091 127.0.0.1:9091", "other 10.10.10.6:9091 127.0.0.1:9091"),
			want: []string{`common.env: KUBERNESTES_NESTED_VROUTER_VIP: is required, but the underlay does not have exactly one service IP that leads to 127.0.0.1:9091 (10.10.10.5:9091 -> 127.0.0.1:9091 "agent"; 10.10.10.6:9091 -> 127.0.0.1:9091 "other"): add the line`}},
		{reason: "no source has the service IP of the agent, and the underlay neither",
			env:  strings.Replace(serviceIPs, "KUBERNESTES_NESTED_VROUTER_VIP=10.10.10.5\n", "", 1),
			rows: replaced("agent"),
			want: []string{`common.env: KUBERNESTES_NESTED_VROUTER_VIP: is required, but the underlay does not have exactly one service IP that leads to 127.0.0.1:9091 (none): add the line`}},
		{reason: "Keystone by a name that the underlay does not lead to",
			env:  strings.Replace(serviceIPs, "KEYSTONE_AUTH_HOST=10.10.10.4", "KEYSTONE_AUTH_HOST=ks.example.com", 1),
			rows: guide,
			want: []string{`common.env: KEYSTONE_AUTH_HOST: "ks.example.com": has no link-local service with this name and port 35357 in the underlay (10.10.10.4:35357 -> 192.168.1.200:35357 "ks"): name its service IP with --link-local SERVICE_IP=ks.example.com`}},
		{reason: "no virtual network: it may be another Contrail",
			rows: guide, notThere: true,
			want: []string{`common.env: KUBERNETES_CLUSTER_NETWORK: "default-domain:admin:k8s-vms": does not exist in the underlay: is http://192.168.1.100:8082 the config API of its Contrail?`}},
	} {
		h := holding(state(t, tc.rows))
		h.Network.Exists = !tc.notThere
		text := tc.env
		if text == "" {
			text = serviceIPs
		}
		site, ps := importer.Import("common.env", text, importer.Options{Look: look(h)})
		var got []string
		for _, p := range ps {
			got = append(got, p.String())
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", tc.reason, diff)
		}
		if site.Config != nil {
			t.Errorf("%s: imported all the same", tc.reason)
		}
	}
}

// Whatever the guide's services are called, in whatever order they are, and
// whatever others have between them: the site is imported, and there is nothing to
// do in the underlay.
func TestNothingToDoAfterImport(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	foreign := []string{
		"ntp 10.20.0.1:123 192.168.1.9:123", "metadata 169.254.169.254:80 192.168.1.200:8775", "{}", `{"linklocal_service_ip":"none"}`,
		"Keystone 10.20.0.2:35357 192.168.1.9:35357", "x 10.10.10.1:22 192.168.1.100:22", `{"linklocal_service_ip":"10.10.10.9","linklocal_service_port":"x"}`,
	}
	names := []string{"Contrail Config", "contrail config", "", "a b", "Keystone", "K8s-cni-to-agent", "\u00fc\x1b[2J", "same", "same"}
	for range 300 {
		rows := append(slices.Clone(guide), foreign...)
		for i, r := range rows[:len(guide)] {
			raw := string(row(t, r))
			name, _, _ := strings.Cut(r, " ")
			other, err := json.Marshal(names[random.IntN(len(names))])
			if err != nil {
				t.Fatal(err)
			}
			rows[i] = strings.Replace(raw, fmt.Sprintf("%q", name), string(other), 1)
		}
		random.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		s := state(t, rows)
		site, ps := importer.Import("common.env", serviceIPs, importer.Options{Look: look(holding(s))})
		if len(ps) > 0 {
			t.Fatalf("%v\nwith %s", ps, rows)
		}
		if p := plan.Make(s, []plan.Cluster{declared(t, site)}, plan.Options{}); !p.Empty() || len(p.Conflicts) > 0 {
			t.Fatalf("to do: %+v, conflicts: %v\nwith %s", p.Changes, p.Conflicts, rows)
		}
	}
}

// A prefix of all names is taken as far as a NestedConfig may have it. Whatever the
// names are, the site is imported.
func TestPrefixOfNames(t *testing.T) {
	for prefix, want := range map[string]string{
		"":                        "",
		"site 1 ":                 "site 1 ",
		"k8s5_":                   "k8s5_",
		"Metadata ":               "an error: the agent answers such services",
		"\x1b[2J":                 "",
		"a\nb":                    "",
		strings.Repeat("a", 5000): "",
		"contrail ":               "contrail ",
	} {
		rows := make([]string, len(guide))
		for i, name := range []string{"Contrail Config", "Contrail Analytics 1", "Contrail Analytics 2", "Contrail Msg Queue", "Contrail VNC DB 1", "Contrail VNC DB 2", "Contrail VNC DB 3", "Keystone", "K8s-cni-to-agent"} {
			text, err := json.Marshal(prefix + name)
			if err != nil {
				t.Fatal(err)
			}
			own, _, _ := strings.Cut(guide[i], " ")
			rows[i] = strings.Replace(string(row(t, guide[i])), fmt.Sprintf("%q", own), string(text), 1)
		}
		site, ps := importer.Import("common.env", serviceIPs, importer.Options{Look: look(holding(state(t, rows)))})
		if ps.Errors() {
			if !strings.HasPrefix(want, "an error") {
				t.Errorf("%q: %v", prefix, ps)
			}
			continue
		}
		n, err := yaml.Parse(string(site.Config))
		if err != nil {
			t.Fatal(err)
		}
		c, _ := config.Load(n.YNode())
		if got := c.Spec.LinkLocal.NamePrefix; got != want {
			t.Errorf("%q: the prefix is %q, want %q", prefix, got, want)
		}
	}
}

// Whatever an underlay answers: no panic, no message on several lines, and what is
// imported loads, with nothing to change in that underlay but what was told.
func FuzzUnderlay(f *testing.F) {
	f.Add(strings.Join(guide, "\n"), false)
	for _, r := range guide {
		f.Add(strings.Replace(strings.Join(guide, "\n"), r, r+"\n"+strings.Replace(r, "192.168", "192.169", 1), 1), true)
	}
	f.Add(`{"linklocal_service_entry":[{"linklocal_service_name":"\u001b[2J\n","linklocal_service_ip":"10.10.10.1","linklocal_service_port":8082,"ip_fabric_DNS_service_name":"a\nb","ip_fabric_service_port":1e9}]}`, true)
	f.Fuzz(func(t *testing.T, text string, snat bool) {
		var s plan.State
		if strings.HasPrefix(text, "{") {
			var err error
			if s, err = plan.Decode(map[string]json.RawMessage{plan.PropertyServices: json.RawMessage(text), plan.PropertyPools: json.RawMessage(text)}); err != nil {
				return
			}
		} else {
			for line := range strings.Lines(text) {
				parts := strings.Fields(line)
				if len(parts) != 3 || !strings.Contains(parts[1], ":") || !strings.Contains(parts[2], ":") {
					return
				}
				raw := row(t, line)
				if strings.HasPrefix(line, "{") || !json.Valid(raw) {
					return
				}
				s.Entries = append(s.Entries, raw)
			}
		}
		h := holding(s)
		h.Network.SNAT = snat
		pools, ok := s.ReadPools()
		h.Pools, h.PoolsUnknown = pools, !ok
		for _, env := range []string{serviceIPs, strings.Replace(serviceIPs, "10.10.10.4", "keystone", 1)} {
			site, ps := importer.Import("common.env", env, importer.Options{Look: look(h)})
			for _, p := range ps {
				if strings.ContainsAny(p.String(), "\n\r\x00\x1b") {
					t.Errorf("message: %q", p.String())
				}
			}
			if ps.Errors() {
				continue
			}
			c := declared(t, site)
			p := plan.Make(s, []plan.Cluster{c}, plan.Options{})
			if !strings.Contains(string(site.Config), "connectivity: Direct") && len(p.Conflicts) > 0 {
				t.Errorf("conflicts: %v\nafter %v", p.Conflicts, ps)
			}
			if p.ListChanges {
				t.Errorf("to do: %+v\nafter %v", p.Changes, ps)
			}
		}
	})
}
