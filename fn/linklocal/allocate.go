package linklocal

import (
	"fmt"
	"net/netip"
)

// Request says who needs a service IP and where service IPs come from.
type Request struct {
	// Fabrics are the fabric addresses (or the DNS name of Keystone) that need a
	// service IP each, distinct, in the order in which they are served.
	Fabrics []string
	// Pool is where service IPs come from. The zero Prefix is an empty pool:
	// enough when everything is pinned.
	Pool netip.Prefix
	// Exclude are the parts of the pool that are in use elsewhere.
	Exclude []netip.Prefix
	// Pins are the service IPs that are settled, by fabric address. The address
	// of a pin whose fabric is not among Fabrics stays reserved.
	Pins map[string]netip.Addr
	// VRouterPin is the settled service IP of the vRouter agent, or zero.
	VRouterPin netip.Addr
}

// Assignment is the service IP of one fabric address.
type Assignment struct {
	Fabric    string
	ServiceIP netip.Addr
	Pinned    bool // by the request; false: taken from the pool
}

// Allocation is the answer to a Request.
type Allocation struct {
	Fabrics []Assignment // in the order of Request.Fabrics
	VRouter Assignment   // Fabric is empty: the agent is on every compute node
}

// ServiceIP gives the service IP of a fabric address, or the zero Addr.
func (a Allocation) ServiceIP(fabric string) netip.Addr {
	for _, f := range a.Fabrics {
		if f.Fabric == fabric {
			return f.ServiceIP
		}
	}
	return netip.Addr{}
}

// PoolError says that a pool has fewer free addresses than are needed.
type PoolError struct {
	Pool         netip.Prefix
	Needed, Free int
}

func (e *PoolError) Error() string {
	return fmt.Sprintf("has %d free of %d needed service IPs", e.Free, e.Needed)
}

// Allocate gives every fabric address and, last, the vRouter agent a service IP.
// Pins first; the rest take the lowest free addresses of the pool in order. So
// the same request always has the same answer, and once everything is pinned
// nothing moves. The only error is a *PoolError.
func Allocate(r Request) (Allocation, error) {
	// First, take what is settled out of the pool.
	taken := make(map[netip.Addr]bool, len(r.Pins)+1)
	for _, ip := range r.Pins {
		taken[ip] = true
	}
	taken[r.VRouterPin] = true

	// Next, serve everybody in order, counting on past the end of the pool so
	// that the error can say how many are needed.
	free := freeAddresses(r.Pool, r.Exclude, taken)
	needed, found := 0, 0
	assign := func(fabric string, pin netip.Addr) Assignment {
		if pin.IsValid() {
			return Assignment{Fabric: fabric, ServiceIP: pin, Pinned: true}
		}
		needed++
		ip, ok := free()
		if ok {
			found++
		}
		return Assignment{Fabric: fabric, ServiceIP: ip}
	}
	a := Allocation{Fabrics: make([]Assignment, 0, len(r.Fabrics))}
	for _, f := range r.Fabrics {
		a.Fabrics = append(a.Fabrics, assign(f, r.Pins[f]))
	}
	a.VRouter = assign("", r.VRouterPin)
	if found < needed {
		return Allocation{}, &PoolError{r.Pool, needed, found}
	}
	return a, nil
}

// freeAddresses walks the pool from its lowest address on and gives what is
// neither the network nor the broadcast address (pools of one or two addresses
// have neither, RFC 3021), nor excluded, nor taken.
func freeAddresses(pool netip.Prefix, exclude []netip.Prefix, taken map[netip.Addr]bool) func() (netip.Addr, bool) {
	if !pool.IsValid() {
		return func() (netip.Addr, bool) { return netip.Addr{}, false }
	}
	next, hasBroadcast := pool.Masked().Addr(), pool.Bits() < pool.Addr().BitLen()-1
	if hasBroadcast {
		next = next.Next()
	}
	return func() (netip.Addr, bool) {
		for next.IsValid() && pool.Contains(next) {
			ip := next
			next = ip.Next()
			if hasBroadcast && !(next.IsValid() && pool.Contains(next)) {
				break
			}
			if p, ok := excludedBy(ip, exclude); ok {
				// Past the whole prefix at once: an excluded /8 is one step.
				next = last(p).Next()
				continue
			}
			if !taken[ip] {
				return ip, true
			}
		}
		next = netip.Addr{}
		return netip.Addr{}, false
	}
}

func excludedBy(ip netip.Addr, exclude []netip.Prefix) (netip.Prefix, bool) {
	for _, p := range exclude {
		if p.Contains(ip) {
			return p, true
		}
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
