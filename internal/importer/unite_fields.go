package importer

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// imageFields belong together: a digest of one source would win over the tag of
// another.
var imageFields = []string{"images.tag", "images.kubeManager", "images.cniInit"}

// whole are the sections that one source gives alone.
var whole = []string{"images.kubeManager", "images.cniInit", "underlay.virtualNetwork", "kubernetes.publicFIPPool",
	"kubeManager.resources", "kubeManager.nodeSelector", "cni.resources"}

// addFields adds the fields of a source.
func (u *union) addFields(d draft) {
	for path, n := range parts(d.fields) {
		field := strings.Join(path, ".")
		if field == "commonEnv" {
			continue // they are settings now
		}
		place := cmp.Or(d.places["spec."+field], "spec."+field)
		there, source := u.field(field)
		switch {
		case source == none && u.hasImages(field):
			u.leave(place, "", "is left out: the images are those of "+u.spans.file(u.images))
		case source == none:
			u.setField(path, n, d.places["spec."+field])
		case there != flat(n):
			u.leave(place, excerpt(flat(n)), fmt.Sprintf("is left out: %s, which comes first, has %s", u.spans.file(source), excerpt(there)))
		}
	}
}

// field is what an earlier source says of a field, and which does.
func (u *union) field(field string) (value string, source int) {
	if n := yamlnode.Last(u.fields, strings.Split(field, ".")...); n != nil {
		return flat(n), u.from["spec."+field]
	}
	for v := range env.Contract() {
		if l, ok := u.lines[v.Name]; ok && v.Field == field && u.from[v.Name] != u.number {
			return canonical(v, l.Value), u.from[v.Name]
		}
	}
	return "", none
}

// hasImages reports whether a field would change the images of an earlier source.
func (u *union) hasImages(field string) bool {
	return slices.Contains(imageFields, field) && u.images != none && u.images != u.number
}

// setField takes a field.
func (u *union) setField(path []string, value *yaml.Node, place string) {
	field := strings.Join(path, ".")
	yamlnode.Set(yamlnode.Section(u.fields, path[:len(path)-1]...), path[len(path)-1], value)
	u.keep("spec."+field, field)
	if place != "" {
		u.places["spec."+field] = place
		if u.number > 0 {
			u.comments["spec."+field] = place + " of " + u.spans.file(u.number)
		}
	}
}

// parts are the fields below a node, each of which is compared alone.
func parts(n *yaml.Node) iter.Seq2[[]string, *yaml.Node] {
	return func(yield func([]string, *yaml.Node) bool) { walk(nil, n, yield) }
}

func walk(path []string, n *yaml.Node, yield func([]string, *yaml.Node) bool) bool {
	if n.Kind != yaml.MappingNode || slices.Contains(whole, strings.Join(path, ".")) {
		return yield(path, n)
	}
	for key, value := range yamlnode.Fields(n) {
		if !walk(append(slices.Clone(path), key.Value), value, yield) {
			return false
		}
	}
	return true
}

// flat is a field as text to compare: a list has commas, as in a variable.
func flat(n *yaml.Node) string {
	n = yamlnode.Target(n)
	switch n.Kind {
	case yaml.ScalarNode:
		return n.Value
	case yaml.SequenceNode:
		var items []string
		for _, c := range n.Content {
			items = append(items, flat(c))
		}
		return strings.Join(items, ",")
	}
	var fields []string
	for key, value := range yamlnode.Fields(n) {
		fields = append(fields, key.Value+": "+flat(value))
	}
	slices.Sort(fields)
	return strings.Join(fields, ", ")
}

// canonical is the value of a variable as text to compare with another, or with a
// field.
func canonical(v env.Variable, value string) string {
	switch v.Kind {
	case env.Nodes:
		items := strings.Split(value, ",")
		for i, s := range items {
			items[i] = strings.TrimSpace(s)
		}
		return strings.Join(items, ",")
	case env.Words:
		return strings.Join(strings.Fields(value), ",")
	case env.Bool:
		if b, ok := env.ParseBool(value); ok {
			return strconv.FormatBool(b)
		}
	case env.Dict:
		if pairs, ok := env.ParseDict(value); ok {
			var fields []string
			for _, p := range pairs {
				fields = append(fields, p.Name+": "+p.Value)
			}
			slices.Sort(fields)
			return strings.Join(fields, ", ")
		}
	}
	return value
}
