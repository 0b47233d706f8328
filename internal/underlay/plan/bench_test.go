//go:build unix

package plan_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/underlay/plan"
)

// BenchmarkPlan plans for clusters that each declare ten services, four of them
// shared with all others, in a list of twenty times as many entries of others. It
// prints ratios:
//
//	x-list    the CPU time of a plan over that of decoding and encoding the list as the
//	          plan leaves it, as plain JSON; at most 3
//	linear    the CPU time per cluster with 1,000 of them over that with 100; about 1
//
// The first plan adds everything, the second one finds it there.
func BenchmarkPlan(b *testing.B) {
	for _, second := range []bool{false, true} {
		b.Run(map[bool]string{false: "first", true: "second"}[second], func(b *testing.B) {
			for b.Loop() {
				few, _ := measurePlan(b, 250, second)
				many, list := measurePlan(b, 1000, second)
				b.ReportMetric(many.Seconds()*1e3, "cpu-ms")
				b.ReportMetric(many.Seconds()/list.Seconds(), "x-list")
				b.ReportMetric(many.Seconds()/few.Seconds()/4, "linear")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// measurePlan gives the least of a few runs of a plan, and of what has to be done to the
// list in any case, in turns.
func measurePlan(b *testing.B, clusters int, second bool) (planning, list time.Duration) {
	b.Helper()
	want := manyClusters(clusters)
	properties := foreignEntries(b, 20*clusters)
	s, err := plan.Decode(properties)
	if err != nil {
		b.Fatal(err)
	}
	p := plan.Make(s, want, plan.Options{})
	if second {
		var pairs []map[string]string
		for cluster, r := range p.Final {
			pairs = append(pairs, map[string]string{"key": plan.OwnerPrefix + cluster, "value": r.Annotation()})
		}
		properties[plan.PropertyServices] = plan.EncodeServices(p.Entries, nil)
		properties[plan.PropertyAnnotations] = encoded(b, map[string]any{"key_value_pair": pairs})
	}
	all := plan.EncodeServices(p.Entries, nil)
	planning, list = time.Hour, time.Hour
	for range 5 {
		planning = min(planning, cpu(func() {
			s, err := plan.Decode(properties)
			if err != nil {
				b.Fatal(err)
			}
			p := plan.Make(s, want, plan.Options{})
			if len(p.Conflicts) > 0 || second == p.WritesUnderlay() {
				b.Fatalf("%d conflicts, writes: %v", len(p.Conflicts), p.WritesUnderlay())
			}
			plan.EncodeServices(p.Entries, s.Rest)
		}))
		list = min(list, cpu(func() {
			var v any
			if err := json.Unmarshal(all, &v); err != nil {
				b.Fatal(err)
			}
			encoded(b, v)
		}))
	}
	return planning, list
}

// cpu is the CPU time of this process for a call, after a collection.
func cpu(f func()) time.Duration {
	runtime.GC()
	begin := used()
	f()
	return used() - begin
}

func used() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func encoded(b *testing.B, v any) json.RawMessage {
	b.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		b.Fatal(err)
	}
	return text
}

func manyClusters(n int) []plan.Cluster {
	out := make([]plan.Cluster, n)
	for i := range out {
		out[i].Name = fmt.Sprintf("k8s-%d", i)
		for j := range 10 {
			name, ip := fmt.Sprintf("shared-%d", j), netip.AddrFrom4([4]byte{10, 10, 10, byte(j)})
			if j >= 4 {
				name, ip = fmt.Sprintf("k8s-%d-%d", i, j), netip.AddrFrom4([4]byte{10, byte(20 + j), byte(i / 250), byte(i%250 + 1)})
			}
			out[i].Services = append(out[i].Services, linklocal.Service{Name: name, ServiceIP: ip, ServicePort: 8082,
				FabricIPs: []netip.Addr{netip.AddrFrom4([4]byte{192, 168, 1, byte(j)})}, FabricPort: 8082})
		}
	}
	return out
}

func foreignEntries(b *testing.B, n int) map[string]json.RawMessage {
	b.Helper()
	list := make([]linklocal.Service, n)
	for i := range list {
		list[i] = linklocal.Service{Name: fmt.Sprintf("foreign-%d", i), ServiceIP: netip.AddrFrom4([4]byte{10, 200, byte(i / 250), byte(i%250 + 1)}), ServicePort: 80,
			FabricIPs: []netip.Addr{netip.AddrFrom4([4]byte{172, 16, byte(i / 250), 1})}, FabricPort: 80}
	}
	return map[string]json.RawMessage{plan.PropertyServices: encoded(b, map[string]any{"linklocal_service_entry": list})}
}
