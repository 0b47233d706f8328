package config

import (
	"fmt"
	"net/netip"
	"reflect"
	"strings"

	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Blank is the text of a NestedConfig to fill in: every field has its doc tag above
// it. Required fields have no value. Optional fields have their default, and a # in
// front; without the # the config means the same. The problems are those of the
// name and the connectivity.
func Blank(name, connectivity string) ([]byte, Problems) {
	required, problems := lacking(name, connectivity)
	if problems.Errors() {
		return nil, problems
	}
	b := blank{required: required, connectivity: connectivity}
	fmt.Fprintf(&b.text, `# yaml-language-server: $schema=%s
# Fill in every field without a value. What stands behind a # is optional and
# shows the default; "nested-config FILE" renders, or says what is left to do.
apiVersion: %s
kind: %s
metadata:
  name: %s
  annotations:
    # Read by the function, never applied to the cluster.
    config.kubernetes.io/local-config: "true"
    config.kubernetes.io/function: |
      exec: {path: nested-config}
spec:
`, SchemaID, APIVersion, Kind, name)
	b.section("spec", reflect.TypeFor[Spec](), "", "  ", false)
	return []byte(b.text.String()), nil
}

// lacking asks the checks themselves what must be given: the paths that a spec is
// refused for, from an empty one on, each filled in once it is known.
func lacking(name, connectivity string) (map[string]bool, Problems) {
	required := map[string]bool{"spec.connectivity": true}
	for {
		spec := sample("spec", reflect.TypeFor[Spec](), required, false)
		for i := 0; i < len(spec.Content); i += 2 {
			if spec.Content[i].Value == "connectivity" {
				spec.Content[i+1] = yamlnode.Of(connectivity)
			}
		}
		_, found := Load(yamlnode.Map("apiVersion", APIVersion, "kind", Kind, "metadata", yamlnode.Map("name", name), "spec", spec))
		var problems Problems
		more := false
		for _, p := range found {
			switch {
			case p.Severity != Error:
			case p.Path == "metadata.name" || p.Path == "spec.connectivity":
				problems = append(problems, p)
			case !required[p.Path]:
				required[p.Path], more = true, true
			}
		}
		if problems.Errors() || !more {
			return required, problems
		}
	}
}

// sample is a section with a value that could be one for all that is required.
func sample(path string, t reflect.Type, required map[string]bool, all bool) *yaml.Node {
	n := yamlnode.Map()
	for i := range t.NumField() {
		f := t.Field(i)
		name := f.Tag.Get("yaml")
		p := join(path, name)
		var v any
		switch {
		case isSection(f.Type):
			if section := sample(p, f.Type, required, all || required[p]); len(section.Content) > 0 {
				v = section
			}
		case !all && !required[p]:
		case f.Type == reflect.TypeFor[[]netip.Addr]():
			v = yamlnode.List("192.0.2.1")
		case f.Type == reflect.TypeFor[netip.Prefix]():
			v = "198.51.100.0/24"
		default:
			v = "a" // a registry, a tag, a host, a name
		}
		if v != nil {
			yamlnode.Set(n, name, v)
		}
	}
	return n
}

// blank is the text so far.
type blank struct {
	text         strings.Builder
	required     map[string]bool
	connectivity string
}

// section writes the fields of a section. All of them are required where the
// section is.
func (b *blank) section(path string, t reflect.Type, defaults, indent string, all bool) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag := withDefault(f, defaults)
		p := join(path, tag.Get("yaml"))
		b.field(p, f.Type, tag, indent, all || b.required[p])
	}
}

func (b *blank) field(path string, t reflect.Type, tag reflect.StructTag, indent string, required bool) {
	b.comment(indent, describe(tag))
	name := tag.Get("yaml")
	switch {
	case path == "spec.connectivity":
		fmt.Fprintf(&b.text, "%s%s: %s\n", indent, name, b.connectivity)
	case isSection(t) && tag.Get("default") == "":
		if required || b.within(path) {
			fmt.Fprintf(&b.text, "%s%s:\n", indent, name)
		} else {
			fmt.Fprintf(&b.text, "%s#%s:\n", indent, name)
		}
		b.section(path, t, tag.Get("defaults"), indent+"  ", required)
	case required:
		fmt.Fprintf(&b.text, "%s%s:\n", indent, name)
	default:
		b.text.WriteString(strings.TrimRight(indent+"#"+name+": "+fallback(t, tag), " ") + "\n")
	}
}

// within reports whether something below path is required.
func (b *blank) within(path string) bool {
	for p := range b.required {
		if strings.HasPrefix(p, path+".") {
			return true
		}
	}
	return false
}

// comment writes a text over as many lines as it takes.
func (b *blank) comment(indent, text string) {
	const width = 100
	line := indent + "#"
	for word := range strings.SplitSeq(text, " ") {
		if len(line)+1+len(word) > width && line != indent+"#" {
			b.text.WriteString(line + "\n")
			line = indent + "#"
		}
		line += " " + word
	}
	b.text.WriteString(line + "\n")
}

// describe is a field's meaning, and its values where that does not say them.
func describe(tag reflect.StructTag) string {
	doc, enum := tag.Get("doc"), tag.Get("enum")
	for value := range strings.SplitSeq(enum, ",") {
		if !strings.Contains(doc, value) {
			return doc + " One of " + strings.ReplaceAll(enum, ",", ", ") + "."
		}
	}
	return doc
}

// fallback is what a field is when nobody sets it, as YAML on one line; nothing
// for an address, which no text means the lack of.
func fallback(t reflect.Type, tag reflect.StructTag) string {
	v := reflect.New(t).Elem()
	if text := tag.Get("default"); text != "" {
		setDefault(v, text)
	}
	switch {
	case t.Kind() == reflect.Slice && v.Len() == 0:
		return "[]"
	case t.Kind() == reflect.Map:
		return "{}"
	case t == reflect.TypeFor[netip.Addr](), t == reflect.TypeFor[netip.Prefix]():
		return ""
	}
	n := briefer{func(string) string { return "" }}.value(v)
	if n.Kind == yaml.ScalarNode {
		if n.Value == "" {
			return `""`
		}
		return n.Value
	}
	n.Style = yaml.FlowStyle // also a section
	for _, c := range n.Content {
		if c.Kind == yaml.MappingNode {
			c.Style = yaml.FlowStyle
		}
	}
	text, err := yaml.NewRNode(n).String()
	if err != nil {
		panic(err) // strings, numbers and lists of them always encode
	}
	return strings.TrimSpace(text)
}
