package plan_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
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
		r.Pools = worldPools(t)
	}
	return r
}

// worldPools are those of this version, of which an older one may have had fewer.
func worldPools(t *rapid.T) []linklocal.PortTranslationPool {
	all := linklocal.PortTranslationPools()
	return all[:rapid.IntRange(1, len(all)).Draw(t, "version of the pools")]
}

func worldCluster(name string) *rapid.Generator[plan.Cluster] {
	return rapid.Custom(func(t *rapid.T) plan.Cluster {
		c := plan.Cluster{Name: name, Services: rapid.SliceOfN(rapid.Custom(worldService), 0, 2).Draw(t, "services")}
		if rapid.IntRange(0, 3).Draw(t, "snat") == 0 {
			c.SNAT = &plan.FabricSNAT{Network: plan.FQName{"d", "p", "v"}, Pools: worldPools(t)}
		}
		return c
	})
}

// TestPlanInSmallWorlds takes any list, any records and any clusters, and holds
// what the package promises: see [checkWorld]. For longer: -rapid.checks=1000000.
func TestPlanInSmallWorlds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkWorld(t, drawWorld(t)) })
}

// world is what was read, and what is wanted.
type world struct {
	plan.State
	want []plan.Cluster
	o    plan.Options
}

func drawWorld(t *rapid.T) world {
	w := world{State: plan.State{Records: map[string]plan.Record{}, Networks: map[plan.FQName]plan.Network{}}}
	w.Entries = rapid.SliceOfN(rapid.Custom(worldEntry), 0, 5).Draw(t, "list")
	for _, name := range []string{"a", "b", "c"} {
		if rapid.IntRange(0, 2).Draw(t, "has a record") > 0 {
			if r := worldRecord(t); !r.Empty() {
				w.Records[name] = reread(t, r)
			}
		}
		if rapid.Bool().Draw(t, "in call") {
			w.want = append(w.want, worldCluster(name).Draw(t, "cluster"))
		}
	}
	if rapid.Bool().Draw(t, "has pools") {
		w.Pools = plan.EncodePools(worldPools(t))
	}
	for _, n := range []string{"v", "w"} {
		w.Networks[plan.FQName{"d", "p", n}] = plan.Network{Exists: true, SNAT: rapid.Bool().Draw(t, "is on")}
	}
	w.o = plan.Options{Prune: rapid.Bool().Draw(t, "prune"), Adopt: rapid.Bool().Draw(t, "adopt")}
	return w
}

// checkWorld: a plan that is carried out leaves nothing to do. Whatever write it
// is stopped after, a plan for what is there then has no conflict and ends where
// an uninterrupted one does, in the list, the records and the networks; and so
// does a run that plans anew after each write. Nothing of others is lost.
func checkWorld(t fataler, w world) {
	p := w.plan()
	if len(p.Conflicts) > 0 {
		if p.WritesUnderlay() || len(p.Claim)+len(p.Final) > 0 {
			t.Fatalf("writes in spite of a conflict: %+v", p)
		}
		return
	}
	steps := w.steps(t, p)
	end := w
	if len(steps) > 0 {
		end = steps[len(steps)-1]
	}
	if again := end.plan(); !again.Empty() || len(again.Conflicts) > 0 {
		t.Fatalf("carried out, it leaves something to do:\n%+v\n%s\nafter\n%s", again, end.text(), w)
	}
	checkOthers(t, w, end)
	for i, cut := range steps {
		again := cut.plan()
		if len(again.Conflicts) > 0 {
			t.Fatalf("stopped after write %d of %d, it leaves a conflict: %v\n%s\nafter\n%s", i+1, len(steps), again.Conflicts, cut.text(), w)
		}
		got := cut
		if next := cut.steps(t, again); len(next) > 0 {
			got = next[len(next)-1]
		}
		if got.text() != end.text() {
			t.Fatalf("stopped after write %d of %d and continued:\n%s\nwithout the stop:\n%s\nwhat was there then:\n%s\nand before:\n%s", i+1, len(steps), got.text(), end.text(), cut.text(), w)
		}
	}
	if got := w.replan(t); got.text() != end.text() {
		t.Fatalf("planned anew after each write:\n%s\nby one plan:\n%s\nbefore:\n%s", got.text(), end.text(), w)
	}
}

type fataler interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// String is the whole world, to be written down as a case.
func (w world) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", w.text())
	for _, c := range w.want {
		fmt.Fprintf(&b, "  %s wants %s %+v\n", c.Name, plan.Record{Owns: c.Services}.Annotation(), c.SNAT)
	}
	fmt.Fprintf(&b, "  prune %v, adopt %v", w.o.Prune, w.o.Adopt)
	return b.String()
}

func (w world) plan() plan.Plan { return plan.Make(w.State, w.want, w.o) }

// text is all that a run may write.
func (w world) text() string {
	var b strings.Builder
	for _, e := range w.Entries {
		fmt.Fprintf(&b, "  %s\n", e)
	}
	for _, c := range slices.Sorted(maps.Keys(w.Records)) {
		fmt.Fprintf(&b, "  %s: %s\n", c, w.Records[c].Annotation())
	}
	fmt.Fprintf(&b, "  %s %v", w.Pools, w.Networks)
	return b.String()
}

// replan is the state after a run that does the first write of each plan, as
// apply does.
func (w world) replan(t fataler) world {
	for range 50 {
		p := w.plan()
		if len(p.Conflicts) > 0 {
			t.Fatalf("a conflict on the way: %v\n%s", p.Conflicts, w.text())
		}
		steps := w.steps(t, p)
		if len(steps) == 0 {
			return w
		}
		w = steps[0]
		if w.o.Unused = p.Unused; len(p.Claim) == 0 {
			w.o.Unused = nil // the list has been written
		}
	}
	t.Fatalf("a run that plans after each write never ends:\n%s", w.text())
	return w
}

// steps are the states after each write of a plan.
func (w world) steps(t fataler, p plan.Plan) (out []world) {
	now := w
	record := func(records map[string]plan.Record) {
		for _, c := range slices.Sorted(maps.Keys(records)) {
			now.Records = maps.Clone(now.Records)
			if now.Records[c] = reread(t, records[c]); records[c].Empty() {
				delete(now.Records, c)
			}
			out = append(out, now)
		}
	}
	record(p.Claim)
	if p.ListChanges || p.Pools != nil {
		if now.Entries = p.Entries; p.Pools != nil {
			now.Pools = plan.EncodePools(p.Pools)
		}
		out = append(out, now)
	}
	for _, c := range p.SNAT {
		now.Networks = maps.Clone(now.Networks)
		now.Networks[c.Network] = plan.Network{Exists: true, SNAT: c.On}
		out = append(out, now)
	}
	record(p.Final)
	return out
}

func reread(t fataler, r plan.Record) plan.Record {
	t.Helper()
	got, err := plan.ParseRecord(r.Annotation())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// checkOthers finds in the end, in its order and byte for byte, every entry that
// is none of the call's. It decides by claims alone, and asks the planner nothing.
func checkOthers(t fataler, w, end world) {
	t.Helper()
	rest := end.Entries
	for _, e := range w.Entries {
		if w.mayGo(e) {
			continue
		}
		i := slices.IndexFunc(rest, func(r json.RawMessage) bool { return string(r) == string(e) })
		if i < 0 {
			t.Fatalf("lost or moved: %s\nof\n%s\nin the end\n%s", e, w.text(), end.text())
		}
		rest = rest[i+1:]
	}
}

// mayGo reports whether the call may remove or change the entry: it is exactly,
// or was (by its target or its name), what a cluster of the call claims, or it is
// adopted; and no cluster outside of the call claims it: exactly, or as the only
// one that its claim may mean, unless it is put right for that cluster too.
func (w world) mayGo(raw json.RawMessage) bool {
	e, ok := readWorldEntry(raw)
	inCall := func(c string) bool {
		return slices.ContainsFunc(w.want, func(k plan.Cluster) bool { return k.Name == c })
	}
	ours := w.o.Adopt && slices.ContainsFunc(w.want, func(c plan.Cluster) bool {
		return slices.ContainsFunc(c.Services, func(s linklocal.Service) bool {
			text, err := json.Marshal(s)
			return err == nil && plan.Rivals(raw, text)
		})
	})
	for c, r := range w.Records {
		for _, s := range slices.Concat(r.Owns, r.Pending) {
			switch means := ok && s.Equal(e); {
			case means && !inCall(c):
				return false
			case means:
				ours = true
			}
		}
		for _, s := range r.Owns {
			if !ok || !sameKey(s, e) || !s.SameTarget(e) && s.Name != e.Name {
				continue
			}
			if inCall(c) {
				ours = true
			} else if w.onlyAt(e) && !w.declared(s) {
				return false
			}
		}
	}
	return ours
}

// onlyAt reports whether no other entry has the service IP and port.
func (w world) onlyAt(e linklocal.Service) bool {
	n := 0
	for _, raw := range w.Entries {
		if o, ok := readWorldEntry(raw); ok && sameKey(o, e) {
			n++
		}
	}
	return n == 1
}

func (w world) declared(s linklocal.Service) bool {
	return slices.ContainsFunc(w.want, func(c plan.Cluster) bool { return slices.ContainsFunc(c.Services, s.SameTarget) })
}

func sameKey(a, b linklocal.Service) bool {
	return a.ServiceIP == b.ServiceIP && a.ServicePort == b.ServicePort
}

// readWorldEntry reads an entry of a world; false: it is not whole.
func readWorldEntry(raw json.RawMessage) (s linklocal.Service, ok bool) {
	r, err := plan.ParseRecord(`{"version":1,"owns":[` + string(raw) + `]}`)
	if err != nil {
		return s, false
	}
	return r.Owns[0], true
}
