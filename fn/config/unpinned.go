package config

import (
	"fmt"
	"strings"

	"github.com/nested-config/nested-config/fn/linklocal"
)

// Unpinned are the service IPs that come from the pool or from another cluster, and
// not from a pin of this config.
func (c *Config) Unpinned() []linklocal.Assignment {
	var out []linklocal.Assignment
	for _, a := range c.ServiceIPs.Fabrics {
		if !a.Pinned {
			out = append(out, a)
		}
	}
	if !c.ServiceIPs.VRouter.Pinned {
		out = append(out, c.ServiceIPs.VRouter)
	}
	return out
}

// WouldMove is the text of the warning about unpinned service IPs.
const WouldMove = "would move when nodes change"

// NotPinned is the warning about unpinned service IPs. why says why they are not
// pinned.
func NotPinned(unpinned []linklocal.Assignment, why string) Problem {
	names := make([]string, len(unpinned))
	for i, a := range unpinned {
		names[i] = fmt.Sprintf("%s → %s", a.Fabric, a.ServiceIP)
		if a.Fabric == (linklocal.Host{}) {
			names[i] = fmt.Sprintf("vRouter → %s", a.ServiceIP)
		}
	}
	return Problem{
		Severity: Warning,
		Path:     "spec.linkLocal.serviceIPs",
		Message:  fmt.Sprintf("does not pin %s, which %s: run nested-config pin on the file", strings.Join(names, ", "), why),
	}
}
