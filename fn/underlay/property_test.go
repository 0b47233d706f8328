package underlay_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/fn/underlay"
	"github.com/nested-config/nested-config/internal/underlay/apitest"
	"github.com/nested-config/nested-config/internal/underlay/plan"
)

// foreignEntries are what a rival may write: nonsense that the server accepts,
// and entries that lead to 172.16.0.0/16, where no nested cluster's ever lead. So
// whose an entry is can be told by its looks alone, without asking the planner.
func foreignEntry() *rapid.Generator[string] {
	nonsense := rapid.SampledFrom([]string{
		`null`, `{}`, metadata172,
		`{"linklocal_service_ip":"300.1.2.3"}`,
		`{"linklocal_service_name":null,"linklocal_service_port":true}`,
		`{"linklocal_service_name":"only a name"}`,
		`{"linklocal_service_name":"as text","linklocal_service_ip":"10.10.10.8","linklocal_service_port":"8082","ip_fabric_service_ip":["172.16.0.1"],"ip_fabric_service_port":80.7}`,
		`{"ip_fabric_service_ip":["172.16.0.9","172.16.0.8","172.16.0.9"],"linklocal_service_name":"ha <&>"}`,
		`{"linklocal_service_port":1000000000000,"linklocal_service_ip":""}`,
	})
	real := rapid.Custom(func(t *rapid.T) string {
		// The name of ours only at a key that none of ours has: the same name at the
		// same key is what somebody does who edits ours.
		name, host := fmt.Sprint("rival ", rapid.IntRange(1, 3).Draw(t, "n")), rapid.IntRange(1, 9).Draw(t, "host")
		if host > 4 && rapid.Bool().Draw(t, "same name") {
			name = rapid.SampledFrom([]string{"Contrail Config", "CONTRAIL CONFIG 1", "Keystone"}).Draw(t, "name")
		}
		return fmt.Sprintf(`{"linklocal_service_name":%q,"linklocal_service_ip":"10.10.10.%d","linklocal_service_port":8082,"ip_fabric_service_ip":["172.16.0.%d"],"ip_fabric_service_port":8082}`,
			name, host, rapid.IntRange(1, 3).Draw(t, "to"))
	})
	return rapid.OneOf(nonsense, nonsense, real)
}

const metadata172 = `{"linklocal_service_name":"metadata","linklocal_service_ip":"169.254.169.254","linklocal_service_port":80,"ip_fabric_DNS_service_name":"","ip_fabric_service_ip":["172.16.0.200"],"ip_fabric_service_port":8775}`

func isForeign(canonical string) bool { return !strings.Contains(canonical, `"192.168.1.`) }

// declaration is what one cluster wants: of a small world, so that clusters meet.
func declaration(name string) *rapid.Generator[underlay.Cluster] {
	return rapid.Custom(func(t *rapid.T) underlay.Cluster {
		c := underlay.Cluster{Name: name}
		for host := 1; host <= 4; host++ {
			if !rapid.Bool().Draw(t, "has") {
				continue
			}
			n := rapid.SampledFrom([]string{"Contrail Config", fmt.Sprintf("Contrail Config %d", host), "x " + name}).Draw(t, "name")
			c.Services = append(c.Services, service(fmt.Sprint(n, " ", host), host, 8082, rapid.SampledFrom([]int{100 + host, 100 + host, 200}).Draw(t, "to")))
		}
		if rapid.Bool().Draw(t, "snat") {
			c.SNAT = &underlay.FabricSNAT{Network: underlay.FQName{"default-domain", "admin", "k8s-vms"},
				Pools: linklocal.PortTranslationPools()}
		}
		return c
	})
}

// world is the server with a rival in it, and what a test knows of both.
type world struct {
	t      *rapid.T
	server *apitest.Server
	// stale is what a GUI session has read at some time.
	stale string
	// seen is the list when it was last read by anybody but the rival, and others
	// what of it the clusters that are not in the call own.
	seen, others []string
	call         []string
	// shared were there from the beginning, identical to what may be declared.
	shared []string
	rival  bool
	faults bool
	// staleWrites are those of the rival that undo ours, after which nobody can
	// say whose an entry is.
	staleWrites int
}

func newWorld(t *rapid.T) *world {
	w := &world{t: t, server: apitest.New()}
	w.server.Create("virtual-network", "default-domain", "admin", "k8s-vms")
	entries := rapid.SliceOfN(foreignEntry(), 0, 6).Draw(t, "list")
	if rapid.Bool().Draw(t, "shared") {
		b, _ := json.Marshal(service("Contrail Config 1", 1, 8082, 101))
		entries = append(entries, string(b))
		w.shared = []string{plan.Canonical(b)}
	}
	setList(w.server, entries...)
	w.stale = w.server.Get("linklocal_services")
	w.server.Rival, w.server.Fault, w.server.Stored = w.act, w.fault, w.judge
	return w
}

func (w *world) list() []string { return canonicalList(w.server.Get("linklocal_services")) }

func canonicalList(value string) []string {
	var v struct {
		Entries []json.RawMessage `json:"linklocal_service_entry"`
	}
	if value != "" {
		if err := json.Unmarshal([]byte(value), &v); err != nil {
			panic(err)
		}
	}
	var out []string
	for _, e := range v.Entries {
		out = append(out, plan.Stored(e))
	}
	return out
}

// act is the rival's turn: before and after every request.
func (w *world) act(_ int, answered bool, r *http.Request) {
	if answered && r.Method == http.MethodGet && strings.Contains(r.URL.Path, "global-vrouter-config") {
		w.seen = w.list()
		w.others = keep(w.seen, func(e string) bool {
			return w.owned(e, func(cluster string) bool { return !slices.Contains(w.call, cluster) })
		})
	}
	if !w.rival {
		return
	}
	entries := w.list()
	switch rapid.IntRange(0, 9).Draw(w.t, "rival") {
	case 0: // adds at the end
		setList(w.server, append(entries, foreignEntry().Draw(w.t, "entry"))...)
	case 1: // adds at the front
		setList(w.server, append([]string{foreignEntry().Draw(w.t, "entry")}, entries...)...)
	case 2: // removes one of its own
		if i := slices.IndexFunc(entries, isForeign); i >= 0 {
			setList(w.server, slices.Delete(entries, i, i+1)...)
		}
	case 3: // opens the GUI
		w.stale = w.server.Get("linklocal_services")
	case 4: // saves what the GUI has read then
		if w.stale != w.server.Get("linklocal_services") {
			w.server.Set("linklocal_services", cmpOr(w.stale, "null"))
			w.staleWrites++
		}
	case 5: // writes something else to the same object
		w.server.Set("flow_aging_timeout_list", `{"flow_aging_timeout":[]}`)
	}
}

func cmpOr(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

func (w *world) fault(int, *http.Request) apitest.Fault {
	if !w.faults || rapid.IntRange(0, 7).Draw(w.t, "fault") != 0 {
		return apitest.OK
	}
	return rapid.SampledFrom(apitest.Faults()).Draw(w.t, "kind")
}

// judge looks at every PUT of ours: what it does to others' entries that were
// in the list when it was last read. What came in after that is the window.
func (w *world) judge(_ int, _, property string, _, after json.RawMessage) {
	if property != "linklocal_services" {
		return
	}
	is := canonicalList(string(after))
	theirs := keep(w.seen, func(e string) bool { return isForeign(e) || slices.Contains(w.shared, e) })
	if !subsequence(theirs, is) {
		w.t.Errorf("a PUT lost or moved others' entries\nread:  %q\nwrote: %q", w.seen, is)
	}
	for _, e := range w.others {
		if !slices.Contains(is, e) {
			w.t.Errorf("a PUT for %v changed or lost what another cluster owns: %s", w.call, e)
		}
	}
	for _, e := range subtract(is, w.seen) {
		if isForeign(e) && !w.rival {
			w.t.Errorf("a PUT invented %s", e)
		}
	}
}

// subsequence reports whether all of a is in b, in its order.
func subsequence(a, b []string) bool {
	for _, s := range a {
		i := slices.Index(b, s)
		if i < 0 {
			return false
		}
		b = b[i+1:]
	}
	return true
}

// subtract is of multisets.
func subtract(a, b []string) (out []string) {
	count := map[string]int{}
	for _, s := range b {
		count[s]++
	}
	for _, s := range a {
		if count[s]--; count[s] < 0 {
			out = append(out, s)
		}
	}
	return out
}

func keep(list []string, ok func(string) bool) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !ok(s) })
}

func (w *world) client() *underlay.Client {
	c, err := underlay.NewClient(underlay.ClientOptions{URLs: []string{"http://a:8082", "http://b:8082"},
		Transport: apitest.Transport(w.server), Timeout: time.Minute})
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// unclaimed are entries of nested clusters that no annotation covers. Where what a
// cluster owns is not there, an entry of the same name covers for it: somebody may
// have edited it.
func (w *world) unclaimed() []string {
	list := w.list()
	named := func(e string, s linklocal.Service) bool {
		return strings.Contains(e, s.ServiceIP.String()+`"`) && strings.Contains(e, fmt.Sprintf("%q", s.Name))
	}
	edited := func(e string) bool {
		for _, r := range w.records() {
			for _, s := range r.Owns {
				if named(e, s) && !slices.ContainsFunc(list, func(e string) bool { return named(e, s) && leads(e, s) }) {
					return true
				}
			}
		}
		return false
	}
	return keep(list, func(e string) bool {
		return !isForeign(e) && !slices.Contains(w.shared, e) && !w.owned(e, func(string) bool { return true }) && !edited(e)
	})
}

// records are those of all clusters.
func (w *world) records() map[string]plan.Record {
	state, err := plan.Decode(map[string]json.RawMessage{"annotations": json.RawMessage(w.server.Get("annotations"))})
	if err != nil {
		w.t.Fatal(err)
	}
	return state.Records
}

// owned reports whether an annotation of one of the clusters claims the entry:
// by whatever name, or, what is only pending, exactly.
func (w *world) owned(e string, by func(cluster string) bool) bool {
	for cluster, r := range w.records() {
		for i, s := range slices.Concat(r.Owns, r.Pending) {
			if by(cluster) && leads(e, s) && (i < len(r.Owns) || strings.Contains(e, fmt.Sprintf("%q", s.Name))) {
				return true
			}
		}
	}
	return false
}

// TestNothingOfOthersIsLost lets a rival act before and after every request of
// every call, and lets any request or answer get lost on the way.
func TestNothingOfOthersIsLost(t *testing.T) { rapid.Check(t, nothingOfOthersIsLost) }

// FuzzNothingOfOthersIsLost lets the fuzzer choose what happens.
func FuzzNothingOfOthersIsLost(f *testing.F) { f.Fuzz(rapid.MakeFuzz(nothingOfOthersIsLost)) }

func nothingOfOthersIsLost(t *rapid.T) {
	w := newWorld(t)
	w.rival, w.faults = rapid.Bool().Draw(t, "with a rival"), rapid.Bool().Draw(t, "with faults")
	w.server.Rival = func(n int, answered bool, r *http.Request) {
		w.act(n, answered, r)
		if lost := w.unclaimed(); len(lost) > 0 && w.staleWrites == 0 {
			t.Errorf("entries in the list that no annotation claims: %q", lost)
		}
	}
	a, b := declaration("a"), declaration("b")
	for range rapid.IntRange(1, 4).Draw(t, "calls") {
		ctx, cancel := context.WithCancel(t.Context())
		o := underlay.WithoutPauses(underlay.Options{Prune: rapid.Bool().Draw(t, "prune")})
		if cut := rapid.IntRange(0, 30).Draw(t, "interrupted after"); cut < 15 {
			next := w.server.Fault
			w.server.Fault = func(n int, r *http.Request) apitest.Fault {
				if cut--; cut == 0 {
					cancel()
				}
				return next(n, r)
			}
		}
		var err error
		c := w.client()
		switch rapid.IntRange(0, 3).Draw(t, "call") {
		case 0:
			w.call = []string{"a"}
			_, err = underlay.Remove(ctx, c, "a", o)
		case 1:
			w.call = []string{"b"}
			_, err = underlay.Apply(ctx, c, []underlay.Cluster{b.Draw(t, "b")}, o)
		case 2:
			w.call = []string{"a", "b"}
			_, err = underlay.Apply(ctx, c, []underlay.Cluster{a.Draw(t, "a"), b.Draw(t, "b")}, o)
		default:
			w.call = []string{"a"}
			_, err = underlay.Apply(ctx, c, []underlay.Cluster{a.Draw(t, "a")}, o)
		}
		cancel()
		w.server.Fault = w.fault
		var conflict *underlay.ConflictError
		if err != nil && !w.rival && !w.faults && ctx.Err() == nil && !errors.As(err, &conflict) {
			t.Errorf("nobody disturbs, and yet: %v", err)
		}
	}
	w.endAlone(a.Draw(t, "finally"))
}

// endAlone lets everybody else go home and applies once more: now all that is
// declared must be there, and a second run have nothing to do.
func (w *world) endAlone(want underlay.Cluster) {
	w.rival, w.faults, w.call = false, false, []string{want.Name}
	c, o := w.client(), underlay.WithoutPauses(underlay.Options{Prune: true})
	report, err := underlay.Apply(w.t.Context(), c, []underlay.Cluster{want}, o)
	var conflict *underlay.ConflictError
	if errors.As(err, &conflict) {
		return
	}
	if err != nil || !report.Applied {
		w.t.Fatalf("with nobody else there: %v", err)
	}
	entries := w.list()
	for _, s := range want.Services {
		if !slices.ContainsFunc(entries, func(e string) bool { return leads(e, s) }) {
			w.t.Errorf("%v is not in the list: %q", s, entries)
		}
	}
	again, err := underlay.Plan(w.t.Context(), c, []underlay.Cluster{want}, o)
	if err != nil || again.Pending() {
		w.t.Errorf("a second run has something to do: %v %+v", err, again.Changes)
	}
	// Retired, the cluster leaves nothing behind but what others own as well.
	if _, err := underlay.Remove(w.t.Context(), c, want.Name, o); err != nil {
		w.t.Fatalf("remove: %v", err)
	}
	if strings.Contains(w.server.Get("annotations"), plan.OwnerPrefix+want.Name) {
		w.t.Errorf("removed, and yet in the annotations: %s", w.server.Get("annotations"))
	}
}

func leads(canonical string, s linklocal.Service) bool {
	return strings.Contains(canonical, s.ServiceIP.String()+`"`) && strings.Contains(canonical, s.FabricIPs[0].String()+`"`)
}
