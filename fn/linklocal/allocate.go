package linklocal

import (
	"fmt"
	"net/netip"
)

// Request says who needs a service IP and where service IPs come from.
type Request struct {
	// Fabrics are the fabric hosts (only Keystone may have a name) that need a
	// service IP each, distinct, in the order in which they are served.
	Fabrics []Host
	// Pool is where service IPs come from. The zero Prefix is an empty pool:
	// enough when everything is pinned.
	Pool netip.Prefix
	// Exclude are the parts of the pool that are in use elsewhere.
	Exclude []netip.Prefix
	// Pins are the service IPs that are settled, by fabric host. The address of a
	// pin whose host is not among Fabrics stays reserved.
	Pins map[Host]netip.Addr
	// VRouterPin is the settled service IP of the vRouter agent, or zero.
	VRouterPin netip.Addr
}

// Assignment is the service IP of one fabric host.
type Assignment struct {
	Fabric    Host
	ServiceIP netip.Addr
	Pinned    bool // by the request; false: taken from the pool
}

// Allocation is the answer to a Request.
type Allocation struct {
	Fabrics []Assignment // in the order of Request.Fabrics
	VRouter Assignment   // Fabric is zero: the agent is on every compute node
}

// ServiceIP gives the service IP of a fabric host, or the zero Addr.
func (a Allocation) ServiceIP(fabric Host) netip.Addr {
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

// Allocate gives every fabric host and, last, the vRouter agent a service IP.
// Pins first; the rest take the lowest free addresses of the pool in order. So
// the same request always has the same answer, and once everything is pinned
// nothing moves. The only error is a *PoolError.
func Allocate(r Request) (Allocation, error) {
	all, errs := AllocateAll([]Request{r})
	return all[0], errs[0]
}

// AllocateAll is Allocate for the clusters of one underlay together; allocation
// and error i are those of request i. It promises beyond Allocate:
//
//   - A fabric host has one service IP in all clusters that do not pin it
//     otherwise: the pinned one if any cluster pins it, the first cluster's if
//     several do. The vRouter agent, which is the same on every compute node, is
//     shared in the same way.
//   - What is new comes from the cluster's own pool, and nobody pins or excludes it.
//     A shared address may lie outside of the pool, or in what the cluster excludes:
//     it is in use for the very thing that the cluster wants.
//
// If any request has an error, discard all allocations: they share addresses.
// AllocateAll takes time linear in the requests and in the addresses that they
// exclude or pin.
func AllocateAll(rs []Request) ([]Allocation, []error) {
	// First, take what is settled or in use anywhere out of the pools.
	shared := map[Host]netip.Addr{}
	taken := map[netip.Addr]bool{}
	var used []netip.Prefix
	for _, r := range rs {
		for f, ip := range r.Pins {
			settle(shared, f, ip)
			taken[ip] = true
		}
		settle(shared, agent, r.VRouterPin)
		taken[r.VRouterPin] = true
		used = append(used, r.Exclude...)
	}
	used = disjoint(used)

	// Next, serve everybody in order. An address is never given back, so each pool
	// is walked once, whoever draws from it.
	pools := map[netip.Prefix]func() (netip.Addr, bool){}
	all, errs := make([]Allocation, len(rs)), make([]error, len(rs))
	for i, r := range rs {
		free := pools[r.Pool]
		if free == nil {
			free = freeAddresses(r.Pool, used, taken)
			pools[r.Pool] = free
		}
		all[i], errs[i] = serve(r, shared, taken, free)
	}
	return all, errs
}

// agent stands for the vRouter agent among fabric hosts.
var agent Host

func settle(shared map[Host]netip.Addr, fabric Host, ip netip.Addr) {
	if _, settled := shared[fabric]; !settled && ip.IsValid() {
		shared[fabric] = ip
	}
}

// serve answers one request. It counts on past the end of the pool so that the
// error can say how many are needed.
func serve(r Request, shared map[Host]netip.Addr, taken map[netip.Addr]bool, free func() (netip.Addr, bool)) (Allocation, error) {
	// Two clusters may have pinned one address for two things. Here it can only be
	// one of them.
	mine := make(map[netip.Addr]bool, len(r.Pins)+len(r.Fabrics)+1)
	for _, ip := range r.Pins {
		mine[ip] = true
	}
	mine[r.VRouterPin] = true

	needed, found := 0, 0
	assign := func(fabric Host, pin netip.Addr) Assignment {
		if pin.IsValid() {
			return Assignment{Fabric: fabric, ServiceIP: pin, Pinned: true}
		}
		if ip := shared[fabric]; ip.IsValid() && !mine[ip] {
			mine[ip] = true
			return Assignment{Fabric: fabric, ServiceIP: ip}
		}
		needed++
		ip, ok := free()
		if ok {
			found++
			taken[ip] = true
			mine[ip] = true
			settle(shared, fabric, ip)
		}
		return Assignment{Fabric: fabric, ServiceIP: ip}
	}
	a := Allocation{Fabrics: make([]Assignment, 0, len(r.Fabrics))}
	for _, f := range r.Fabrics {
		a.Fabrics = append(a.Fabrics, assign(f, r.Pins[f]))
	}
	a.VRouter = assign(agent, r.VRouterPin)
	if found < needed {
		return Allocation{}, &PoolError{r.Pool, needed, found}
	}
	return a, nil
}
