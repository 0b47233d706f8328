package linklocal_test

import (
	"errors"
	"maps"
	"net/netip"
	"slices"
	"testing"

	"github.com/nested-config/nested-config/fn/linklocal"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var compareAddresses = cmpopts.EquateComparable(netip.Addr{}, linklocal.Host{})

func ip(s string) netip.Addr { return netip.MustParseAddr(s) }

// guide is the request of the guide's example.
func guide() linklocal.Request {
	return linklocal.Request{
		Fabrics: hosts("192.168.1.100", "192.168.1.101", "192.168.1.102", "192.168.1.200"),
		Pool:    netip.MustParsePrefix("10.10.10.0/24"),
		Pins:    map[linklocal.Host]netip.Addr{},
	}
}

// Each case changes the guide's request; want is what its fabric addresses and
// last the vRouter agent get.
func TestAllocate(t *testing.T) {
	for name, c := range map[string]struct {
		reason string
		change func(*linklocal.Request)
		want   []string
	}{
		"guide": {
			reason: "the guide's own table comes out without any pin",
			change: func(*linklocal.Request) {},
			want:   []string{"10.10.10.1", "10.10.10.2", "10.10.10.3", "10.10.10.4", "10.10.10.5"},
		},
		"pins": {
			reason: "pins stay, also outside of the pool, and others fill the gaps that they leave",
			change: func(r *linklocal.Request) {
				r.Pins[host("192.168.1.101")] = ip("10.10.10.1")
				r.Pins[host("192.168.1.200")] = ip("172.16.0.9")
				r.VRouterPin = ip("10.10.10.2")
			},
			want: []string{"10.10.10.3", "10.10.10.1", "10.10.10.4", "172.16.0.9", "10.10.10.2"},
		},
		"stale pin": {
			reason: "the address of a node that is gone stays reserved until its pin is removed",
			change: func(r *linklocal.Request) { r.Pins[host("192.168.1.99")] = ip("10.10.10.2") },
			want:   []string{"10.10.10.1", "10.10.10.3", "10.10.10.4", "10.10.10.5", "10.10.10.6"},
		},
		"exclude": {
			reason: "excluded prefixes are jumped over, whether they nest, overlap the pool's ends or come unsorted",
			change: func(r *linklocal.Request) {
				r.Exclude = []netip.Prefix{
					netip.MustParsePrefix("10.10.10.8/30"), netip.MustParsePrefix("10.10.10.0/31"),
					netip.MustParsePrefix("10.10.10.3/32"), netip.MustParsePrefix("10.10.10.2/31"), netip.MustParsePrefix("10.10.10.10/32"),
				}
			},
			want: []string{"10.10.10.4", "10.10.10.5", "10.10.10.6", "10.10.10.7", "10.10.10.12"},
		},
		"exact fit": {
			reason: "a /29 has six addresses beside network and broadcast, five are needed",
			change: func(r *linklocal.Request) {
				r.Pool = netip.MustParsePrefix("10.10.10.248/29")
				r.Exclude = []netip.Prefix{netip.MustParsePrefix("10.10.10.250/32")}
			},
			want: []string{"10.10.10.249", "10.10.10.251", "10.10.10.252", "10.10.10.253", "10.10.10.254"},
		},
		"two addresses": {
			reason: "a /31 has neither network nor broadcast address (RFC 3021)",
			change: func(r *linklocal.Request) {
				r.Pool, r.Fabrics = netip.MustParsePrefix("10.10.10.6/31"), r.Fabrics[:1]
			},
			want: []string{"10.10.10.6", "10.10.10.7"},
		},
		"one address": {
			reason: "a /32 serves the vRouter agent of a cluster that needs nothing else",
			change: func(r *linklocal.Request) {
				r.Pool, r.Fabrics = netip.MustParsePrefix("10.10.10.6/32"), nil
			},
			want: []string{"10.10.10.6"},
		},
		"end of the address space": {
			reason: "counting past 255.255.255.255 must neither wrap nor stop the program",
			change: func(r *linklocal.Request) {
				r.Pool = netip.MustParsePrefix("255.255.255.248/29")
				r.Exclude = []netip.Prefix{netip.MustParsePrefix("255.255.255.254/31")}
			},
			want: []string{"255.255.255.249", "255.255.255.250", "255.255.255.251", "255.255.255.252", "255.255.255.253"},
		},
		"no pool": {
			reason: "with everything pinned nobody needs a pool",
			change: func(r *linklocal.Request) {
				r.Pool, r.Fabrics = netip.Prefix{}, r.Fabrics[:1]
				r.Pins[host("192.168.1.100")], r.VRouterPin = ip("10.10.10.1"), ip("10.10.10.5")
			},
			want: []string{"10.10.10.1", "10.10.10.5"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := guide()
			c.change(&r)
			a, err := linklocal.Allocate(r)
			if err != nil {
				t.Fatalf("%s: %v", c.reason, err)
			}
			if diff := cmp.Diff(c.want, texts(a)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// texts are the service IPs of an allocation in order, the agent's last.
func texts(a linklocal.Allocation) []string {
	var out []string
	for _, x := range all(a) {
		out = append(out, x.ServiceIP.String())
	}
	return out
}

func all(a linklocal.Allocation) []linklocal.Assignment {
	return append(slices.Clone(a.Fabrics), a.VRouter)
}

func TestAllocatePoolTooSmall(t *testing.T) {
	for name, c := range map[string]struct {
		reason string
		change func(*linklocal.Request)
		want   linklocal.PoolError
	}{
		"too small": {"the error counts what is needed and what is there",
			func(r *linklocal.Request) { r.Pool = netip.MustParsePrefix("10.10.10.0/30") },
			linklocal.PoolError{Pool: netip.MustParsePrefix("10.10.10.0/30"), Needed: 5, Free: 2}},
		"all excluded": {"what is excluded is not there",
			func(r *linklocal.Request) { r.Exclude = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} },
			linklocal.PoolError{Pool: netip.MustParsePrefix("10.10.10.0/24"), Needed: 5}},
		"pins": {"what is pinned is not needed, and not free either",
			func(r *linklocal.Request) {
				r.Pool = netip.MustParsePrefix("10.10.10.0/30")
				r.Pins[host("192.168.1.100")], r.Pins[host("192.168.1.101")] = ip("10.10.10.1"), ip("10.9.9.9")
			},
			linklocal.PoolError{Pool: netip.MustParsePrefix("10.10.10.0/30"), Needed: 3, Free: 1}},
		"no pool": {"nothing to allocate from",
			func(r *linklocal.Request) { r.Pool = netip.Prefix{} },
			linklocal.PoolError{Needed: 5}},
	} {
		t.Run(name, func(t *testing.T) {
			r := guide()
			c.change(&r)
			_, err := linklocal.Allocate(r)
			var got *linklocal.PoolError
			if !errors.As(err, &got) || *got != c.want {
				t.Errorf("%s: got %+v, want %+v", c.reason, err, c.want)
			}
		})
	}
}

// Three clusters of one underlay: what each gets, in the order of its nodes.
func TestAllocateAll(t *testing.T) {
	a, b, c := guide(), guide(), guide()
	b.Fabrics = hosts("192.168.1.103", "192.168.1.100")
	b.Pins = map[linklocal.Host]netip.Addr{host("192.168.1.103"): ip("10.10.10.2")}
	c.Fabrics = hosts("192.168.1.101", "192.168.1.104")
	c.Pool = netip.MustParsePrefix("10.10.20.0/24")
	c.Exclude = []netip.Prefix{netip.MustParsePrefix("10.10.10.3/32")}
	got, errs := linklocal.AllocateAll([]linklocal.Request{a, b, c})
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"10.10.10.1", "10.10.10.4", "10.10.10.5", "10.10.10.6", "10.10.10.7"}, // around b's pin and c's exclusion
		{"10.10.10.2", "10.10.10.1", "10.10.10.7"},                             // .100 and the agent as a
		{"10.10.10.4", "10.10.20.1", "10.10.10.7"},                             // .101 as a, .104 from its own pool
	}
	if diff := cmp.Diff(want, [][]string{texts(got[0]), texts(got[1]), texts(got[2])}); diff != "" {
		t.Errorf("clusters share nodes and keep out of each other's way (-want +got):\n%s", diff)
	}
}

// What is pinned for two things in two clusters cannot be both in a third.
func TestAllocateAllContradictingPins(t *testing.T) {
	a, b, c := guide(), guide(), guide()
	a.Fabrics, a.Pins = hosts("192.168.1.100"), map[linklocal.Host]netip.Addr{host("192.168.1.100"): ip("10.10.10.1")}
	b.Fabrics, b.Pins = hosts("192.168.1.101"), map[linklocal.Host]netip.Addr{host("192.168.1.101"): ip("10.10.10.1")}
	c.Fabrics = hosts("192.168.1.100", "192.168.1.101")
	got, errs := linklocal.AllocateAll([]linklocal.Request{a, b, c})
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	want := []string{"10.10.10.1", "10.10.10.3", "10.10.10.2"}
	if diff := cmp.Diff(want, texts(got[2])); diff != "" {
		t.Errorf("service IPs of one cluster are distinct whatever others pin (-want +got):\n%s", diff)
	}
}

func clone(r linklocal.Request) linklocal.Request {
	r.Fabrics, r.Exclude, r.Pins = slices.Clone(r.Fabrics), slices.Clone(r.Exclude), maps.Clone(r.Pins)
	return r
}
