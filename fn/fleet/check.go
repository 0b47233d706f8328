package fleet

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/linklocal"
)

// checker judges the configs of one underlay. Whatever is looked for is put into
// a map by the first who has it; the later ones find it there.
type checker struct {
	configs  []config.Config
	where    []string
	members  []int
	problems []Problem
}

func (c *checker) errorf(member int, path, value, format string, args ...any) {
	c.problems = append(c.problems, Problem{member, config.Problem{
		Severity: config.Error, Path: path, Value: value, Message: fmt.Sprintf(format, args...)}})
}

// clusterNames are prefixes of everything that kube-manager makes in Contrail.
func (c *checker) clusterNames() {
	first := map[string]int{}
	for _, m := range c.members {
		name := c.configs[m].Spec.Kubernetes.ClusterName
		if other, twice := first[name]; twice {
			c.errorf(m, "spec.kubernetes.clusterName", strconv.Quote(name),
				"is the cluster name of %s and of %s, and each kube-manager would delete the objects of the other: rename one of them", c.self(m), c.name(other))
			continue
		}
		first[name] = m
	}
}

// owners: the name is how the underlay knows whose a declaration is.
func (c *checker) owners() {
	first := map[string]int{}
	for _, m := range c.members {
		name := c.configs[m].Name
		other, twice := first[name]
		switch {
		case !twice:
			first[name] = m
		case c.configs[m].Spec.Kubernetes.ClusterName == c.configs[other].Spec.Kubernetes.ClusterName: // told already
		default:
			c.errorf(m, "metadata.name", strconv.Quote(name), "is the name of %s too, and the underlay identifies the owner of a link-local service by it: choose another", c.name(other))
		}
	}
}

// place is a link-local service of a config.
type place struct{ member, service int }

func (c *checker) at(p place) linklocal.Service { return c.configs[p.member].Services[p.service] }

// services compares all link-local services by what others know them by.
func (c *checker) services() {
	byAddress := map[netip.AddrPort]place{}
	byName := map[string]place{}
	for _, m := range c.members {
		var clashes, apart, names groups
		for i, s := range c.configs[m].Services {
			here := place{m, i}
			key := netip.AddrPortFrom(s.ServiceIP, s.ServicePort)
			switch other, known := byAddress[key]; {
			case !known:
				byAddress[key] = here
			case !s.SameTarget(c.at(other)):
				clashes.add(other.member, s.ServiceIP.String(), here, other)
				continue // skip the name check: the address clash is reported
			}
			// The agent lower-cases names.
			name := strings.ToLower(s.Name)
			switch other, known := byName[name]; {
			case !known:
				byName[name] = here
			case s.SameTarget(c.at(other)):
			case fabric(s) == fabric(c.at(other)) && s.ServicePort == c.at(other).ServicePort:
				apart.add(other.member, fabric(s), here, other)
			default:
				names.add(other.member, "", here, other)
			}
		}
		clashes.each(c.clash)
		apart.each(c.apart)
		names.each(c.misnamed)
	}
}

// clash: the agent would drop one of the two.
func (c *checker) clash(here, there []place) {
	s, t := c.at(here[0]), c.at(there[0])
	path, value := c.origin(here[0])
	c.errorf(here[0].member, path, value, "service IP %s leads to %s in %s and to %s in %s at %s, and the vRouter agents keep only one of the two: %s",
		s.ServiceIP, fabric(s), c.self(here[0].member), fabric(t), c.name(there[0].member), c.ports(here),
		c.remedy(here[0], there[0], "choose another service IP in one of them"))
}

// apart: the same node under the same names has two service IPs.
func (c *checker) apart(here, there []place) {
	s, t := c.at(here[0]), c.at(there[0])
	path, value := c.origin(here[0])
	c.errorf(here[0].member, path, value, "%s has service IP %s in %s and %s in %s, under the same names (%s): %s",
		fabric(s), s.ServiceIP, c.self(here[0].member), t.ServiceIP, c.name(there[0].member), c.names(here),
		c.remedy(here[0], there[0], "give it the same service IP in both, or give one of them another spec.linkLocal.namePrefix"))
}

// misnamed: one name, two things.
func (c *checker) misnamed(here, there []place) {
	m := here[0].member
	var list []string
	for i := range here {
		s, t := c.at(here[i]), c.at(there[i])
		list = append(list, fmt.Sprintf("%q leads to %s:%d and there to %s:%d", s.Name, fabric(s), s.FabricPort, fabric(t), t.FabricPort))
	}
	c.errorf(m, "spec.linkLocal.namePrefix", strconv.Quote(c.configs[m].Spec.LinkLocal.NamePrefix),
		"gives link-local services of %s the names of others in %s: %s; list the nodes in the same order with the same ports, or give one of them another prefix",
		c.self(m), c.name(there[0].member), strings.Join(list, ", "))
}

// remedy is to pin together where that settles it: what is pinned never moves.
func (c *checker) remedy(here, there place, otherwise string) string {
	if c.assignment(here).Pinned && c.assignment(there).Pinned {
		return otherwise
	}
	return "run nested-config pin on both files together"
}

// assignment is how a link-local service came by its service IP.
func (c *checker) assignment(p place) linklocal.Assignment {
	conf := c.configs[p.member]
	if c.at(p).Kind == linklocal.VRouter {
		return conf.ServiceIPs.VRouter
	}
	for _, a := range conf.ServiceIPs.Fabrics {
		if a.Fabric.String() == fabric(c.at(p)) {
			return a
		}
	}
	panic("a link-local service without an assignment")
}

// origin is the field that a service IP comes from, and what stands there.
func (c *checker) origin(p place) (path, value string) {
	a, pool := c.assignment(p), c.configs[p.member].Spec.LinkLocal.Pool
	if a.Pinned {
		return config.PinPath(a), strconv.Quote(a.ServiceIP.String())
	}
	if pool.Contains(a.ServiceIP) {
		return "spec.linkLocal.pool", strconv.Quote(pool.String())
	}
	return config.PinPath(a), "" // about to be pinned as in another cluster
}

func (c *checker) ports(ps []place) string {
	var out []string
	for _, p := range ps {
		out = append(out, strconv.Itoa(int(c.at(p).ServicePort)))
	}
	if len(out) == 1 {
		return "port " + out[0]
	}
	return "ports " + strings.Join(out, ", ")
}

func (c *checker) names(ps []place) string {
	var out []string
	for _, p := range ps {
		out = append(out, c.at(p).Name)
	}
	return strings.Join(out, ", ")
}

// fabric is where a link-local service leads.
func fabric(s linklocal.Service) string {
	switch {
	case s.Kind == linklocal.VRouter:
		return "the vRouter agent"
	case s.FabricDNSName != "":
		return s.FabricDNSName
	}
	return s.FabricIPs[0].String()
}

// groups are conflicts with one cause, told together.
type groups []group

type group struct {
	member      int
	cause       string
	here, there []place
}

func (g *groups) add(member int, cause string, here, there place) {
	for i := range *g {
		if x := &(*g)[i]; x.member == member && x.cause == cause {
			x.here, x.there = append(x.here, here), append(x.there, there)
			return
		}
	}
	*g = append(*g, group{member, cause, []place{here}, []place{there}})
}

func (g groups) each(tell func(here, there []place)) {
	for _, x := range g {
		tell(x.here, x.there)
	}
}
