package config

import (
	"fmt"
	"strings"

	"github.com/nested-config/nested-config/fn/env"
)

// holdsServiceIPs reports whether a variable is one of the lists that hold
// service IPs where the old way went through link-local services.
func holdsServiceIPs(v env.Variable) bool {
	return v.Kind == env.Nodes && (v.Field != "" || v.Instead != "")
}

// line gives one variable to what it is for.
func (m *merger) line(l env.Line) {
	v, known := env.Lookup(l.Name)
	switch {
	case l.Name == env.VRouterVIPTypo:
		m.report(Error, l, "", "is not read by the images, which misspell it; write %s", env.VRouterVIP)
	case l.Secret && known && !v.Credential:
		m.report(Error, l, "", "refers to a password: its value would be in a ConfigMap, which everybody can read; write a value without a password")
	case !known && l.Used:
		// a helper of other lines
	case !known:
		m.report(Warning, l, "", "is unknown: no image reads it%s", similar(l.Name))
	case v.Constant != "":
		m.constant(v, l)
	case l.Name == env.Token:
		m.report(Error, l, "", "is a credential: %s", credentialHome(v))
	case v.Credential && v.Images != 0:
		// all of them at the end
	case v.Credential:
		m.report(Warning, l, "", "is a secret that is not read in nested mode: remove the line")
	case m.c.Spec.Connectivity == LinkLocalMode && holdsServiceIPs(v):
		m.report(Error, l, "", "holds service IPs, but spec.underlay needs fabric addresses: remove the line and write the fabric addresses there, or translate with nested-config import --link-local")
	case v.Field != "":
		m.fill(v, l)
	case l.Name == env.ControllerNodes, l.Name == env.SSLEnable:
		// the fallbacks of fields, and nothing beside
	case v.Images == 0:
		m.report(Info, l, "", "is not read in nested mode")
	case v.Instead != "":
		m.report(Error, l, "", "is set by spec.%s: write the nodes and the port there or in their own variables", v.Instead)
	default:
		m.extra(v, l)
	}
}

// constant judges a variable whose value is given: another one would ask for
// something that this program does not make.
func (m *merger) constant(v env.Variable, l env.Line) {
	switch {
	case l.Value == v.Constant:
	case l.Name == env.TokenFile:
		m.report(Info, l, "", "is always %s, where the Secret of the ServiceAccount is mounted", v.Constant)
	case l.Name == env.NestedMode:
		m.report(Error, l, quote(l.Value), "must be 1: with any other value the cluster is silently not nested; write 1 or remove the line")
	default:
		m.report(Error, l, quote(l.Value), "must be %s: write that or remove the line", v.Constant)
	}
}

// extra hands a variable on that no field holds.
func (m *merger) extra(v env.Variable, l env.Line) {
	value := l.Value
	if v.Kind == env.Nodes {
		value = strings.Join(items(value), ",")
	}
	must := refuse("envValue", value)
	if must == "" {
		must = refuseVariable(v, v.Images, value)
	}
	switch {
	case must != "":
		m.report(Error, l, "", "%s", must)
	case l.Name == env.KeystoneCA && m.d.set["spec.auth.caSecret"]:
		// the field wins
	default:
		if path := "spec.kubeManager.env[" + l.Name + "]"; !m.d.set[path] {
			m.origins[path] = placeOf(l)
		}
		m.c.Extra = append(m.c.Extra, env.Setting{Name: l.Name, Value: value})
	}
}

// items are the parts of a comma list, stray blanks removed.
func items(list string) []string {
	parts := strings.Split(list, ",")
	for i, p := range parts {
		parts[i] = strings.TrimSpace(p)
	}
	return parts
}

// similar names the variable that was probably meant.
func similar(name string) string {
	best, least := "", 3
	for v := range env.Contract() {
		if n := distance(strings.ToUpper(name), v.Name); n < least {
			best, least = v.Name, n
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(": did you mean %s?", best)
}
