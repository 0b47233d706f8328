package plan_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/underlay/plan"
)

// FuzzPlan plans for a list and annotations of any shape. Whatever they are:
// what the records do not claim stays, in its order and byte for byte, unless it
// is adopted; and once a plan is carried out, there is nothing left to do.
func FuzzPlan(f *testing.F) {
	a := `{"version":1,"owns":[` + string(entry(f, "n 1 1")) + `],"pending":[` + string(entry(f, "m 2 2")) + `],"fabricSNAT":["d:p:n"]}`
	for _, list := range []string{``, `null`, `{}`, `[]`, `""`, `false`, `{"linklocal_service_entry":null}`,
		`{"linklocal_service_entry":[null,{},` + string(entry(f, "n 1 1")) + `,` + string(entry(f, "m 2 7")) + `]}`,
		`{"linklocal_service_entry":[{"linklocal_service_name":"n","linklocal_service_ip":"10.10.10.1","linklocal_service_port":"8082"}],"other":1}`} {
		for options := range byte(8) {
			f.Add(list, a, options)
		}
	}
	f.Fuzz(func(t *testing.T, list, record string, options byte) {
		if list != "" && !json.Valid([]byte(list)) {
			return
		}
		annotation, err := json.Marshal(map[string]any{"key_value_pair": []any{
			map[string]string{"key": plan.OwnerPrefix + "a", "value": record},
			map[string]string{"key": plan.OwnerPrefix + "other", "value": record}}})
		if err != nil {
			t.Fatal(err)
		}
		s, err := plan.Decode(map[string]json.RawMessage{"linklocal_services": json.RawMessage(list), "annotations": annotation})
		if err != nil {
			return // refused: nothing is written
		}
		for _, n := range plan.Networks(s.Records, nil) {
			s.Networks[n] = plan.Network{Exists: true}
		}
		before := slices.Clone(s.Entries)
		o := plan.Options{Prune: options&1 != 0, Adopt: options&2 != 0}
		want := []plan.Cluster{{Name: "a"}}
		if options&4 != 0 {
			want[0].Services = []linklocal.Service{service("n", 1, 1), service("m", 2, 2)}
		}
		p := plan.Make(s, want, o)
		if !slices.EqualFunc(before, s.Entries, func(a, b json.RawMessage) bool { return string(a) == string(b) }) {
			t.Fatal("the plan has changed what was read")
		}
		if len(p.Conflicts) > 0 {
			if p.WritesUnderlay() || len(p.Claim)+len(p.Final) > 0 {
				t.Fatalf("writes in spite of a conflict: %+v", p)
			}
			return
		}
		if !o.Adopt {
			checkUnclaimed(t, s, p)
		}
		again := plan.Make(carryOut(t, s, p), want, o)
		if !again.Empty() || len(again.Conflicts) > 0 {
			t.Fatalf("carried out, it leaves something to do:\n%+v\nafter\n%+v", again, p)
		}
	})
}

// checkUnclaimed finds every entry that no record may mean, one for which there
// is no claim of its service IP, in the list to come.
func checkUnclaimed(t *testing.T, s plan.State, p plan.Plan) {
	t.Helper()
	rest := p.Entries
	for _, e := range s.Entries {
		if slices.ContainsFunc(claims(s), func(c linklocal.Service) bool {
			b, _ := json.Marshal(linklocal.Service{ServiceIP: c.ServiceIP, ServicePort: c.ServicePort})
			return plan.Rivals(e, b)
		}) {
			continue
		}
		i := slices.IndexFunc(rest, func(r json.RawMessage) bool { return string(r) == string(e) })
		if i < 0 {
			t.Fatalf("lost or moved: %s", e)
		}
		rest = rest[i+1:]
	}
}

func claims(s plan.State) (out []linklocal.Service) {
	for _, r := range s.Records {
		out = append(out, slices.Concat(r.Owns, r.Pending)...)
	}
	return out
}

// carryOut is the state after everything that the plan asks for, by way of what
// the server would store and hand out.
func carryOut(t *testing.T, s plan.State, p plan.Plan) plan.State {
	t.Helper()
	after, err := plan.Decode(map[string]json.RawMessage{"linklocal_services": plan.EncodeServices(p.Entries, s.Rest)})
	if err != nil {
		t.Fatalf("what was written cannot be read: %v", err)
	}
	after.Networks = map[plan.FQName]plan.Network{}
	for n, v := range s.Networks {
		after.Networks[n] = v
	}
	for _, c := range p.SNAT {
		after.Networks[c.Network] = plan.Network{Exists: true, SNAT: c.On}
	}
	for c, r := range s.Records {
		after.Records[c] = r
	}
	for c, r := range p.Final {
		if after.Records[c], err = plan.ParseRecord(r.Annotation()); err != nil {
			t.Fatalf("what was recorded cannot be read: %v", err)
		}
		if r.Empty() {
			delete(after.Records, c)
		}
	}
	return after
}
