package underlay_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/fn/underlay"
	"github.com/nested-config/nested-config/internal/underlay/apitest"
	"github.com/nested-config/nested-config/internal/underlay/plan"
)

// foreign is an entry of somebody else's, and foreign2 what he makes of it later.
const (
	foreign  = `{"linklocal_service_name":"ntp","linklocal_service_ip":"10.20.0.1","linklocal_service_port":123,"ip_fabric_service_ip":["172.16.0.1"],"ip_fabric_service_port":123}`
	foreign2 = `{"linklocal_service_name":"ntp","linklocal_service_ip":"10.20.0.1","linklocal_service_port":123,"ip_fabric_service_ip":["172.16.0.2"],"ip_fabric_service_port":123}`
	another  = `{"linklocal_service_name":"dns","linklocal_service_ip":"10.20.0.2","linklocal_service_port":53}`
)

// moment is a boundary of a request: the nth of its kind, before or after it is
// carried out.
type moment struct {
	request  string // as in the log
	nth      int    // from 1
	answered bool
}

var (
	beforeCheck = moment{"GET /global-vrouter-config if-none-match", 1, false}
	inWindow    = moment{"GET /global-vrouter-config if-none-match", 1, true}
	afterPut    = moment{"PUT /global-vrouter-config", 1, true}
)

// at calls do at the moment.
func at(s *apitest.Server, m moment, do func()) func(int, bool, *http.Request) {
	return func(_ int, answered bool, _ *http.Request) {
		log := s.Log()
		n := 0
		for _, line := range log {
			if line == m.request {
				n++
			}
		}
		if log[len(log)-1] == m.request && n == m.nth && answered == m.answered {
			do()
		}
	}
}

func TestRivalWritesInBetween(t *testing.T) {
	config := service("Contrail Config", 1, 8082, 100)
	want := []underlay.Cluster{{Name: "k8s", Services: []linklocal.Service{config}}}
	ours := raw(t, config)
	for _, tc := range []struct {
		reason   string
		when     moment
		rival    []string // the list that he writes
		after    []string
		repaired []string
		left     []string
	}{
		{"seen before the PUT, a change is planned with", beforeCheck,
			[]string{foreign2, another, metadata}, []string{foreign2, another, metadata, ours}, nil, nil},
		{"in the window, and only there, a change is lost", inWindow,
			[]string{foreign2, another, metadata}, []string{foreign, metadata, ours}, nil, nil},
		{"after the PUT, a stale list takes ours and others' away: both come back, in their places", afterPut,
			[]string{metadata}, []string{foreign, metadata, ours}, []string{plan.Describe([]byte(foreign))}, nil},
		{"after the PUT, a list with all of it and more is as good", afterPut,
			[]string{foreign, another, metadata, ours}, []string{foreign, another, metadata, ours}, nil, nil},
		{"after the PUT, what he has put in the place of his own stays", afterPut,
			[]string{metadata, foreign2}, []string{metadata, foreign2, ours}, nil, []string{plan.Describe([]byte(foreign))}},
	} {
		s := apitest.New()
		setList(s, foreign, metadata)
		s.Rival = at(s, tc.when, func() { setList(s, tc.rival...) })
		report, err := underlay.Apply(t.Context(), client(t, s), want, quick)
		if err != nil || !report.Applied {
			t.Errorf("%s: %v", tc.reason, err)
		}
		if d := cmp.Diff(canonical(tc.after...), list(t, s)); d != "" {
			t.Errorf("%s: list (-want +got):\n%s", tc.reason, d)
		}
		if d := cmp.Diff([][]string{tc.repaired, tc.left}, [][]string{report.Repaired, report.Left}); d != "" {
			t.Errorf("%s: repaired, left (-want +got):\n%s", tc.reason, d)
		}
		if report.Window <= 0 {
			t.Errorf("%s: the window was not measured", tc.reason)
		}
	}
}

// TestSomebodyElseIsFaster puts the very entry into the list that was about to
// be added, between the claim and the PUT. It is his: shared, and not removed.
func TestSomebodyElseIsFaster(t *testing.T) {
	config := service("Contrail Config", 1, 8082, 100)
	s := apitest.New()
	setList(s, metadata)
	claimed := moment{"POST /prop-collection-update", 1, true}
	s.Rival = at(s, claimed, func() { setList(s, metadata, raw(t, config)) })
	if _, err := underlay.Apply(t.Context(), client(t, s), []underlay.Cluster{{Name: "k8s", Services: []linklocal.Service{config}}}, quick); err != nil {
		t.Fatal(err)
	}
	if got := s.Get("annotations"); got != `{"key_value_pair": []}` {
		t.Errorf("the claim stays: %s", got)
	}
	if puts := count(s.Log(), "PUT"); puts != 0 {
		t.Errorf("%d PUTs, want none", puts)
	}
	if _, err := underlay.Remove(t.Context(), client(t, s), "k8s", quick); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(canonical(metadata, raw(t, config)), list(t, s)); d != "" {
		t.Errorf("list (-want +got):\n%s", d)
	}
}

func TestPatienceEnds(t *testing.T) {
	config := service("Contrail Config", 1, 8082, 100)
	want := []underlay.Cluster{{Name: "k8s", Services: []linklocal.Service{config}}}
	for _, tc := range []struct {
		reason string
		rival  func(s *apitest.Server) func(int, bool, *http.Request)
		err    string
		puts   int
	}{
		{"a rival that overwrites every PUT is given up on, and what is missing is named",
			func(s *apitest.Server) func(int, bool, *http.Request) {
				return func(_ int, answered bool, r *http.Request) {
					if answered && r.Method == http.MethodPut {
						setList(s, metadata)
					}
				}
			},
			`another client overwrites the list of link-local services (another client overwrote the list); missing now: 10.20.0.1:123 -> 172.16.0.1:123 "ntp"; 10.10.10.1:8082 -> 192.168.1.100:8082 "Contrail Config"; stop that client (a GUI session, another provisioner) and run this again`, 6},
		{"a rival that never stops writing keeps us from writing",
			func(s *apitest.Server) func(int, bool, *http.Request) {
				n := 0
				return func(int, bool, *http.Request) {
					n++
					setList(s, foreign, metadata, fmt.Sprintf(`{"linklocal_service_name":"%d"}`, n))
				}
			},
			`another client keeps writing to the object between the plan and the PUT; all writes so far are complete: run this again to continue`, 0},
	} {
		s := apitest.New()
		setList(s, foreign, metadata)
		s.Rival = tc.rival(s)
		_, err := underlay.Apply(t.Context(), client(t, s), want, quick)
		if err == nil || err.Error() != tc.err {
			t.Errorf("%s: error\n%v\nwant\n%s", tc.reason, err, tc.err)
		}
		if puts := count(s.Log(), "PUT"); puts != tc.puts {
			t.Errorf("%s: %d PUTs, want %d", tc.reason, puts, tc.puts)
		}
	}
}

func count(log []string, prefix string) int {
	return len(keep(log, func(l string) bool { return strings.HasPrefix(l, prefix) }))
}

// TestEveryCutOfTheConnection loses each request of an apply in each way, one at
// a time. What is there in the end is the same as if nothing had happened.
func TestEveryCutOfTheConnection(t *testing.T) {
	config, agent := service("Contrail Config", 1, 8082, 100), service("K8s-cni-to-agent", 5, 9091, 1)
	want := []underlay.Cluster{{Name: "k8s", Services: []linklocal.Service{config, agent}, SNAT: &underlay.FabricSNAT{
		Network: underlay.FQName{"default-domain", "admin", "k8s-vms"}, Pools: linklocal.PortTranslationPools()}}}
	for _, fault := range apitest.Faults() {
		for n := range 20 { // more than there are
			s := apitest.New()
			s.Create("virtual-network", "default-domain", "admin", "k8s-vms")
			setList(s, foreign, metadata)
			s.Fault = func(i int, r *http.Request) apitest.Fault {
				if i == n {
					return fault
				}
				return apitest.OK
			}
			_, err := underlay.Apply(t.Context(), client(t, s), want, quick)
			if fault == apitest.Error409 && err != nil {
				// A refusal is final; what was written so far must allow to go on.
				_, err = underlay.Apply(t.Context(), client(t, s), want, quick)
			}
			if err != nil {
				t.Errorf("fault %d of request %d: %v", fault, n, err)
			}
			if d := cmp.Diff(canonical(foreign, metadata, raw(t, config), raw(t, agent)), list(t, s)); d != "" {
				t.Errorf("fault %d of request %d: list (-want +got):\n%s", fault, n, d)
			}
			s.Fault = nil
			if again, err := underlay.Plan(t.Context(), client(t, s), want, quick); err != nil || again.Pending() {
				t.Errorf("fault %d of request %d: a second run has something to do: %v %+v", fault, n, err, again.Changes)
			}
		}
	}
}

func TestInterrupted(t *testing.T) {
	want := []underlay.Cluster{{Name: "k8s", Services: []linklocal.Service{service("Contrail Config", 1, 8082, 100)}}}
	for _, tc := range []struct {
		reason string
		when   moment
		after  []string
		last   string
	}{
		{"before the PUT, nothing is written", beforeCheck, []string{metadata}, "GET /global-vrouter-config if-none-match"},
		{"at the PUT, it is ended and looked at", moment{"PUT /global-vrouter-config", 1, false},
			[]string{metadata, raw(t, want[0].Services[0])}, "GET /global-vrouter-config"},
	} {
		s := apitest.New()
		setList(s, metadata)
		ctx, cancel := context.WithCancel(t.Context())
		s.Rival = at(s, tc.when, cancel)
		_, err := underlay.Apply(ctx, client(t, s), want, quick)
		if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "run this again to continue") {
			t.Errorf("%s: error %v", tc.reason, err)
		}
		if d := cmp.Diff(canonical(tc.after...), list(t, s)); d != "" {
			t.Errorf("%s: list (-want +got):\n%s", tc.reason, d)
		}
		if log := s.Log(); log[len(log)-1] != tc.last {
			t.Errorf("%s: the last request is %s, want %s", tc.reason, log[len(log)-1], tc.last)
		}
		s.Rival = nil
		if report, err := underlay.Apply(t.Context(), client(t, s), want, quick); err != nil || !report.Applied {
			t.Errorf("%s: the next run: %v", tc.reason, err)
		}
	}
}

// TestNewDatabase brings the server back empty in the middle of a run: the
// remembered uuid is unknown, and what was in the old database is not restored.
func TestNewDatabase(t *testing.T) {
	config := service("Contrail Config", 1, 8082, 100)
	s := apitest.New()
	setList(s, foreign)
	s.Rival = at(s, inWindow, s.Restart)
	report, err := underlay.Apply(t.Context(), client(t, s), []underlay.Cluster{{Name: "k8s", Services: []linklocal.Service{config}}}, quick)
	if err != nil || !report.Applied {
		t.Fatal(err)
	}
	if d := cmp.Diff(canonical(raw(t, config)), list(t, s)); d != "" {
		t.Errorf("list (-want +got):\n%s", d)
	}
}

// TestObjectIsChosenByName puts a second global-vrouter-config beside the
// default one, as a Heat stack does.
func TestObjectIsChosenByName(t *testing.T) {
	config := service("Contrail Config", 1, 8082, 100)
	s := apitest.New()
	other := []string{"default-global-system-config", "default-global-vrouter-config-1"}
	s.Create("global-vrouter-config", other...)
	if _, err := underlay.Apply(t.Context(), client(t, s), []underlay.Cluster{{Name: "k8s", Services: []linklocal.Service{config}}}, quick); err != nil {
		t.Fatal(err)
	}
	if got := s.Get("linklocal_services", other...); got != "" {
		t.Errorf("the other object has %s", got)
	}
	if !slices.Equal(list(t, s), canonical(raw(t, config))) {
		t.Errorf("the default object has %q", list(t, s))
	}
}

func TestLongLists(t *testing.T) {
	config := service("Contrail Config", 1, 8082, 100)
	want := []underlay.Cluster{{Name: "k8s", Services: []linklocal.Service{config}}}
	entries := slices.Repeat([]string{metadata172}, 5000)
	s := apitest.New()
	setList(s, entries...)
	_, err := underlay.Apply(t.Context(), client(t, s), want, quick)
	var long *underlay.TooLongError
	if !errors.As(err, &long) || long.Entries != 5001 || long.Limit != 1_024_000 {
		t.Errorf("5,001 entries: %v", err)
	}
	if writes := count(s.Log(), "PUT") + count(s.Log(), "POST /prop"); writes != 0 {
		t.Errorf("%d writes before the error", writes)
	}

	entries = entries[:4500]
	setList(s, entries...)
	if _, err := underlay.Apply(t.Context(), client(t, s), want, quick); err != nil {
		t.Errorf("4,501 entries: %v", err)
	}
	if !slices.Equal(list(t, s), canonical(append(entries, raw(t, config))...)) {
		t.Error("4,501 entries: the list is not as it should be")
	}
}
