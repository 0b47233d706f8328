package config

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"reflect"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// kind is a kind of the API with the type of its spec, nil for none.
type kind struct {
	name, plural, doc string
	spec              reflect.Type
}

var kinds = []kind{
	{Kind, "nestedconfigs", "A Kubernetes cluster nested in a Contrail underlay.", reflect.TypeFor[Spec]()},
	{LinkLocalServiceKind, "linklocalservices", "A link-local service that the underlay must have.", reflect.TypeFor[LinkLocalServiceSpec]()},
	{FabricSNATKind, "fabricsnats", "Fabric SNAT that a virtual network of the underlay must have.", reflect.TypeFor[FabricSNATSpec]()},
	{FleetCheckKind, "fleetchecks", "As functionConfig: check every NestedConfig of the list against the others, render nothing.", nil},
}

// CRDs are the kinds as CustomResourceDefinitions, as YAML, from the types that
// the decoder reads by.
func CRDs() ([]byte, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.CompactSeqIndent()
	for _, k := range kinds {
		if err := e.Encode(crd(k)); err != nil {
			return nil, err
		}
	}
	err := e.Close()
	return b.Bytes(), err
}

func crd(k kind) *yaml.Node {
	group, version, _ := strings.Cut(APIVersion, "/")
	return object(
		"apiVersion", "apiextensions.k8s.io/v1",
		"kind", "CustomResourceDefinition",
		"metadata", object("name", k.plural+"."+group, "annotations", object(Group+"/version", Release)),
		"spec", object(
			"group", group,
			"names", object("kind", k.name, "listKind", k.name+"List", "plural", k.plural, "singular", strings.ToLower(k.name)),
			"scope", "Cluster",
			"versions", array(object(
				"name", version, "served", true, "storage", true,
				"schema", object("openAPIV3Schema", generator{}.resource(k)),
			)),
		),
	)
}

// JSONSchema is one JSON schema (draft 7) for all kinds, for editors.
func JSONSchema() ([]byte, error) {
	variants := array()
	for _, k := range kinds {
		variants.Content = append(variants.Content, generator{json: true}.resource(k))
	}
	doc := object(
		"$schema", "http://json-schema.org/draft-07/schema#",
		"$id", SchemaID,
		"title", APIVersion,
		"type", "object",
		"oneOf", variants,
	)
	text, err := yaml.NewRNode(doc).MarshalJSON()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, bytes.TrimSpace(text), "", "  "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// generator makes a schema of a type. The two dialects differ: JSON schema
// refuses unknown fields by additionalProperties and writes null as a type;
// structural schemas do the first by themselves and have nullable.
type generator struct{ json bool }

func (g generator) resource(k kind) *yaml.Node {
	apiVersion, name := object("type", "string"), object("type", "string")
	meta := object("type", "object")
	if g.json {
		put(apiVersion, "const", APIVersion)
		put(name, "const", k.name)
		put(meta, "required", array("name"))
		put(meta, "properties", object("name", object("type", "string", "pattern", "^("+label+")$", "maxLength", 63)))
	}
	properties := object("apiVersion", apiVersion, "kind", name, "metadata", meta)
	required := array("apiVersion", "kind", "metadata")
	if k.spec != nil {
		put(properties, "spec", g.section(k.spec, "", k.doc, false))
		required.Content = append(required.Content, value("spec"))
	}
	n := object("type", "object", "description", k.doc, "required", required, "properties", properties)
	if g.json {
		put(n, "additionalProperties", false)
	}
	return n
}

func (g generator) section(t reflect.Type, defaults, doc string, nullable bool) *yaml.Node {
	n := g.typed("object", doc, nullable)
	required, properties := array(), object()
	for i := range t.NumField() {
		f := t.Field(i)
		name := f.Tag.Get("yaml")
		if f.Tag.Get("require") == "schema" {
			required.Content = append(required.Content, value(name))
		}
		put(properties, name, g.schema(f.Type, withDefault(f, defaults)))
	}
	if len(required.Content) > 0 {
		put(n, "required", required)
	}
	put(n, "properties", properties)
	if g.json {
		put(n, "additionalProperties", false)
	}
	return n
}

// typed begins a schema. A section whose fields are all commented out is null.
func (g generator) typed(name, doc string, nullable bool) *yaml.Node {
	n := object("type", name)
	if nullable && g.json {
		n = object("type", array(name, "null"))
	}
	if doc != "" {
		put(n, "description", doc)
	}
	if nullable && !g.json {
		put(n, "nullable", true)
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
		put(n, "additionalProperties", g.schema(t.Elem(), elem))
	case t.Kind() == reflect.Slice:
		n = g.typed("array", doc, true)
		if tag.Get("default") != "" {
			put(n, "minItems", 1)
		}
		put(n, "items", g.schema(t.Elem(), elem+` require:"schema"`)) // an empty item is a mistake
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
		least, _ := strconv.Atoi(tag.Get("min"))
		most, _ := strconv.Atoi(tag.Get("max"))
		put(n, "minimum", least)
		put(n, "maximum", most)
		return n
	case reflect.TypeFor[Quantity]():
		n := object()
		if doc != "" {
			put(n, "description", doc)
		}
		if g.json {
			put(n, "type", array("string", "number"))
		} else {
			put(n, "anyOf", array(object("type", "integer"), object("type", "string")))
			put(n, "x-kubernetes-int-or-string", true)
		}
		put(n, "pattern", "^("+formats["quantity"].pattern+")$") // of a string
		put(n, "minimum", 0)                                     // of a number
		return n
	case reflect.TypeFor[netip.Addr]():
		n := g.typed("string", doc, false)
		put(n, "pattern", "^"+ipv4+"$")
		return n
	case reflect.TypeFor[netip.Prefix]():
		n := g.typed("string", doc, false)
		length := `/([0-9]|[12][0-9]|3[0-2])`
		if tag.Get("format") == "addressOrPrefix" {
			length = `(` + length + `)?`
		}
		put(n, "pattern", "^"+ipv4+length+"$")
		return n
	}
	return g.text(tag)
}

// text is a string; what has neither a default nor to be there may be "".
func (g generator) text(tag reflect.StructTag) *yaml.Node {
	n := g.typed("string", tag.Get("doc"), false)
	mayBeEmpty := tag.Get("default") == "" && tag.Get("require") != "schema"
	if enum := tag.Get("enum"); enum != "" {
		words := array()
		for w := range strings.SplitSeq(enum, ",") {
			words.Content = append(words.Content, value(w))
		}
		if mayBeEmpty {
			words.Content = append(words.Content, value(""))
		}
		put(n, "enum", words)
		return n
	}
	f := formats[tag.Get("format")]
	if f.pattern != "" {
		p := "(" + f.pattern + ")"
		if mayBeEmpty {
			p += "?"
		}
		put(n, "pattern", "^"+p+"$")
	}
	put(n, "maxLength", f.most)
	return n
}

func putDefault(n *yaml.Node, t reflect.Type, text string) {
	switch {
	case t.Kind() == reflect.Int:
		i, _ := strconv.Atoi(text)
		put(n, "default", i)
	case t.Kind() == reflect.Slice:
		put(n, "default", array(text))
	case isSection(t):
		requests := object()
		for pair := range strings.SplitSeq(text, ",") {
			name, quantity, _ := strings.Cut(pair, "=")
			put(requests, name, quantity)
		}
		put(n, "default", object("requests", requests))
	default:
		put(n, "default", text)
	}
}
