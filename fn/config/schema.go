package config

import (
	"net/netip"
	"reflect"
	"strconv"
	"strings"

	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// generator makes a schema of a type. The two dialects differ: JSON schema
// refuses unknown fields by additionalProperties and writes null as a type;
// structural schemas do the first by themselves and have nullable.
type generator struct{ json bool }

func (g generator) resource(k kind) *yaml.Node {
	apiVersion, name := yamlnode.Map("type", "string"), yamlnode.Map("type", "string")
	meta := yamlnode.Map("type", "object")
	if g.json {
		yamlnode.Set(apiVersion, "const", APIVersion)
		yamlnode.Set(name, "const", k.name)
		yamlnode.Set(meta, "required", yamlnode.List("name"))
		yamlnode.Set(meta, "properties", yamlnode.Map("name", yamlnode.Map("type", "string", "pattern", "^("+label+")$", "maxLength", 63)))
	}
	properties := yamlnode.Map("apiVersion", apiVersion, "kind", name, "metadata", meta)
	required := yamlnode.List("apiVersion", "kind", "metadata")
	if k.spec != nil {
		yamlnode.Set(properties, "spec", g.section(k.spec, "", k.doc, false))
		required.Content = append(required.Content, yamlnode.Of("spec"))
	}
	n := yamlnode.Map("type", "object", "description", k.doc, "required", required, "properties", properties)
	if g.json {
		yamlnode.Set(n, "additionalProperties", false)
	}
	return n
}

func (g generator) section(t reflect.Type, defaults, doc string, nullable bool) *yaml.Node {
	n := g.typed("object", doc, nullable)
	required, properties := yamlnode.List(), yamlnode.Map()
	for i := range t.NumField() {
		f := t.Field(i)
		name := f.Tag.Get("yaml")
		if f.Tag.Get("require") == "schema" {
			required.Content = append(required.Content, yamlnode.Of(name))
		}
		yamlnode.Set(properties, name, g.schema(f.Type, withDefault(f, defaults)))
	}
	if len(required.Content) > 0 {
		yamlnode.Set(n, "required", required)
	}
	yamlnode.Set(n, "properties", properties)
	if g.json {
		yamlnode.Set(n, "additionalProperties", false)
	}
	return n
}

// typed begins a schema. A section whose fields are all commented out is null.
func (g generator) typed(name, doc string, nullable bool) *yaml.Node {
	n := yamlnode.Map("type", name)
	if nullable && g.json {
		n = yamlnode.Map("type", yamlnode.List(name, "null"))
	}
	if doc != "" {
		yamlnode.Set(n, "description", doc)
	}
	if nullable && !g.json {
		yamlnode.Set(n, "nullable", true)
	}
	return n
}

func (g generator) schema(t reflect.Type, tag reflect.StructTag) *yaml.Node {
	doc := tag.Get("doc")
	elem := reflect.StructTag(`format:"` + tag.Get("format") + `"`)
	var n *yaml.Node
	switch {
	case isSection(t):
		n = g.section(t, tag.Get("defaults"), doc, tag.Get("require") != "schema")
	case t.Kind() == reflect.Pointer:
		return g.schema(t.Elem(), tag)
	case t.Kind() == reflect.Map:
		n = g.typed("object", doc, true)
		yamlnode.Set(n, "additionalProperties", g.schema(t.Elem(), elem))
	case t.Kind() == reflect.Slice:
		n = g.typed("array", doc, true)
		if tag.Get("default") != "" {
			yamlnode.Set(n, "minItems", 1)
		}
		yamlnode.Set(n, "items", g.schema(t.Elem(), elem+` require:"schema"`)) // an empty item is a mistake
	default:
		n = g.leaf(t, tag)
	}
	if d := tag.Get("default"); d != "" {
		putDefault(n, t, d)
	}
	return n
}

func (g generator) leaf(t reflect.Type, tag reflect.StructTag) *yaml.Node {
	doc := tag.Get("doc")
	switch t {
	case reflect.TypeFor[bool]():
		return g.typed("boolean", doc, false)
	case reflect.TypeFor[int64]():
		return g.typed("integer", doc, false)
	case reflect.TypeFor[int]():
		n := g.typed("integer", doc, false)
		lowest, _ := strconv.Atoi(tag.Get("min"))
		highest, _ := strconv.Atoi(tag.Get("max"))
		yamlnode.Set(n, "minimum", lowest)
		yamlnode.Set(n, "maximum", highest)
		return n
	case reflect.TypeFor[Quantity]():
		n := yamlnode.Map()
		if doc != "" {
			yamlnode.Set(n, "description", doc)
		}
		if g.json {
			yamlnode.Set(n, "type", yamlnode.List("string", "number"))
		} else {
			yamlnode.Set(n, "anyOf", yamlnode.List(yamlnode.Map("type", "integer"), yamlnode.Map("type", "string")))
			yamlnode.Set(n, "x-kubernetes-int-or-string", true)
		}
		yamlnode.Set(n, "pattern", "^("+formats["quantity"].pattern+")$") // of a string
		yamlnode.Set(n, "minimum", 0)                                     // of a number
		return n
	case reflect.TypeFor[netip.Addr]():
		n := g.typed("string", doc, false)
		yamlnode.Set(n, "pattern", "^"+ipv4+"$")
		return n
	case reflect.TypeFor[netip.Prefix]():
		n := g.typed("string", doc, false)
		length := `/([0-9]|[12][0-9]|3[0-2])`
		if tag.Get("format") == "addressOrPrefix" {
			length = `(` + length + `)?`
		}
		yamlnode.Set(n, "pattern", "^"+ipv4+length+"$")
		return n
	}
	return g.text(tag)
}

// text is a string; what has neither a default nor to be there may be "".
func (g generator) text(tag reflect.StructTag) *yaml.Node {
	n := g.typed("string", tag.Get("doc"), false)
	mayBeEmpty := tag.Get("default") == "" && tag.Get("require") != "schema"
	if enum := tag.Get("enum"); enum != "" {
		words := yamlnode.List()
		for w := range strings.SplitSeq(enum, ",") {
			words.Content = append(words.Content, yamlnode.Of(w))
		}
		if mayBeEmpty {
			words.Content = append(words.Content, yamlnode.Of(""))
		}
		yamlnode.Set(n, "enum", words)
		return n
	}
	f := formats[tag.Get("format")]
	if f.pattern != "" {
		p := "(" + f.pattern + ")"
		if mayBeEmpty {
			p += "?"
		}
		yamlnode.Set(n, "pattern", "^"+p+"$")
	}
	yamlnode.Set(n, "maxLength", f.longest)
	return n
}

func putDefault(n *yaml.Node, t reflect.Type, text string) {
	switch {
	case t.Kind() == reflect.Int:
		i, _ := strconv.Atoi(text)
		yamlnode.Set(n, "default", i)
	case t.Kind() == reflect.Slice:
		yamlnode.Set(n, "default", yamlnode.List(text))
	case isSection(t):
		requests := yamlnode.Map()
		for pair := range strings.SplitSeq(text, ",") {
			name, quantity, _ := strings.Cut(pair, "=")
			yamlnode.Set(requests, name, quantity)
		}
		yamlnode.Set(n, "default", yamlnode.Map("requests", requests))
	default:
		yamlnode.Set(n, "default", text)
	}
}
