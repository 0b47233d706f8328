package plan

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/linklocal"
)

// Cluster is what one nested cluster declares about its underlay.
type Cluster struct {
	Name     string              // of the NestedConfig: the owner of what is written
	Services []linklocal.Service // in the order in which they are added
	SNAT     *FabricSNAT         // nil: none
}

// FabricSNAT lets the virtual machines of a network reach the underlay behind
// the address of their compute node.
type FabricSNAT struct {
	Network FQName
	Pools   []linklocal.PortTranslationPool // the ports that compute nodes may use for it; without any, flows are dropped
}

// FQName is the fully qualified name of a Contrail object: domain, project, name.
type FQName [3]string

func (n FQName) String() string { return strings.Join(n[:], ":") }

// parseFQName reads what String writes. Contrail allows no colon in a name.
func parseFQName(s string) (FQName, bool) {
	parts := strings.Split(s, ":")
	if len(parts) != 3 {
		return FQName{}, false
	}
	return FQName{parts[0], parts[1], parts[2]}, true
}

// Options are the choices of the operator.
type Options struct {
	// Prune removes what the clusters own and no longer declare.
	Prune bool
	// Adopt takes what nobody owns and is in the way, or is identical.
	Adopt bool
	// Unused are claims that the caller has just written, by cluster, and has not
	// acted on yet. They do not make an entry the cluster's: if one is in the list
	// all the same, somebody else has put it there.
	Unused map[string][]linklocal.Service
}

// key is what the vRouter agent finds an entry by; of two entries with the same
// key it takes the first and drops the second silently.
type key struct {
	ip   netip.Addr
	port uint16
}

func keyOf(s linklocal.Service) key { return key{s.ServiceIP, s.ServicePort} }

func (k key) String() string { return netip.AddrPortFrom(k.ip, k.port).String() }

func (k key) valid() bool { return k.ip.IsValid() && k.port != 0 }

// demand is one wanted service with all the clusters of this call that want it.
type demand struct {
	linklocal.Service          // named as the first cluster names it
	clusters          []string // sorted
	names             []string // every name that a cluster declares for it
}

// demands unites what the clusters want, in the order of cluster names and then
// of declaration, so that the order of arguments never shows.
func demands(want []Cluster) ([]demand, []Conflict) {
	var all []demand
	var conflicts []Conflict
	at := map[key]int{}
	for _, c := range want {
		for _, s := range c.Services {
			i, ok := at[keyOf(s)]
			switch {
			case !ok:
				at[keyOf(s)] = len(all)
				all = append(all, demand{s, []string{c.Name}, []string{s.Name}})
			case !all[i].SameTarget(s):
				conflicts = append(conflicts, Conflict{
					Clusters: []string{all[i].clusters[0], c.Name}, Service: s, Reason: DeclaredTwice})
			default:
				if !has(all[i].clusters, c.Name) {
					all[i].clusters = append(all[i].clusters, c.Name) // they come by name
				}
				all[i].names = add(all[i].names, s.Name)
			}
		}
	}
	return all, conflicts
}

// sorted gives the clusters by name; two declarations of one name are united.
func sorted(want []Cluster) []Cluster {
	out := make([]Cluster, 0, len(want))
	at := make(map[string]int, len(want))
	for _, c := range want {
		c.Services = slices.Clone(c.Services)
		if i, twice := at[c.Name]; twice {
			out[i].Services = append(out[i].Services, c.Services...)
			out[i].SNAT = cmp.Or(out[i].SNAT, c.SNAT)
			continue
		}
		at[c.Name] = len(out)
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Cluster) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// has looks into a sorted set.
func has(set []string, s string) bool {
	_, found := slices.BinarySearch(set, s)
	return found
}

// add keeps a sorted set.
func add(set []string, s string) []string {
	i, found := slices.BinarySearch(set, s)
	if found {
		return set
	}
	return slices.Insert(slices.Clone(set), i, s)
}

func without(set []string, s string) []string {
	return slices.DeleteFunc(slices.Clone(set), func(t string) bool { return t == s })
}

// ValidName reports whether a cluster may have this name, that of a NestedConfig:
// a DNS label, which fits into the key of an annotation.
func ValidName(name string) bool {
	letters := strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-")
	return name != "" && len(name) <= 63 && letters == "" && strings.Trim(name, "-") == name
}
