package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

const commonEnvPath = "spec.commonEnv"

// merge is what commonEnv did to a config: which fields it filled, so that an
// error about such a field can name the variable instead.
type merge struct {
	origins map[string]string // field path to the place in commonEnv
	refused []string          // field paths whose value was refused
	secrets []string          // values that are never shown, wherever they got by reference
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

func mergeCommonEnv(c *Config, d *decoder, s Settings) merge {
	m := &merger{merge{origins: map[string]string{}}, c, d, map[string]env.Line{}, map[string]bool{}}

	// First, take the text apart, unless somebody has.
	lines, faults := s.Lines, s.Faults
	if lines == nil {
		lines, faults = env.Parse(c.Spec.CommonEnv)
	}
	for _, l := range lines {
		m.known[l.Name] = true
		if l.Value != "" {
			m.lines[l.Name] = l
		}
		if v, _ := env.Lookup(l.Name); v.Password() && l.Value != "" {
			m.secrets = append(m.secrets, strings.Trim(strconv.Quote(l.Value[:min(len(l.Value), 40)]), `"`))
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
	for v := range env.Contract() {
		if _, own := m.lines[v.Name]; !own && v.Field != "" {
			if l, ok := m.fallback(v); ok {
				m.fill(v, l)
			}
		}
	}

	// Last, what must be there.
	m.credentials()
	if len(m.known) > 0 && !d.set["spec.auth.mode"] && !m.has(env.AuthMode) {
		m.d.problems.errorf("spec.auth.mode", "", "is required: without %s the old script silently used noauth; write keystone or noauth", env.AuthMode)
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
	for v.Fallback != "" && !m.isRefused(v.Name) {
		if l, ok := m.lines[v.Fallback]; ok {
			return l, true
		}
		v, _ = env.Lookup(v.Fallback)
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
	for v := range env.Contract() {
		if v.Field == "" {
			continue
		}
		w, ok := v, v.Name == name
		for !ok && w.Fallback != "" {
			if _, has := m.lines[w.Name]; has {
				break
			}
			ok = w.Fallback == name
			w, _ = env.Lookup(w.Fallback)
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

// rename makes problems of filled fields name the variable, and hides what came
// from a password by reference.
func (m merge) rename(ps Problems) Problems {
	for i, p := range ps {
		if slices.ContainsFunc(m.secrets, func(s string) bool { return strings.Contains(p.Value, s) }) {
			ps[i].Value = ""
		}
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
		n := yamlnode.List()
		for _, p := range parts {
			n.Content = append(n.Content, yamlnode.Portable(p))
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
		n := yamlnode.Map()
		for _, p := range pairs {
			n.Content = append(n.Content, yamlnode.Portable(p.Name), yamlnode.Portable(p.Value))
		}
		return n, ""
	case env.Bool:
		b, ok := env.ParseBool(value)
		if !ok {
			return nil, v.Kind.Refuse(value)
		}
		return yamlnode.Of(b), ""
	case env.Int:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagInt, Value: value}, ""
	}
	if v.Name == env.PullSecret {
		return list([]string{value}), ""
	}
	return yamlnode.Portable(value), ""
}
