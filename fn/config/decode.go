package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// maxValues is how many YAML values a resource may have, aliases counted each time:
// far above any real one, far below what an exploding alias makes.
const maxValues = 20_000

// decoder walks a YAML tree against the types once. That walk is the one source
// of field paths; everything later speaks of a field by its path.
type decoder struct {
	problems Problems
	set      map[string]bool // paths that the text sets
	left     int
}

func newDecoder() *decoder {
	return &decoder{set: map[string]bool{}, left: maxValues}
}

// value decodes n into v, which is addressable; tag is that of the field that v
// is, or is an element of.
func (d *decoder) value(path string, n *yaml.Node, v reflect.Value, tag reflect.StructTag) {
	if !d.spend() {
		return
	}
	n = yamlnode.Target(n) // an anchor within itself is caught by the count of values
	if n == nil || v.Type() == reflect.TypeFor[ignored]() {
		return
	}
	null := n.Kind == yaml.ScalarNode && n.ShortTag() == yaml.NodeTagNull
	if null && (v.Kind() == reflect.Map || v.Kind() == reflect.Slice || isSection(v.Type())) {
		return // a section whose fields are all commented out
	}
	if null {
		d.problems.errorf(path, "", "has no value: give one or remove the line")
		return
	}
	d.set[path] = true
	switch {
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(path, n, v.Elem(), tag)
	case isSection(v.Type()):
		d.section(path, n, v, tag)
	case v.Kind() == reflect.Map:
		d.mapping(path, n, v, tag)
	case v.Kind() == reflect.Slice:
		d.sequence(path, n, v, tag)
	default:
		d.scalar(path, n, v, tag)
	}
}

// spend counts a value, and reports once when there are too many.
func (d *decoder) spend() bool {
	d.left--
	if d.left == -1 {
		d.problems.errorf("", "", "has more than %d values, including aliases: make it smaller", maxValues)
	}
	return d.left >= 0
}

// isSection reports whether t is a struct of fields, not a value like netip.Addr.
func isSection(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.PkgPath() == reflect.TypeFor[Spec]().PkgPath()
}

func (d *decoder) section(path string, n *yaml.Node, v reflect.Value, tag reflect.StructTag) {
	for _, e := range d.entries(path, n, tag) {
		f, ok := fieldNamed(v.Type(), e.key)
		if !ok {
			d.unknown(path, e, v.Type(), isPrivate(tag))
			continue
		}
		d.value(e.path, e.value, v.FieldByIndex(f.Index), withDefault(f, tag.Get("defaults")))
	}
}

// unknown reports a key that is no field. In a section of credentials a key that
// resembles no field may be a password, {admin: s3cret} without the field's name, and
// is not shown.
func (d *decoder) unknown(path string, e entry, t reflect.Type, private bool) {
	meant := suggestion(strings.TrimSuffix(e.path, "…"), e.key, t)
	if private && meant == "" {
		d.hidden(path, "has a key that is not a field and is not shown, because it may be a password: the fields are %s", fieldNames(t))
		return
	}
	d.problems.errorf(e.path, "", "is not a field%s", meant)
}

// hidden reports what is not named, once for all of its kind.
func (d *decoder) hidden(path, format string, args ...any) {
	p := Problem{Severity: Error, Path: path, Message: fmt.Sprintf(format, args...)}
	if !slices.Contains(d.problems, p) {
		d.problems = append(d.problems, p)
	}
}

func isPrivate(tag reflect.StructTag) bool { return tag.Get("private") == "true" }

func fieldNames(t reflect.Type) string {
	var names []string
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("yaml"); name != "" {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

func (d *decoder) mapping(path string, n *yaml.Node, v reflect.Value, tag reflect.StructTag) {
	v.Set(reflect.MakeMap(v.Type()))
	for _, e := range d.entries(path, n, tag) {
		f := tag.Get("keys")
		key := e.key
		if f == "envName" {
			key = nameOf(key)
			if _, known := env.Lookup(strings.TrimSuffix(key, "…")); !known && !matches(f, e.key) {
				d.hidden(path, "has a key that is not shown, because it may be a password: each %s", formats[f].must)
				continue
			}
		}
		p := fmt.Sprintf("%s[%s]", path, onOneLine(key))
		if f != "" && !matches(f, e.key) {
			d.problems.errorf(p, quote(key), "%s", formats[f].must)
			continue
		}
		elem := reflect.New(v.Type().Elem()).Elem()
		d.value(p, e.value, elem, tag)
		v.SetMapIndex(mapKey(v.Type().Key(), e.key), elem)
	}
}

// mapKey is the text of a key as the type that the map has.
func mapKey(t reflect.Type, key string) reflect.Value {
	if t == reflect.TypeFor[linklocal.Host]() {
		return reflect.ValueOf(linklocal.ParseHost(key))
	}
	return reflect.ValueOf(key)
}

func (d *decoder) sequence(path string, n *yaml.Node, v reflect.Value, tag reflect.StructTag) {
	if n.Kind != yaml.SequenceNode {
		d.problems.errorf(path, show(n, tag), "%s", collection(n, "[", "must be a list, such as [a, b]"))
		return
	}
	for i, item := range n.Content {
		elem := reflect.New(v.Type().Elem()).Elem()
		d.value(fmt.Sprintf("%s[%d]", path, i), item, elem, tag)
		v.Set(reflect.Append(v, elem)) // also a bad one: the indexes stay true
	}
}

// collection is what must be said about a value that is no list or mapping; one
// in quotes is text.
func collection(n *yaml.Node, opening, must string) string {
	switch {
	case n.Kind != yaml.ScalarNode || !quotes(n):
		return must
	case n.Value == "" || noValue(n.Value):
		return "is text: if there is no value, remove the line"
	case strings.HasPrefix(strings.TrimSpace(n.Value), opening):
		return "is text: write it without quotes"
	}
	return must
}

func fieldNamed(t reflect.Type, name string) (reflect.StructField, bool) {
	for i := range t.NumField() {
		if f := t.Field(i); f.Tag.Get("yaml") == name && name != "" {
			return f, true
		}
	}
	return reflect.StructField{}, false
}
