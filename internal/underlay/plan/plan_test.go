package plan_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/underlay/plan"
)

func service(name string, host, to int) linklocal.Service {
	return linklocal.Service{
		Name:      name,
		ServiceIP: netip.AddrFrom4([4]byte{10, 10, 10, byte(host)}), ServicePort: 8082,
		FabricIPs: []netip.Addr{netip.AddrFrom4([4]byte{192, 168, 1, byte(to)})}, FabricPort: 8082,
	}
}

// entry is an element of the list: "name host to", as service takes them, or JSON.
func entry(t testing.TB, s string) json.RawMessage {
	t.Helper()
	if strings.HasPrefix(s, "{") || s == "null" {
		return json.RawMessage(s)
	}
	var name string
	var host, to int
	if _, err := fmt.Sscan(s, &name, &host, &to); err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	b, err := json.Marshal(service(name, host, to))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func services(t testing.TB, short []string) (out []linklocal.Service) {
	t.Helper()
	for _, s := range short {
		var name string
		var host, to int
		if _, err := fmt.Sscan(s, &name, &host, &to); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		out = append(out, service(name, host, to))
	}
	return out
}

func short(raw json.RawMessage) string {
	var e struct {
		Name string   `json:"linklocal_service_name"`
		IP   string   `json:"linklocal_service_ip"`
		To   []string `json:"ip_fabric_service_ip"`
	}
	if json.Unmarshal(raw, &e) != nil || !strings.HasPrefix(e.IP, "10.10.10.") || len(e.To) != 1 {
		return string(raw)
	}
	return strings.Join([]string{e.Name, strings.TrimPrefix(e.IP, "10.10.10."), strings.TrimPrefix(e.To[0], "192.168.1.")}, " ")
}

// TestRules has one case for each rule of who may do what to which entry. All
// services have port 8082; "a" and "b" are clusters, and a case without "b" in
// want is one where b's declarations are in another repository.
func TestRules(t *testing.T) {
	type m = map[string][]string
	for _, tc := range []struct {
		reason       string
		list         []string
		owns         m
		pending      m
		want         m
		prune, adopt bool
		after        []string // the list; nil: unchanged
		settle       m        // what is owned in the end, of the records that change
		conflicts    []plan.Reason
	}{
		{reason: "a new one comes last",
			list: []string{"x 9 9", "null"}, want: m{"a": {"n 1 1"}},
			after: []string{"x 9 9", "null", "n 1 1"}, settle: m{"a": {"n 1 1"}}},
		{reason: "two clusters declare it: both own it, by the name of the first",
			want:  m{"a": {"n 1 1"}, "b": {"other 1 1"}},
			after: []string{"n 1 1"}, settle: m{"a": {"n 1 1"}, "b": {"n 1 1"}}},
		{reason: "identical, and nobody's: shared",
			list: []string{"n 1 1"}, want: m{"a": {"n 1 1"}}},
		{reason: "identical, and nobody's: owned when adopted",
			list: []string{"n 1 1"}, want: m{"a": {"n 1 1"}}, adopt: true, settle: m{"a": {"n 1 1"}}},
		{reason: "another's: owned together",
			list: []string{"n 1 1"}, owns: m{"b": {"n 1 1"}}, want: m{"a": {"n 1 1"}}, settle: m{"a": {"n 1 1"}}},
		{reason: "another's by another name: owned together, and keeps its name",
			list: []string{"n2 1 1"}, owns: m{"b": {"n2 1 1"}}, want: m{"a": {"n 1 1"}}, settle: m{"a": {"n2 1 1"}}},
		{reason: "ours alone by another name: renamed",
			list: []string{"n2 1 1", "x 9 9"}, owns: m{"a": {"n2 1 1"}}, want: m{"a": {"n 1 1"}},
			after: []string{"n 1 1", "x 9 9"}, settle: m{"a": {"n 1 1"}}},
		{reason: "ours and another's by another name: keeps it",
			list: []string{"n2 1 1"}, owns: m{"a": {"n2 1 1"}, "b": {"n2 1 1"}}, want: m{"a": {"n 1 1"}}},
		{reason: "ours and another's of the same call, one of which wants the name: keeps it",
			list: []string{"n2 1 1"}, owns: m{"a": {"n2 1 1"}, "b": {"n2 1 1"}}, want: m{"a": {"n 1 1"}, "b": {"n2 1 1"}}},
		{reason: "a co-owner has renamed it since: still ours",
			list: []string{"n2 1 1"}, owns: m{"a": {"n 1 1"}, "b": {"n2 1 1"}}, want: m{"a": {"n 1 1"}}, settle: m{"a": {"n2 1 1"}}},
		{reason: "nobody's by another name serves as it is",
			list: []string{"n2 1 1"}, want: m{"a": {"n 1 1"}}},
		{reason: "nobody's by a name that the agent takes for the metadata service does not serve",
			list: []string{"my-Metadata 1 1"}, want: m{"a": {"n 1 1"}}, conflicts: []plan.Reason{plan.KeyTaken}},
		{reason: "nobody's by another name is renamed when adopted",
			list: []string{"n2 1 1"}, want: m{"a": {"n 1 1"}}, adopt: true,
			after: []string{"n 1 1"}, settle: m{"a": {"n 1 1"}}},
		{reason: "nobody's with another target is in the way",
			list: []string{"n 1 2"}, want: m{"a": {"n 1 1"}}, conflicts: []plan.Reason{plan.KeyTaken}},
		{reason: "nobody's with another target is taken when adopted, in its place; a second one goes",
			list: []string{"y 1 2", "x 9 9", "z 1 3"}, want: m{"a": {"n 1 1"}}, adopt: true,
			after: []string{"n 1 1", "x 9 9"}, settle: m{"a": {"n 1 1"}}},
		{reason: "another's with another target is never taken",
			list: []string{"n 1 2"}, owns: m{"b": {"n 1 2"}}, want: m{"a": {"n 1 1"}}, adopt: true, conflicts: []plan.Reason{plan.KeyOwned}},
		{reason: "ours with another target changes in its place",
			list: []string{"n 1 2", "x 9 9"}, owns: m{"a": {"n 1 2"}}, want: m{"a": {"n 1 1"}},
			after: []string{"n 1 1", "x 9 9"}, settle: m{"a": {"n 1 1"}}},
		{reason: "ours and another's does not change for us alone",
			list: []string{"n 1 2"}, owns: m{"a": {"n 1 2"}, "b": {"n 1 2"}}, want: m{"a": {"n 1 1"}}, conflicts: []plan.Reason{plan.KeyOwned}},
		{reason: "ours and another's changes when both want it",
			list: []string{"n 1 2"}, owns: m{"a": {"n 1 2"}, "b": {"n 1 2"}}, want: m{"a": {"n 1 1"}, "b": {"n 1 1"}},
			after: []string{"n 1 1"}, settle: m{"a": {"n 1 1"}, "b": {"n 1 1"}}},
		{reason: "somebody edited ours: put right",
			list: []string{"n 1 7"}, owns: m{"a": {"n 1 1"}}, want: m{"a": {"n 1 1"}}, after: []string{"n 1 1"}},
		{reason: "somebody edited what is ours and another's: put right, because it is so on both records",
			list: []string{"n 1 7"}, owns: m{"a": {"n 1 1"}, "b": {"n 1 1"}}, want: m{"a": {"n 1 1"}}, after: []string{"n 1 1"}},
		{reason: "somebody edited what is ours and, with another target, another's: in the way",
			list: []string{"n 1 7"}, owns: m{"a": {"n 1 1"}, "b": {"n 1 2"}}, want: m{"a": {"n 1 1"}}, conflicts: []plan.Reason{plan.KeyOwned}},
		{reason: "what cannot be read in full is nobody's, whatever its name: in the way",
			list: []string{`{"linklocal_service_name":"n","linklocal_service_ip":"10.10.10.1","linklocal_service_port":8082}`}, owns: m{"a": {"n 1 1"}}, want: m{"a": {"n 1 1"}}, conflicts: []plan.Reason{plan.KeyTaken}},
		{reason: "somebody put his own in the place of ours: in the way",
			list: []string{"his 1 7"}, owns: m{"a": {"n 1 1"}}, want: m{"a": {"n 1 1"}}, conflicts: []plan.Reason{plan.KeyTaken}},
		{reason: "somebody put one like ours where it was only about to be: in the way",
			list: []string{"n 1 7"}, pending: m{"a": {"n 1 1"}}, want: m{"a": {"n 1 1"}}, conflicts: []plan.Reason{plan.KeyTaken}},
		{reason: "somebody removed ours: added again",
			list: []string{"x 9 9"}, owns: m{"a": {"n 1 1"}}, want: m{"a": {"n 1 1"}}, after: []string{"x 9 9", "n 1 1"}},
		{reason: "somebody put another before ours, which the agent would take: in the way",
			list: []string{"his 1 7", "n 1 1"}, owns: m{"a": {"n 1 1"}}, want: m{"a": {"n 1 1"}}, conflicts: []plan.Reason{plan.KeyTaken}},
		{reason: "an identical copy of ours does no harm",
			list: []string{"n 1 1", "n 1 1"}, owns: m{"a": {"n 1 1"}}, want: m{"a": {"n 1 1"}}},
		{reason: "two copies are both ours, because nobody can tell them apart, and go together",
			list: []string{"n 1 1", "n 1 1"}, owns: m{"a": {"n 1 1"}}, want: m{"a": {}}, prune: true,
			after: []string{}, settle: m{"a": nil}},
		{reason: "the name is nobody's elsewhere: in the way, whatever its case",
			list: []string{"N 2 2"}, want: m{"a": {"n 1 1"}}, conflicts: []plan.Reason{plan.NameTaken}},
		{reason: "the name is nobody's elsewhere: moved when adopted",
			list: []string{"N 2 2", "x 9 9"}, want: m{"a": {"n 1 1"}}, adopt: true,
			after: []string{"n 1 1", "x 9 9"}, settle: m{"a": {"n 1 1"}}},
		{reason: "the name is of two of nobody's: which would be taken is not for us to say",
			list: []string{"n 2 2", "n 3 3"}, want: m{"a": {"n 1 1"}}, adopt: true, conflicts: []plan.Reason{plan.NameTaken, plan.NameTaken}},
		{reason: "the name is nobody's at a place that another service wants: not moved",
			list: []string{"n 2 2"}, want: m{"a": {"n 1 1", "m 2 2"}}, adopt: true, conflicts: []plan.Reason{plan.NameTaken}},
		{reason: "the name is another's elsewhere",
			list: []string{"n 2 2"}, owns: m{"b": {"n 2 2"}}, want: m{"a": {"n 1 1"}}, adopt: true, conflicts: []plan.Reason{plan.NameOwned}},
		{reason: "the name is ours elsewhere, as when nodes change places",
			list: []string{"n1 1 1", "n2 2 2"}, owns: m{"a": {"n1 1 1", "n2 2 2"}}, want: m{"a": {"n1 2 2", "n2 1 1"}},
			after: []string{"n2 1 1", "n1 2 2"}, settle: m{"a": {"n2 1 1", "n1 2 2"}}},
		{reason: "no longer declared: stays",
			list: []string{"n 1 1"}, owns: m{"a": {"n 1 1"}}, want: m{"a": {}}},
		{reason: "no longer declared: goes when pruned",
			list: []string{"x 9 9", "n 1 1", "null"}, owns: m{"a": {"n 1 1"}}, want: m{"a": {}}, prune: true,
			after: []string{"x 9 9", "null"}, settle: m{"a": nil}},
		{reason: "no longer declared, and another's: stays without us",
			list: []string{"n 1 1"}, owns: m{"a": {"n 1 1"}, "b": {"n 1 1"}}, want: m{"a": {}}, prune: true, settle: m{"a": nil}},
		{reason: "no longer declared by any of its owners, all of this call: goes",
			list: []string{"n 1 1"}, owns: m{"a": {"n 1 1"}, "b": {"n 1 1"}}, want: m{"a": {}, "b": {}}, prune: true,
			after: []string{}, settle: m{"a": nil, "b": nil}},
		{reason: "another cluster's is never pruned",
			list: []string{"n 1 1"}, owns: m{"b": {"n 1 1"}}, want: m{"a": {}}, prune: true},
		{reason: "a claim on what is not there is given up",
			list: []string{"x 9 9"}, owns: m{"a": {"gone 3 3"}}, pending: m{"a": {"never 4 4"}}, want: m{"a": {}}, settle: m{"a": nil}},
		{reason: "what was pending and is there, exactly, is ours",
			list: []string{"n 1 1"}, pending: m{"a": {"n 1 1"}}, want: m{"a": {"n 1 1"}}, settle: m{"a": {"n 1 1"}}},
		{reason: "fields left out, a port as text and null for no name mean the same",
			list: []string{`{"linklocal_service_name":"n","linklocal_service_ip":"10.10.10.1","linklocal_service_port":"8082","ip_fabric_DNS_service_name":null,"ip_fabric_service_ip":["192.168.1.1"],"ip_fabric_service_port":8082}`},
			owns: m{"a": {"n 1 1"}}, want: m{"a": {"n 1 1"}}},
		{reason: "two targets for one address and port cannot be",
			want: m{"a": {"n 1 1"}, "b": {"n 1 2"}}, conflicts: []plan.Reason{plan.DeclaredTwice}},
	} {
		s := plan.State{Records: map[string]plan.Record{}}
		for _, e := range tc.list {
			s.Entries = append(s.Entries, entry(t, e))
		}
		for c, list := range tc.owns {
			s.Records[c] = plan.Record{Owns: services(t, list)}
		}
		for c, list := range tc.pending {
			r := s.Records[c]
			r.Pending = services(t, list)
			s.Records[c] = r
		}
		var want []plan.Cluster
		for c, list := range tc.want {
			want = append(want, plan.Cluster{Name: c, Services: services(t, list)})
		}
		p := plan.Make(s, want, plan.Options{Prune: tc.prune, Adopt: tc.adopt})

		var conflicts []plan.Reason
		for _, c := range p.Conflicts {
			conflicts = append(conflicts, c.Reason)
		}
		if d := cmp.Diff(tc.conflicts, conflicts); d != "" {
			t.Errorf("%s: conflicts (-want +got):\n%s", tc.reason, d)
		}
		after := []string{}
		for _, e := range p.Entries {
			after = append(after, short(e))
		}
		expected := tc.after
		if expected == nil {
			expected = []string{}
			for _, e := range s.Entries {
				expected = append(expected, short(e))
			}
		}
		if d := cmp.Diff(expected, after); d != "" {
			t.Errorf("%s: list (-want +got):\n%s", tc.reason, d)
		}
		if p.ListChanges != (tc.after != nil) {
			t.Errorf("%s: ListChanges is %v", tc.reason, p.ListChanges)
		}
		settled := map[string][]string{}
		for c, r := range p.Final {
			settled[c] = nil
			for _, o := range r.Owns {
				settled[c] = append(settled[c], short(entry(t, fmt.Sprint(o.Name, " ", o.ServiceIP.As4()[3], " ", o.FabricIPs[0].As4()[3]))))
			}
		}
		if tc.settle == nil {
			tc.settle = m{}
		}
		if d := cmp.Diff(map[string][]string(tc.settle), settled); d != "" {
			t.Errorf("%s: owned in the end (-want +got):\n%s", tc.reason, d)
		}
	}
}

func TestDecodeRefusesWhatItDoesNotUnderstand(t *testing.T) {
	for _, tc := range []struct{ reason, property, value, err string }{
		{"a list in place of the object", "linklocal_services", `[{"linklocal_service_name":"x"}]`,
			`linklocal_services: [{"linklocal_service_name":"x"}] is not an object: nothing can be written safely, correct it in the GUI first`},
		{"an object in place of the list", "linklocal_services", `{"linklocal_service_entry":{"linklocal_service_name":"x"}}`,
			`linklocal_services.linklocal_service_entry: {"linklocal_service_name":"x"} is not a list: nothing can be written safely, correct it in the GUI first`},
		{"a record of a later version", "annotations", `{"key_value_pair":[{"key":"nested.opencontrail.org/k8s","value":"{\"version\":2,\"owned\":[]}"}]}`,
			`annotation nested.opencontrail.org/k8s: has version 2, but this program supports 1: use the program that wrote it`},
		{"a record that was cut", "annotations", `{"key_value_pair":[{"key":"nested.opencontrail.org/k8s","value":"{\"version\":1,"}]}`,
			`annotation nested.opencontrail.org/k8s: is not a record of ownership (unexpected end of JSON input): nothing can be written safely`},
		{"a record with an entry that is none", "annotations", `{"key_value_pair":[{"key":"nested.opencontrail.org/k8s","value":"{\"version\":1,\"owns\":[{}]}"}]}`,
			`annotation nested.opencontrail.org/k8s: holds an entry that cannot be read: {}`},
	} {
		_, err := plan.Decode(map[string]json.RawMessage{tc.property: json.RawMessage(tc.value)})
		if err == nil || err.Error() != tc.err {
			t.Errorf("%s: error\n%v\nwant\n%s", tc.reason, err, tc.err)
		}
	}
}

func TestDecodePassesOverOthersAnnotations(t *testing.T) {
	s, err := plan.Decode(map[string]json.RawMessage{"annotations": json.RawMessage(
		`{"key_value_pair":[null,{},[],{"key":null,"value":1},{"key":"owner","value":"{"},{"key":"nested.opencontrail.org/","value":""}]}`)})
	if err != nil || len(s.Records) != 0 {
		t.Errorf("%v, %v", s.Records, err)
	}
}

func TestRecordSurvivesItsAnnotation(t *testing.T) {
	r := plan.Record{
		Owns: []linklocal.Service{service("Contrail <Config> & more", 1, 1),
			{Name: "Keystone", ServiceIP: netip.MustParseAddr("10.10.10.4"), ServicePort: 5000, FabricDNSName: "keystone.example.com", FabricPort: 5000}},
		Pending: []linklocal.Service{service("n", 2, 2)},
		SNAT:    []plan.FQName{{"default-domain", "admin", "k8s-vms"}},
		Pools:   linklocal.PortTranslationPools(),
	}
	got, err := plan.ParseRecord(r.Annotation())
	if err != nil || !got.Equal(r) {
		t.Errorf("%v\n%+v\nwant\n%+v", err, got, r)
	}
}

func TestStoredIsWhatTheServerMakesOfAnEntry(t *testing.T) {
	for in, want := range map[string]string{
		`null`:                            `null`,
		`{}`:                              `{}`,
		`{"linklocal_service_port":"80"}`: `{"linklocal_service_port":80}`,
		`{"linklocal_service_port":80.7, "ip_fabric_service_port":80.0}`: `{"ip_fabric_service_port":80,"linklocal_service_port":80}`,
		`{"linklocal_service_port":""}`:                                  `{"linklocal_service_port":""}`,
		`{"linklocal_service_port":true}`:                                `{"linklocal_service_port":true}`,
		`{"linklocal_service_port":1000000000000}`:                       `{"linklocal_service_port":1000000000000}`,
		`{"linklocal_service_name":"80"}`:                                `{"linklocal_service_name":"80"}`,
	} {
		if got := plan.Stored(json.RawMessage(in)); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
