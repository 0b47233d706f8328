package config

import (
	"errors"
	"fmt"
	"slices"

	"github.com/nested-config/nested-config/fn/linklocal"
)

// Assign stores an allocation in the config, makes the link-local services, and
// checks allocated service IPs as it checks pins.
func (c *Config) Assign(a linklocal.Allocation) Problems {
	var ps Problems
	c.ServiceIPs = a
	c.Services = linklocal.Services(c.Spec.LinkLocal.NamePrefix, c.Spec.Roles(), c.Spec.Underlay.VRouter.Port, a)
	said := map[string]bool{} // one line for a whole pool within the pods
	for _, x := range append(slices.Clone(a.Fabrics), a.VRouter) {
		if x.Pinned {
			continue
		}
		must := c.notAServiceIP(x.ServiceIP)
		switch {
		case must == "" || said[must]:
		case !c.Spec.LinkLocal.Pool.Contains(x.ServiceIP):
			ps.errorf(PinPath(x), "", "has service IP %[1]s from another cluster of the underlay, but here %[1]s %[2]s: pin an unused address here, and set another spec.linkLocal.namePrefix", x.ServiceIP, must)
		default:
			said[must] = true
			ps.errorf("spec.linkLocal.pool", quote(c.Spec.LinkLocal.Pool.String()), "gives %s, which %s: choose another pool or add it to spec.linkLocal.exclude", x.ServiceIP, must)
		}
	}
	c.onePortOneService(&ps)
	return ps
}

// PinPath is the field that pins an assignment.
func PinPath(a linklocal.Assignment) string {
	if a.Fabric == (linklocal.Host{}) {
		return "spec.linkLocal.vrouterServiceIP"
	}
	return fmt.Sprintf("spec.linkLocal.serviceIPs[%s]", a.Fabric)
}

// onePortOneService refuses two roles on the same node and port: the agent
// would silently drop the second.
func (c *Config) onePortOneService(ps *Problems) {
	type key struct {
		fabric linklocal.Host
		port   int
	}
	seen := map[key]linklocal.Role{}
	for _, role := range c.Spec.Roles() {
		for _, f := range role.Fabrics {
			k := key{f, role.Port}
			if first, twice := seen[k]; twice {
				ps.errorf(role.Path+".port", fmt.Sprint(role.Port), "is %s.port too, on the same node %s: two services cannot share a port", first.Path, f)
				break
			}
			seen[k] = role
		}
	}
}

// PoolProblem turns a *linklocal.PoolError into a Problem.
func PoolProblem(err error) Problem {
	var e *linklocal.PoolError
	if !errors.As(err, &e) {
		return Problem{Severity: Error, Path: "spec.linkLocal.pool", Message: err.Error()}
	}
	if !e.Pool.IsValid() {
		return Problem{Severity: Error, Path: "spec.linkLocal.pool", Message: fmt.Sprintf("is required: %s needed; give a prefix of unused addresses, such as 10.10.10.0/24, or pin all", count(e.Needed, "service IP is", "service IPs are"))}
	}
	return Problem{Severity: Error, Path: "spec.linkLocal.pool", Value: quote(e.Pool.String()), Message: fmt.Sprintf("is too small: %s needed, %d free; give a larger prefix or exclude less", count(e.Needed, "service IP is", "service IPs are"), e.Free)}
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
