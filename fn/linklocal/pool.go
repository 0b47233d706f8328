package linklocal

import (
	"net/netip"
	"slices"
)

// freeAddresses walks the pool from its lowest address on and gives what is
// neither the network nor the broadcast address (pools of one or two addresses
// have neither, RFC 3021), nor used, nor taken. used must be disjoint.
func freeAddresses(pool netip.Prefix, used []netip.Prefix, taken map[netip.Addr]bool) func() (netip.Addr, bool) {
	if !pool.IsValid() {
		return func() (netip.Addr, bool) { return netip.Addr{}, false }
	}
	next, end := pool.Masked().Addr(), last(pool)
	hasBroadcast := pool.Bits() < 31
	if hasBroadcast {
		next, end = next.Next(), end.Prev()
	}
	return func() (netip.Addr, bool) {
		for next.IsValid() && next.Compare(end) <= 0 {
			ip := next
			if p, ok := holding(used, ip); ok {
				// Past the whole prefix at once: an excluded /8 is one step.
				next = last(p).Next()
				continue
			}
			next = ip.Next()
			if !taken[ip] {
				return ip, true
			}
		}
		return netip.Addr{}, false
	}
}

// disjoint sorts prefixes and drops those that lie within another. What is left
// cannot overlap: two prefixes do not, or one holds the other.
func disjoint(ps []netip.Prefix) []netip.Prefix {
	slices.SortFunc(ps, func(a, b netip.Prefix) int {
		if c := a.Masked().Addr().Compare(b.Masked().Addr()); c != 0 {
			return c
		}
		return a.Bits() - b.Bits()
	})
	out := ps[:0]
	for _, p := range ps {
		if p.IsValid() && (len(out) == 0 || !out[len(out)-1].Contains(p.Addr())) {
			out = append(out, p)
		}
	}
	return out
}

// holding finds the prefix that holds ip among disjoint ones.
func holding(ps []netip.Prefix, ip netip.Addr) (netip.Prefix, bool) {
	i, exact := slices.BinarySearchFunc(ps, ip, func(p netip.Prefix, ip netip.Addr) int {
		return p.Masked().Addr().Compare(ip)
	})
	if exact {
		return ps[i], true
	}
	if i > 0 && ps[i-1].Contains(ip) {
		return ps[i-1], true
	}
	return netip.Prefix{}, false
}

// last is the highest address of an IPv4 prefix.
func last(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().As4()
	for i := p.Bits(); i < 32; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	return netip.AddrFrom4(b)
}
