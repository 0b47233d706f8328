package importer

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/internal/yamlnode"
)

// parse reads the draft as the NestedConfig that it would be.
func (d draft) parse() (config.Config, config.Problems) {
	spec := yamlnode.Map("connectivity", config.DirectMode)
	spec.Content = append(spec.Content, d.fields.Content...)
	n := yamlnode.Map(
		"apiVersion", config.APIVersion,
		"kind", config.Kind,
		"metadata", yamlnode.Map("name", "k8s"),
		"spec", spec)
	if d.settings == nil {
		return config.Parse(n)
	}
	slices.SortStableFunc(d.settings.Lines, func(a, b env.Line) int { return cmp.Compare(a.Number, b.Number) })
	slices.SortStableFunc(d.settings.Faults, func(a, b env.Fault) int { return cmp.Compare(a.Line, b.Line) })
	return config.ParseSettings(n, *d.settings)
}

// missingVIP asks for the one service IP that every nested cluster needs; no
// pool is there to allocate it from.
func missingVIP(ps config.Problems) config.Problems {
	for _, p := range ps {
		if p.Severity == config.Error && strings.HasSuffix(p.Place, env.VRouterVIP) {
			return ps // refused already
		}
	}
	return append(ps, config.Problem{Severity: config.Error, Path: "spec.linkLocal.vrouterServiceIP",
		Message: "is required: the service IP of the vRouter agent, such as 10.10.10.5"})
}

// named makes problems speak of the file and its variables. What is said about
// credentials in a NestedConfig does not hold for a file of their own.
func (d draft) named(ps config.Problems, credentials []env.Setting) config.Problems {
	out := make(config.Problems, 0, len(ps))
	for _, p := range ps {
		_, variable, _ := strings.Cut(p.Place, ": ")
		if p.Severity == config.Warning && slices.ContainsFunc(credentials, func(s env.Setting) bool { return s.Name == variable }) {
			continue
		}
		switch line, ok := lineOf(p.Place); {
		case ok:
			file, number := d.spans.of(line)
			p.Path, p.Place = file, fmt.Sprintf("line %d%s", number, strings.TrimPrefix(p.Place, fmt.Sprintf("line %d", line)))
		case p.Place != "" || p.Path == "spec.commonEnv":
			p.Path = d.spans.String()
		default:
			if place, file := d.placeOf(p.Path); place != "" {
				p.Path, p.Place = file, place
			}
		}
		out = append(out, p)
	}
	return out
}

// placeOf says what of the source a field, or a part of it, comes from: a place of
// its own, or else its variable.
func (d draft) placeOf(path string) (place, file string) {
	for p := path; p != ""; {
		if place := d.places[p]; place != "" {
			return place, d.fileOf(p)
		}
		p = p[:max(0, strings.LastIndexAny(p, ".["))]
	}
	variable := variableOf(path)
	return variable, d.fileOf(variable)
}

// fileOf is the source that gives a variable or a field, all of them for what none
// of them gives.
func (d draft) fileOf(what string) string {
	if i, ok := d.from[what]; ok {
		return d.spans.file(i)
	}
	return d.spans.String()
}

// lineOf is the line that a place begins with.
func lineOf(place string) (int, bool) {
	rest, ok := strings.CutPrefix(place, "line ")
	number, _, _ := strings.Cut(rest, ":")
	line, err := strconv.Atoi(number)
	return line, ok && err == nil
}

// variableOf names the variable that fills a field or a part of it.
func variableOf(path string) string {
	for v := range env.Contract() {
		field := "spec." + v.Field
		if v.Field != "" && (path == field || strings.HasPrefix(path, field+".") || strings.HasPrefix(path, field+"[")) {
			return v.Name
		}
	}
	return ""
}

// leftOut names the variables that nobody reads.
func leftOut(ps config.Problems) []string {
	var names []string
	for _, p := range ps {
		_, name, _ := strings.Cut(p.Place, ": ")
		v, known := env.Lookup(name)
		if name != "" && (!known && p.Severity == config.Warning || known && v.Images == 0 && v.Field == "") && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
