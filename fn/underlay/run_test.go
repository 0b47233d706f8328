package underlay_test

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/fn/underlay"
	"github.com/nested-config/nested-config/internal/underlay/apitest"
	"github.com/nested-config/nested-config/internal/underlay/plan"
)

// service is a link-local service on 10.10.10.host that leads to 192.168.1.to,
// the addresses that only nested clusters use in these tests.
func service(name string, host, port, to int) linklocal.Service {
	return linklocal.Service{
		Name:      name,
		ServiceIP: netip.AddrFrom4([4]byte{10, 10, 10, byte(host)}), ServicePort: uint16(port),
		FabricIPs: []netip.Addr{netip.AddrFrom4([4]byte{192, 168, 1, byte(to)})}, FabricPort: uint16(port),
	}
}

func raw(t testing.TB, s linklocal.Service) string {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

const metadata = `{"ip_fabric_DNS_service_name":"","ip_fabric_service_ip":["192.168.1.200"],"ip_fabric_service_port":8775,"linklocal_service_ip":"169.254.169.254","linklocal_service_name":"metadata","linklocal_service_port":80}`

func setList(s *apitest.Server, entries ...string) {
	s.Set("linklocal_services", `{"linklocal_service_entry":[`+strings.Join(entries, ",")+`]}`)
}

func list(t testing.TB, s *apitest.Server) []string {
	t.Helper()
	value := s.Get("linklocal_services")
	if value == "" {
		return nil
	}
	var v struct {
		Entries []json.RawMessage `json:"linklocal_service_entry"`
	}
	if err := json.Unmarshal([]byte(value), &v); err != nil {
		t.Fatal(err)
	}
	out := make([]string, len(v.Entries))
	for i, e := range v.Entries {
		out[i] = plan.Canonical(e)
	}
	return out
}

func canonical(entries ...string) []string {
	out := make([]string, len(entries))
	for i, e := range entries {
		out[i] = plan.Canonical(json.RawMessage(e))
	}
	return out
}

func client(t testing.TB, s *apitest.Server) *underlay.Client {
	t.Helper()
	c, err := underlay.NewClient(underlay.ClientOptions{
		URLs: []string{"http://192.168.1.100:8082"}, Transport: apitest.Transport(s), Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var quick = underlay.WithoutPauses(underlay.Options{})

func TestApplyMergesIntoWhateverIsThere(t *testing.T) {
	config, agent := service("Contrail Config", 1, 8082, 100), service("K8s-cni-to-agent", 5, 9091, 1)
	want := []underlay.Cluster{{Name: "k8s", Services: []linklocal.Service{config, agent}}}
	both := []string{raw(t, config), raw(t, agent)}
	for _, tc := range []struct {
		reason, before string
		after          []string
	}{
		{"a fresh install has no property at all", `null`, both},
		{"the server hands out an empty object", `{}`, both},
		{"the server hands out an empty list in place of an object", `[]`, both},
		{"the server hands out an empty string", `""`, both},
		{"the server hands out false", `false`, both},
		{"the list inside is null", `{"linklocal_service_entry":null}`, both},
		{"the list is empty", `{"linklocal_service_entry":[]}`, both},
		{"null and {} entries crash the original client", `{"linklocal_service_entry":[null,{},` + metadata + `]}`,
			append([]string{`null`, `{}`, metadata}, both...)},
		{"nobody but the agent minds addresses and ports that are none",
			`{"linklocal_service_entry":[{"linklocal_service_ip":"300.1.2.3","linklocal_service_port":1000000000000},{"linklocal_service_name":null,"linklocal_service_port":true}]}`,
			append([]string{`{"linklocal_service_ip":"300.1.2.3","linklocal_service_port":1000000000000}`, `{"linklocal_service_name":null,"linklocal_service_port":true}`}, both...)},
		{"several fabric addresses, one of them twice, keep their order",
			`{"linklocal_service_entry":[{"linklocal_service_name":"ha","ip_fabric_service_ip":["10.0.0.2","10.0.0.1","10.0.0.2"]}]}`,
			append([]string{`{"linklocal_service_name":"ha","ip_fabric_service_ip":["10.0.0.2","10.0.0.1","10.0.0.2"]}`}, both...)},
		{"an identical entry is shared", `{"linklocal_service_entry":[` + raw(t, agent) + `]}`, []string{raw(t, agent), raw(t, config)}},
	} {
		s := apitest.New()
		s.Set("linklocal_services", tc.before)
		report, err := underlay.Apply(t.Context(), client(t, s), want, quick)
		if err != nil || !report.Applied {
			t.Errorf("%s: %v", tc.reason, err)
		}
		if d := cmp.Diff(canonical(tc.after...), list(t, s)); d != "" {
			t.Errorf("%s: list (-want +got):\n%s", tc.reason, d)
		}
		again, err := underlay.Plan(t.Context(), client(t, s), want, quick)
		if err != nil || again.Pending() {
			t.Errorf("%s: a second run has something to do: %v %+v", tc.reason, err, again.Changes)
		}
	}
}

func TestApplyAsksInTheOrderThatSurvivesACrash(t *testing.T) {
	s := apitest.New()
	setList(s, metadata)
	want := []underlay.Cluster{{Name: "k8s", Services: []linklocal.Service{service("Contrail Config", 1, 8082, 100)}}}
	if _, err := underlay.Apply(t.Context(), client(t, s), want, quick); err != nil {
		t.Fatal(err)
	}
	if _, err := underlay.Remove(t.Context(), client(t, s), "k8s", quick); err != nil {
		t.Fatal(err)
	}
	added := []string{
		"POST /fqname-to-id",
		"GET /global-vrouter-config",
		"POST /prop-collection-update", // claim
		"GET /global-vrouter-config",
		"GET /global-vrouter-config if-none-match",
		"PUT /global-vrouter-config",
		"GET /global-vrouter-config",   // is all there?
		"POST /prop-collection-update", // settle
		"GET /global-vrouter-config",
	}
	removed := []string{
		"POST /fqname-to-id",
		"GET /global-vrouter-config",
		"GET /global-vrouter-config if-none-match",
		"PUT /global-vrouter-config",
		"GET /global-vrouter-config",
		"POST /prop-collection-update", // give the claim up
		"GET /global-vrouter-config",
	}
	if d := cmp.Diff(append(added, removed...), s.Log()); d != "" {
		t.Errorf("requests (-want +got):\n%s", d)
	}
	if d := cmp.Diff(canonical(metadata), list(t, s)); d != "" {
		t.Errorf("list (-want +got):\n%s", d)
	}
	if got := s.Get("annotations"); got != `{"key_value_pair": []}` {
		t.Errorf("the annotation stays: %s", got)
	}
}

// A run of b was stopped once its entry was gone and its claim was not. What a puts
// there by the same name may be b's, edited, for all that anybody knows: it stays
// when a goes, and goes with b.
func TestWhatAnotherMayHaveEditedStays(t *testing.T) {
	s := apitest.New()
	gone, theirs := service("Contrail Config", 1, 8082, 200), service("Contrail Config", 1, 8082, 101)
	a := []underlay.Cluster{{Name: "a", Services: []linklocal.Service{theirs}}}
	b := []underlay.Cluster{{Name: "b", Services: []linklocal.Service{gone}}}
	if _, err := underlay.Apply(t.Context(), client(t, s), b, quick); err != nil {
		t.Fatal(err)
	}
	claim := s.Get("annotations")
	setList(s)
	if _, err := underlay.Apply(t.Context(), client(t, s), a, quick); err != nil {
		t.Fatal(err)
	}
	if _, err := underlay.Remove(t.Context(), client(t, s), "a", quick); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{plan.Canonical([]byte(raw(t, theirs)))}, list(t, s)); diff != "" {
		t.Errorf("without a (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(claim, s.Get("annotations")); diff != "" {
		t.Errorf("the claim of b (-want +got):\n%s", diff)
	}
	if _, err := underlay.Remove(t.Context(), client(t, s), "b", quick); err != nil {
		t.Fatal(err)
	}
	if got := list(t, s); len(got) > 0 || strings.Contains(s.Get("annotations"), plan.OwnerPrefix) {
		t.Errorf("without both: %q, %s", got, s.Get("annotations"))
	}
}
