package linklocal_test

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"testing"

	"github.com/nested-config/nested-config/fn/linklocal"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Addresses are drawn from a few, so that requests collide in every way.

func drawAddress(t *rapid.T, label string) netip.Addr {
	return netip.AddrFrom4([4]byte{10, 10, 10, byte(rapid.IntRange(0, 40).Draw(t, label))})
}

func drawPrefix(t *rapid.T, label string) netip.Prefix {
	p, err := drawAddress(t, label).Prefix(rapid.IntRange(24, 32).Draw(t, label+" bits"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func drawNodes(t *rapid.T) []linklocal.Host {
	n := rapid.SliceOfNDistinct(rapid.IntRange(1, 12), 0, 8, rapid.ID).Draw(t, "nodes")
	out := make([]linklocal.Host, len(n))
	for i, x := range n {
		out[i] = host(fmt.Sprintf("192.168.1.%d", x))
		if x == 12 {
			out[i] = host("keystone.example.com")
		}
	}
	return out
}

// drawRequest draws what config.Parse lets through: within one config no service
// IP is pinned twice.
func drawRequest(t *rapid.T) linklocal.Request {
	r := linklocal.Request{Fabrics: drawNodes(t), Pins: map[linklocal.Host]netip.Addr{}}
	if rapid.IntRange(0, 9).Draw(t, "has pool") > 0 {
		r.Pool = drawPrefix(t, "pool")
		if r.Pool.Bits() > 28 && rapid.Bool().Draw(t, "large") {
			r.Pool, _ = r.Pool.Addr().Prefix(26)
		}
	}
	for range rapid.IntRange(0, 3).Draw(t, "exclusions") {
		p := drawPrefix(t, "exclude")
		if p.Bits() < 28 {
			p, _ = p.Addr().Prefix(30)
		}
		r.Exclude = append(r.Exclude, p)
	}
	used := map[netip.Addr]bool{}
	for _, f := range drawNodes(t) {
		if a := drawAddress(t, "pin"); !used[a] {
			used[a] = true
			r.Pins[f] = a
		}
	}
	if a := drawAddress(t, "vrouter pin"); rapid.Bool().Draw(t, "vrouter pinned") && !used[a] {
		r.VRouterPin = a
	}
	return r
}

func drawFleet(t *rapid.T) []linklocal.Request {
	return rapid.SliceOfN(rapid.Custom(drawRequest), 1, 5).Draw(t, "fleet")
}

// pinned is the request as pin leaves it.
func pinned(r linklocal.Request, a linklocal.Allocation) linklocal.Request {
	r = clone(r)
	for _, x := range a.Fabrics {
		r.Pins[x.Fabric] = x.ServiceIP
	}
	r.VRouterPin = a.VRouter.ServiceIP
	return r
}

// used are the addresses that anybody has before anything is allocated.
func used(rs []linklocal.Request) map[netip.Addr]bool {
	out := map[netip.Addr]bool{}
	for _, r := range rs {
		for _, p := range r.Pins {
			out[p] = true
		}
		out[r.VRouterPin] = true
	}
	return out
}

func excluded(rs []linklocal.Request, a netip.Addr) bool {
	return slices.ContainsFunc(rs, func(r linklocal.Request) bool {
		return slices.ContainsFunc(r.Exclude, func(p netip.Prefix) bool { return p.Contains(a) })
	})
}

// checkAllocation holds the promises that need no second allocation.
func checkAllocation(t *rapid.T) {
	rs := drawFleet(t)
	before := used(rs)
	got, errs := linklocal.AllocateAll(rs)
	failed := errors.Join(errs...) != nil
	holder := map[netip.Addr]linklocal.Host{} // of what is new
	for i, r := range rs {
		if errs[i] != nil {
			checkPoolError(t, rs, i, errs[i].(*linklocal.PoolError))
			continue
		}
		distinct := map[netip.Addr]bool{}
		for j, x := range all(got[i]) {
			fabric, pin := linklocal.Host{}, r.VRouterPin
			if j < len(r.Fabrics) {
				fabric, pin = r.Fabrics[j], r.Pins[r.Fabrics[j]]
			}
			switch {
			case x.Fabric != fabric:
				t.Fatalf("request %d: %q is served where %q is asked for", i, x.Fabric, fabric)
			case !x.ServiceIP.IsValid():
				t.Fatalf("request %d: %q has no service IP and there is no error", i, fabric)
			case distinct[x.ServiceIP]:
				t.Fatalf("request %d: %s twice", i, x.ServiceIP)
			case x.Pinned != pin.IsValid(), pin.IsValid() && x.ServiceIP != pin:
				t.Fatalf("request %d: %q is pinned to %v and has %s", i, fabric, pin, x.ServiceIP)
			}
			distinct[x.ServiceIP] = true
			if x.Pinned || before[x.ServiceIP] || failed {
				continue // its own, what another cluster pins for the same, or what one was to have that failed
			}
			p := r.Pool
			switch other, known := holder[x.ServiceIP]; {
			case known && other != fabric:
				t.Fatalf("%s is new for %q and for %q", x.ServiceIP, other, fabric)
			case known:
				continue // drawn from the pool of an earlier cluster
			}
			holder[x.ServiceIP] = fabric
			switch {
			case !p.Contains(x.ServiceIP):
				t.Fatalf("request %d: %s is new and not in the pool %s", i, x.ServiceIP, p)
			case p.Bits() < 31 && (x.ServiceIP == p.Masked().Addr() || !p.Contains(x.ServiceIP.Next())):
				t.Fatalf("request %d: %s is the network or broadcast address of %s", i, x.ServiceIP, p)
			case excluded(rs, x.ServiceIP):
				t.Fatalf("request %d: %s is new and excluded", i, x.ServiceIP)
			}
		}
		// What is pinned elsewhere for another fabric address is never given.
		for _, x := range all(got[i]) {
			if x.Pinned || !before[x.ServiceIP] {
				continue
			}
			if !slices.ContainsFunc(rs, func(o linklocal.Request) bool {
				return o.Pins[x.Fabric] == x.ServiceIP || x.Fabric == (linklocal.Host{}) && o.VRouterPin == x.ServiceIP
			}) {
				t.Fatalf("request %d: %q takes %s, which is pinned for something else", i, x.Fabric, x.ServiceIP)
			}
		}
	}
}

// checkPoolError: an error is never a lie. The pool has no more than Free
// addresses left for those who need one.
func checkPoolError(t *rapid.T, rs []linklocal.Request, i int, e *linklocal.PoolError) {
	if e.Free >= e.Needed || e.Needed > len(rs[i].Fabrics)+1 || e.Pool != rs[i].Pool {
		t.Fatalf("request %d: %+v is no reason to fail", i, *e)
	}
	if i > 0 || !e.Pool.IsValid() {
		return // earlier clusters have drawn from it
	}
	before, free := used(rs), 0
	for a := e.Pool.Masked().Addr(); e.Pool.Contains(a); a = a.Next() {
		edge := e.Pool.Bits() < 31 && (a == e.Pool.Masked().Addr() || !e.Pool.Contains(a.Next()))
		if !edge && !before[a] && !excluded(rs, a) {
			free++
		}
	}
	if free != e.Free {
		t.Fatalf("%d addresses of %s are free, the error says %d", free, e.Pool, e.Free)
	}
}

// checkAgreement: clusters that do not pin a node otherwise have one service IP
// for it, unless it is taken in one of them.
func checkAgreement(t *rapid.T) {
	rs := drawFleet(t)
	// Without contradictions between the pins, so that agreement is possible.
	byIP, byFabric := map[netip.Addr]linklocal.Host{}, map[linklocal.Host]netip.Addr{}
	take := func(f linklocal.Host, a netip.Addr) bool {
		other, known := byIP[a]
		settled := byFabric[f]
		if known && other != f || settled.IsValid() && settled != a {
			return false
		}
		byIP[a], byFabric[f] = f, a
		return true
	}
	for i := range rs {
		for _, f := range slices.SortedFunc(maps.Keys(rs[i].Pins), linklocal.Host.Compare) {
			if !take(f, rs[i].Pins[f]) {
				delete(rs[i].Pins, f)
			}
		}
		if rs[i].VRouterPin.IsValid() && !take(linklocal.Host{}, rs[i].VRouterPin) {
			rs[i].VRouterPin = netip.Addr{}
		}
	}
	got, errs := linklocal.AllocateAll(rs)
	have, owner := map[linklocal.Host]netip.Addr{}, map[netip.Addr]linklocal.Host{}
	for i := range rs {
		if errs[i] != nil {
			continue
		}
		for _, x := range all(got[i]) {
			if other := have[x.Fabric]; other.IsValid() && other != x.ServiceIP {
				t.Fatalf("%q has %s and %s", x.Fabric, other, x.ServiceIP)
			}
			if other, known := owner[x.ServiceIP]; known && other != x.Fabric {
				t.Fatalf("%s is of %q and of %q", x.ServiceIP, other, x.Fabric)
			}
			have[x.Fabric], owner[x.ServiceIP] = x.ServiceIP, x.Fabric
		}
	}
}

// checkEdits: once everything is pinned, allocating again changes nothing, and
// whatever is then done to the node lists, nobody's address moves and what is new
// takes only addresses that nobody has.
func checkEdits(t *rapid.T) {
	rs := drawFleet(t)
	for range rapid.IntRange(1, 4).Draw(t, "edits") {
		got, errs := linklocal.AllocateAll(rs)
		for i := range rs {
			if errs[i] == nil {
				rs[i] = pinned(rs[i], got[i])
			}
		}
		again, errsAgain := linklocal.AllocateAll(rs)
		for i := range rs {
			if errs[i] != nil {
				continue
			}
			if errsAgain[i] != nil {
				t.Fatalf("request %d: pinned, and then %v", i, errsAgain[i])
			}
			if diff := cmp.Diff(texts(got[i]), texts(again[i])); diff != "" {
				t.Fatalf("request %d moved with everything pinned:\n%s", i, diff)
			}
		}
		before := used(rs)
		settled := make([]map[linklocal.Host]netip.Addr, len(rs))
		for i := range rs {
			settled[i] = clone(rs[i]).Pins
			rs[i].Fabrics = drawNodes(t)
		}
		edited, errs := linklocal.AllocateAll(rs)
		for i := range rs {
			if errs[i] != nil {
				continue
			}
			for _, x := range edited[i].Fabrics {
				old := settled[i][x.Fabric]
				if old.IsValid() && old != x.ServiceIP {
					t.Fatalf("request %d: %q moved from %s to %s", i, x.Fabric, old, x.ServiceIP)
				}
				if !old.IsValid() && before[x.ServiceIP] && !slices.ContainsFunc(settled, func(m map[linklocal.Host]netip.Addr) bool { return m[x.Fabric] == x.ServiceIP }) {
					t.Fatalf("request %d: the new %q took %s from somebody", i, x.Fabric, x.ServiceIP)
				}
			}
		}
	}
}

// checkDeterminism: the answer is a function of the requests, and asking leaves
// them as they are.
func checkDeterminism(t *rapid.T) {
	rs := drawFleet(t)
	copies := make([]linklocal.Request, len(rs))
	for i := range rs {
		copies[i] = clone(rs[i])
	}
	first, firstErrs := linklocal.AllocateAll(rs)
	if diff := cmp.Diff(copies, rs, compareAddresses, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Fatalf("the requests changed:\n%s", diff)
	}
	second, secondErrs := linklocal.AllocateAll(copies)
	if diff := cmp.Diff(first, second, compareAddresses); diff != "" {
		t.Fatalf("two answers to one question:\n%s", diff)
	}
	if a, b := fmt.Sprint(firstErrs), fmt.Sprint(secondErrs); a != b {
		t.Fatalf("two errors for one question: %s, %s", a, b)
	}
	if alone, err := linklocal.Allocate(rs[0]); len(rs) == 1 && err == nil {
		if diff := cmp.Diff(alone, first[0], compareAddresses); diff != "" {
			t.Fatalf("alone it is another answer:\n%s", diff)
		}
	}
}

var properties = map[string]func(*rapid.T){
	"allocation": checkAllocation, "agreement": checkAgreement, "edits": checkEdits, "determinism": checkDeterminism,
}

func TestProperties(t *testing.T) {
	for name, property := range properties {
		t.Run(name, func(t *testing.T) { rapid.Check(t, property) })
	}
}

func FuzzAllocation(f *testing.F)  { f.Fuzz(rapid.MakeFuzz(checkAllocation)) }
func FuzzAgreement(f *testing.F)   { f.Fuzz(rapid.MakeFuzz(checkAgreement)) }
func FuzzEdits(f *testing.F)       { f.Fuzz(rapid.MakeFuzz(checkEdits)) }
func FuzzDeterminism(f *testing.F) { f.Fuzz(rapid.MakeFuzz(checkDeterminism)) }
