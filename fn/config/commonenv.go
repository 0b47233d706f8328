package config

import (
	"fmt"
	"slices"
	"strings"

	"nested-config/fn/env"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

const commonEnvPath = "spec.commonEnv"

// merge is what commonEnv did to a config: which fields it filled, so that an
// error about such a field can name the variable instead.
type merge struct {
	origins map[string]string // field path to the place in commonEnv
	refused []string          // field paths whose value was refused
}

// merger fills a config from commonEnv, which is resolved by itself first, as
// the old script did; the fields of the config then win over the result.
type merger struct {
	merge
	c     *Config
	d     *decoder
	lines map[string]env.Line // by name, empty ones left out: empty is unset to the images
	known map[string]bool     // every name that the text has, also at fault or empty
}

func mergeCommonEnv(c *Config, d *decoder) merge {
	m := &merger{merge{origins: map[string]string{}}, c, d, map[string]env.Line{}, map[string]bool{}}

	// First, take the text apart.
	lines, faults := env.Parse(c.Spec.CommonEnv)
	for _, l := range lines {
		m.known[l.Name] = true
		if l.Value != "" {
			m.lines[l.Name] = l
		}
	}

	// Next, each variable and each fault in the order of the text.
	for _, l := range lines {
		for len(faults) > 0 && faults[0].Line <= l.Number {
			m.fault(faults[0])
			faults = faults[1:]
		}
		if l.Value != "" {
			m.line(l)
		}
	}
	for _, f := range faults {
		m.fault(f)
	}

	// Next, the fields whose variable is missing and has a fallback: they come in
	// the order of the contract, and a chain is followed to its end.
	for _, v := range env.Contract {
		if _, own := m.lines[v.Name]; !own && v.Field != "" {
			if l, ok := m.fallback(v); ok {
				m.fill(v, l)
			}
		}
	}

	// Last, what must be there.
	m.credentials()
	if len(m.known) > 0 && !d.set["spec.auth.mode"] && !m.has(env.AuthMode) {
		m.d.problems.errorf("spec.auth.mode", "", "is required with a %s that has no %s: the old script would silently have meant noauth; write keystone or noauth", commonEnvPath, env.AuthMode)
		m.refused = append(m.refused, "spec.underlay.keystone") // asked for only once it is keystone
	}
	return m.merge
}

// has reports whether the text gives the variable a value, also a bad one.
func (m *merger) has(name string) bool {
	_, ok := m.lines[name]
	return ok || m.isRefused(name)
}

func (m *merger) isRefused(name string) bool {
	v, _ := env.Lookup(name)
	return slices.Contains(m.refused, "spec."+v.Field)
}

// fallback follows the chain of a variable that is missing. A variable of the
// chain that is at fault ends it: what stands there was meant.
func (m *merger) fallback(v env.Variable) (env.Line, bool) {
	for range len(env.Contract) {
		name := v.Fallback()
		if name == "" || m.isRefused(v.Name) {
			break
		}
		if l, ok := m.lines[name]; ok {
			return l, true
		}
		v, _ = env.Lookup(name)
	}
	return env.Line{}, false
}

func (m *merger) fault(f env.Fault) {
	place := fmt.Sprintf("line %d", f.Line)
	if f.Name != "" {
		place += ": " + f.Name
		m.known[f.Name] = true
	}
	severity := Error
	if f.Warning {
		severity = Warning
	}
	m.d.problems = append(m.d.problems, Problem{Severity: severity, Path: commonEnvPath, Place: place, Message: f.Message})
	if severity == Error {
		m.refuse(f.Name)
	}
}

// refuse remembers the fields that a variable would have filled, so that nobody
// calls them missing.
func (m *merger) refuse(name string) {
	for _, v := range env.Contract {
		if v.Field == "" {
			continue
		}
		w, ok := v, v.Name == name
		for range len(env.Contract) {
			if _, has := m.lines[w.Name]; ok || has || w.Fallback() == "" {
				break
			}
			ok = w.Fallback() == name
			w, _ = env.Lookup(w.Fallback())
		}
		if ok {
			m.refused = append(m.refused, "spec."+v.Field)
		}
	}
}

func placeOf(l env.Line) string { return fmt.Sprintf("line %d: %s", l.Number, l.Name) }

// report adds a problem of one line; value is "" where it must not be shown.
func (m *merger) report(s Severity, l env.Line, value, format string, args ...any) {
	m.d.problems = append(m.d.problems, Problem{
		Severity: s, Path: commonEnvPath, Place: placeOf(l), Value: value, Message: fmt.Sprintf(format, args...),
	})
	if s == Error {
		m.refuse(l.Name)
		delete(m.lines, l.Name)
	}
}

// addressLists are the variables that hold service IPs where the old way went
// through link-local services.
var addressLists = []string{env.ControllerNodes, env.ConfigNodes, env.ConfigDBNodes, env.RabbitMQNodes, env.AnalyticsNodes}

// line gives one variable to what it is for.
func (m *merger) line(l env.Line) {
	v, known := env.Lookup(l.Name)
	switch {
	case l.Name == env.VRouterVIPTypo:
		m.report(Error, l, "", "is read by nobody: the images misspell it; write %s", env.VRouterVIP)
	case !known && l.Used:
		// a helper of other lines
	case !known:
		m.report(Warning, l, "", "is unknown: no image reads it%s", similar(l.Name))
	case v.Constant != "":
		m.constant(v, l)
	case l.Name == env.Token:
		m.report(Error, l, "", "is a credential: %s", credentialHome(l.Name))
	case v.Credential && v.Images != 0:
		// all of them at the end
	case v.Credential:
		m.report(Warning, l, "", "is a secret that nobody reads in nested mode: remove the line")
	case m.c.Spec.Connectivity == LinkLocalMode && slices.Contains(addressLists, l.Name):
		m.report(Error, l, "", "holds service IPs, spec.underlay wants fabric addresses: remove the line and write them there, or translate with nested-config import --link-local")
	case v.Field != "":
		m.fill(v, l)
	case l.Name == env.ControllerNodes, l.Name == env.SSLEnable:
		// the fallbacks of fields, and nothing beside
	case v.Images == 0:
		m.report(Info, l, "", "is read by nobody in nested mode")
	case derivedFrom[l.Name] != "":
		m.report(Error, l, "", "is set by %s: write the nodes and the port there or in their own variables", derivedFrom[l.Name])
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
		m.report(Error, l, quote(l.Value), "must be 1: everything else silently means a cluster that is not nested; write 1 or remove the line")
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
	must := m.d.compiled.refuse("envValue", value)
	if must == "" {
		must = refuseVariable(v, v.Images, value)
	}
	switch {
	case must != "":
		m.report(Error, l, "", "%s", must)
	case l.Name == env.KeystoneCA && m.d.set["spec.auth.caSecret"]:
		// the field wins
	default:
		if must := reopens(l.Name); must != "" {
			m.report(Warning, l, "", "%s", must)
		}
		m.c.Extra = append(m.c.Extra, env.Setting{Name: l.Name, Value: value})
	}
}

// reopens says what happens to options of sections that the entrypoint has
// written already: it appends the section once more.
func reopens(name string) string {
	section := env.OptionSection(name)
	if !slices.Contains([]string{"DEFAULTS", "KUBERNETES", "VNC", "AUTH", "SANDESH", "STATS"}, section) {
		return ""
	}
	return fmt.Sprintf("makes a second section [%s], which images with Python 3 refuse at start: try it before you rely on it", section)
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
	for _, v := range env.Contract {
		if n := distance(strings.ToUpper(name), v.Name); n < least {
			best, least = v.Name, n
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(": did you mean %s?", best)
}

// rename makes problems of filled fields name the variable.
func (m merge) rename(ps Problems) Problems {
	for i, p := range ps {
		for path, place := range m.origins {
			rest, ok := strings.CutPrefix(p.Path, path)
			if ok && (rest == "" || rest[0] == '[' || rest[0] == '.') {
				ps[i].Path, ps[i].Place = commonEnvPath, place+rest
				break
			}
		}
	}
	return ps
}

// node makes the YAML that would stand in the field if the value had been
// written there, so that formats are checked in one place.
func node(v env.Variable, value string) (*yaml.Node, string) {
	list := func(parts []string) *yaml.Node {
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for _, p := range parts {
			n.Content = append(n.Content, text(p))
		}
		return n
	}
	switch v.Kind {
	case env.Nodes:
		if len(strings.Fields(value)) > 1 && !strings.Contains(value, ",") {
			return nil, "must have commas between the addresses"
		}
		return list(items(value)), ""
	case env.Words:
		return list(strings.Fields(value)), ""
	case env.Dict:
		pairs, ok := env.ParseDict(value)
		if !ok {
			return nil, v.Kind.Refuse(value)
		}
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, p := range pairs {
			n.Content = append(n.Content, text(p.Name), text(p.Value))
		}
		return n, ""
	case env.Bool:
		b, ok := env.ParseBool(value)
		if !ok {
			return nil, v.Kind.Refuse(value)
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagBool, Value: fmt.Sprint(b)}, ""
	case env.Int:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagInt, Value: value}, ""
	}
	if v.Name == env.PullSecret {
		return list([]string{value}), ""
	}
	return text(value), ""
}
