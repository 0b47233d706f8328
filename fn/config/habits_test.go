package config

import (
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// place is where a value stands, with the field of the types that it is.
type place struct {
	path string
	keys []string // those of the mappings on the way
	typ  reflect.Type
	tag  reflect.StructTag
}

// places are all fields below a type, with an element of each list and a value of
// each map.
func places(path string, keys []string, t reflect.Type, tag reflect.StructTag) []place {
	if t == reflect.TypeFor[ignored]() {
		return nil
	}
	out := []place{{path, keys, t, tag}}
	switch {
	case t.Kind() == reflect.Pointer:
		return places(path, keys, t.Elem(), tag)
	case isSection(t):
		for i := range t.NumField() {
			f := t.Field(i)
			name := f.Tag.Get("yaml")
			out = append(out, places(join(path, name), append(slices.Clone(keys), name), f.Type, f.Tag)...)
		}
	case t.Kind() == reflect.Map:
		// A key that is right for hosts, labels, variables and resources.
		out = append(out, places(path+"[cpu]", append(slices.Clone(keys), "cpu"), t.Elem(), tag)...)
	case t.Kind() == reflect.Slice:
		out = append(out, places(path+"[0]", append(slices.Clone(keys), "0"), t.Elem(), tag)...)
	}
	return out
}

// with is a document that has one value.
func with(keys []string, value *yaml.Node) *yaml.Node {
	if len(keys) == 0 {
		return value
	}
	inner := with(keys[1:], value)
	if keys[0] == "0" {
		return &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{inner}}
	}
	return &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{yamlnode.Portable(keys[0]), inner}}
}

// Who quotes everything and who quotes nothing is told, at every field of the
// types, what to do. The cases follow from the types, so that a new field is
// asked as well.
func TestHabits(t *testing.T) {
	asked := 0
	for _, l := range places("", nil, reflect.TypeFor[document](), "")[1:] {
		for _, h := range habits(l) {
			asked++
			t.Run(l.path+" as "+h.written, func(t *testing.T) {
				d := newDecoder()
				var doc document
				d.value("", with(l.keys, written(t, h.written)), reflect.ValueOf(&doc).Elem(), "")
				var got []string
				for _, p := range d.problems {
					if p.Severity != Error || p.Path != l.path {
						t.Errorf("another problem: %s", p)
					}
					got = append(got, p.Text())
				}
				if diff := cmp.Diff(h.said, got); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		}
	}
	if asked < 500 {
		t.Errorf("only %d cases", asked)
	}
}

// written is a value as YAML reads it.
func written(t *testing.T, s string) *yaml.Node {
	t.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal([]byte("x: "+s), &n); err != nil {
		t.Fatal(err)
	}
	return n.Content[0].Content[1]
}

// habit is a value as somebody writes it, and the errors at its place.
type habit struct {
	written string
	said    []string
}

func habits(l place) []habit {
	secret := formats[l.tag.Get("format")].secret
	says := func(value, message string) []string {
		if secret || l.tag.Get("private") != "" || value == "" {
			return []string{message}
		}
		return []string{value + ": " + message}
	}
	const (
		list, mapping = "must be a list, such as [a, b]", "must be a mapping of fields"
		remove        = "is text: if there is no value, remove the line"
		empty         = "is empty: give a value or remove the line"
		noQuotes      = ", without quotes"
	)
	switch {
	case l.typ.Kind() == reflect.Slice:
		return []habit{
			{`"[a, b]"`, says(`"[a, b]"`, "is text: write it without quotes")}, {`a, b`, says(`"a, b"`, list)}, {`a`, says(`"a"`, list)},
			{`"null"`, says(`"null"`, remove)}, {`""`, says(`""`, remove)}, {`2011`, says("2011", list)}, {`{a: b}`, says("", list)},
		}
	case l.typ.Kind() == reflect.Map, isSection(l.typ):
		return []habit{
			{`"{a: b}"`, says(`"{a: b}"`, "is text: write it without quotes")}, {`"a: b"`, says(`"a: b"`, mapping)},
			{`"null"`, says(`"null"`, remove)}, {`""`, says(`""`, remove)}, {`on`, says(`"on"`, mapping)}, {`[a]`, says("", mapping)},
		}
	}
	const (
		boolean = "must be true or false"
		null    = "has no value: give one or remove the line"
	)
	switch reflect.New(l.typ).Interface().(type) {
	case *bool:
		return []habit{
			{`"true"`, says(`"true"`, "is text: write true without quotes")}, {`'False'`, says(`"False"`, "is text: write false without quotes")},
			{`"yes"`, says(`"yes"`, boolean+noQuotes)}, {`"1"`, says(`"1"`, boolean+noQuotes)}, {`"null"`, says(`"null"`, boolean+noQuotes)},
			{`""`, says(`""`, empty)}, {`yes`, says(`"yes"`, boolean)}, {`On`, says(`"On"`, boolean)}, {`1`, says(`1`, boolean)}, {`True`, nil}, {`~`, []string{null}},
		}
	case *int, *int64:
		number := "must be a whole number"
		if l.typ.Kind() == reflect.Int {
			number = fmt.Sprintf("must be a whole number from %s to %s", l.tag.Get("min"), l.tag.Get("max"))
		}
		return []habit{
			{`"8082"`, says(`"8082"`, "is text: write 8082 without quotes")}, {`'8082'`, says(`"8082"`, "is text: write 8082 without quotes")},
			{`"many"`, says(`"many"`, number+noQuotes)}, {`"-1"`, says(`"-1"`, number+noQuotes)}, {`"null"`, says(`"null"`, number+noQuotes)},
			{`""`, says(`""`, empty)}, {`08082`, says(`08082`, number)}, {`8082.0`, says(`8082.0`, number)}, {`8e3`, says(`8e3`, number)},
			{`1e999999`, says(`"1e999999"`, number)}, {`-1`, says(`-1`, number)}, {`8_082`, says(`8_082`, number)}, {`true`, says(`true`, number)}, {`~`, []string{null}},
		}
	case *netip.Addr, *netip.Prefix:
		must := "must be an IPv4 address, such as 192.168.1.100"
		switch {
		case l.tag.Get("format") == "addressOrPrefix":
			must = "must be an IPv4 address or prefix, such as 10.10.10.7 or 10.10.10.0/29"
		case l.typ == reflect.TypeFor[netip.Prefix]():
			must = "must be a prefix, such as 10.10.10.0/29"
		}
		return []habit{
			{`"null"`, says(`"null"`, must)}, {`""`, says(`""`, must)}, {`10.10`, says(`10.10`, must)},
			{`2011`, says(`2011`, must)}, {`~`, []string{null}},
		}
	case *Quantity:
		return []habit{{`2`, nil}, {`"2"`, nil}, {`0.5`, nil}, {`"null"`, says(`"null"`, formats["quantity"].must)},
			{`on`, says(`"on"`, formats["quantity"].must)}, {`~`, []string{null}}}
	}
	number, old := "is a number in YAML: put it in quotes", "is a boolean in YAML 1.1, which other tools use: put it in quotes"
	out := []habit{
		{`2011`, says("2011", number)}, {`1.10`, says("1.10", number)}, {`0123`, says("0123", number)},
		{`1e3`, says("1e3", number)}, {`-.inf`, says("-.inf", number)}, {`true`, says("true", "is a boolean in YAML: put it in quotes")},
		{`on`, says(`"on"`, old)}, {`No`, says(`"No"`, old)}, {`2026-01-01`, says("2026-01-01", "is a date in YAML: put it in quotes")}, {`~`, []string{null}}, {``, []string{null}},
	}
	if !secret && l.tag.Get("format") != "labelValue" {
		out = append(out, habit{`"null"`, says(`"null"`, remove)}, habit{`'~'`, says(`"~"`, remove)})
	}
	return out
}
