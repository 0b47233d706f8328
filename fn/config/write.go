package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Brief returns a spec as YAML: only the fields that differ from the defaults, in
// the order of the types. Loading it again returns the same spec. comment returns
// the comment beside a field, by the path of the field; a section has the text of
// its doc tag above it.
func Brief(s Spec, comment func(path string) string) *yaml.Node {
	w := briefer{comment}
	for nodes := range s.inheriting() {
		if slices.Equal(*nodes, s.Underlay.Config.Nodes) {
			*nodes = nil // inherited
		}
	}
	n := w.section("spec", reflect.ValueOf(s), "")
	if n == nil {
		n = yamlnode.Map()
	}
	return n
}

type briefer struct {
	comment func(path string) string
}

// section gives the fields of a section, nil when all have their defaults.
func (w briefer) section(path string, v reflect.Value, defaults string) *yaml.Node {
	n := yamlnode.Map()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name := f.Tag.Get("yaml")
		p := join(path, name)
		key := yamlnode.Of(name)
		var value *yaml.Node
		fallback := withDefault(f, defaults).Get("default")
		switch {
		case isSection(f.Type) && fallback == "":
			if value = w.section(p, v.Field(i), f.Tag.Get("defaults")); value != nil && path == "spec" {
				key.HeadComment = "# " + f.Tag.Get("doc")
			}
		case isDefault(v.Field(i), fallback):
		case isSection(f.Type): // one that has a default as a whole: {} is something else
			if value = w.section(p, v.Field(i), ""); value == nil {
				value = yamlnode.Map()
				value.Style = yaml.FlowStyle
			}
		default:
			value = w.value(v.Field(i))
		}
		if value == nil {
			continue
		}
		if c := w.comment(p); c != "" {
			// Beside the key: there kyaml keeps it on the line, whatever the value is.
			if value.Kind == yaml.ScalarNode || value.Style == yaml.FlowStyle {
				value.LineComment = "# " + c
			} else {
				key.LineComment = "# " + c
			}
		}
		n.Content = append(n.Content, key, value)
	}
	if len(n.Content) == 0 {
		return nil
	}
	return n
}

// isDefault reports whether the field may be left out.
func isDefault(v reflect.Value, text string) bool {
	if text == "" {
		return v.IsZero() || (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.Len() == 0
	}
	def := reflect.New(v.Type()).Elem()
	setDefault(def, text)
	return reflect.DeepEqual(v.Interface(), def.Interface())
}

func (w briefer) value(v reflect.Value) *yaml.Node {
	if s, ok := v.Interface().(fmt.Stringer); ok { // addresses, prefixes and hosts
		return yamlnode.Portable(s.String())
	}
	switch v.Kind() {
	case reflect.Pointer:
		return w.value(v.Elem())
	case reflect.Bool:
		return yamlnode.Of(v.Bool())
	case reflect.Int, reflect.Int64:
		return yamlnode.Of(v.Int())
	case reflect.String:
		return yamlnode.Portable(v.String())
	case reflect.Slice:
		n := yamlnode.List()
		for i := range v.Len() {
			n.Content = append(n.Content, w.value(v.Index(i)))
		}
		if !isSection(v.Type().Elem()) {
			n.Style = yaml.FlowStyle
		}
		return n
	case reflect.Map:
		n := yamlnode.Map()
		for _, k := range slices.SortedFunc(slices.Values(v.MapKeys()), compareKeys) {
			n.Content = append(n.Content, w.value(k), w.value(v.MapIndex(k)))
		}
		return n
	}
	return w.section("", v, "") // an element of a list
}

func compareKeys(a, b reflect.Value) int {
	if h, ok := a.Interface().(linklocal.Host); ok {
		return h.Compare(b.Interface().(linklocal.Host))
	}
	return strings.Compare(a.String(), b.String())
}
