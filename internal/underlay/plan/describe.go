package plan

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/printable"
)

// Rivals reports whether one entry may stand in for the other: they have the
// same service IP and port, or the same name.
func Rivals(a, b json.RawMessage) bool {
	x, y := parseEntry(a), parseEntry(b)
	return x.key.valid() && x.key == y.key || sameName(x.name, y.name)
}

// Describe puts an entry into one printable line, whatever it holds.
func Describe(raw json.RawMessage) string {
	e := parseEntry(raw)
	if !e.whole {
		return printable.Start(Canonical(raw), 120)
	}
	return DescribeService(e.service)
}

// DescribeService is Describe for an entry that is wanted.
func DescribeService(s linklocal.Service) string {
	return fmt.Sprintf("%s -> %s %q", keyOf(s), Target(s), s.Name)
}

// Target is where a service leads, as host:port; several hosts are separated by
// commas. It is printable.
func Target(s linklocal.Service) string {
	hosts := []string{}
	for _, ip := range s.FabricIPs {
		hosts = append(hosts, ip.String())
	}
	if s.FabricDNSName != "" {
		hosts = append(hosts, s.FabricDNSName)
	}
	return printable.Text(fmt.Sprintf("%s:%d", strings.Join(hosts, ","), s.FabricPort))
}

// Names puts names of clusters into one printable line. Those of other clusters
// come from keys of annotations, which may be anything: what is no name is quoted.
func Names(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		if out[i] = n; !ValidName(n) {
			out[i] = strconv.Quote(n)
		}
	}
	return strings.Join(out, ", ")
}

// String says what is in the way of what, and what to do.
func (c Conflict) String() string {
	who := Names(c.Clusters)
	switch c.Reason {
	case NoNetwork:
		return fmt.Sprintf("%s: virtual network %s: does not exist: create it, or correct spec.underlay.virtualNetwork", who, printable.Text(c.What))
	case PoolsDisagree:
		return fmt.Sprintf("%s: %s", who, c.Reason)
	case PoolsTaken:
		owners := "--adopt replaces them"
		if len(c.Owners) > 0 {
			owners = "they are also " + Names(c.Owners) + "'s: apply the clusters together"
		}
		return fmt.Sprintf("%s: %s: %s: %s", who, c.Reason, Describe(c.Entry), owners)
	case DeclaredTwice:
		return fmt.Sprintf("%s: %s: %s", who, DescribeService(c.Service), c.Reason)
	}
	remedy := map[Reason]string{
		KeyTaken:  "--adopt takes it over; or choose another service IP",
		KeyOwned:  "apply the clusters together, choose another service IP, or remove that cluster with `underlay remove`",
		NameTaken: "set spec.linkLocal.namePrefix; or --adopt takes it over, unless several entries have the name or its service IP is needed",
		NameOwned: "set spec.linkLocal.namePrefix",
	}[c.Reason]
	there := Describe(c.Entry)
	if len(c.Owners) > 0 {
		there += " (owned by " + Names(c.Owners) + ")"
	}
	return fmt.Sprintf("%s: %s: %s: %s: %s", who, DescribeService(c.Service), c.Reason, there, remedy)
}
