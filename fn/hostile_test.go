package fn_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/fn/krm"
	"github.com/nested-config/nested-config/internal/source"

	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/yaml"
)

// base is the guide's example with everything settled, so that nothing but the
// value under test is said anything about.
const base = `
apiVersion: nested.opencontrail.org/v1alpha1
kind: NestedConfig
metadata: {name: k8s}
spec:
  connectivity: LinkLocal
  images: {registry: docker.io/opencontrailnightly, tag: R21.4-latest}
  underlay:
    config: {nodes: [192.168.1.100]}
    keystone: {host: keystone.example.com}
    virtualNetwork: {domain: default-domain, project: admin, name: k8s-vms}
  linkLocal:
    serviceIPs: {192.168.1.100: 10.10.10.1, keystone.example.com: 10.10.10.2}
    vrouterServiceIP: 10.10.10.5
    pool: 10.10.10.0/24
  kubernetes:
    apiServer: 10.84.31.67
    publicFIPPool: {domain: default-domain, project: admin, network: public, name: default}
  auth: {protocol: https, caSecret: keystone-ca}
  tls: {rabbitmq: true}
`

// hostile are values as they stand in YAML: of every type, empty, null, blank,
// enormous, not ASCII, on several lines, and what YAML, the shell, Python and
// the images' configuration parser each take for something else.
var hostile = []string{
	"", "~", `""`, `" "`, `"\t"`, `" x"`, `"x "`, "[]", "{}", "[x]", "{x: y}", "[[x]]", "[~]", `[""]`, "[1]", "{x: ~}", "{~: x}", "{[x]: y}",
	"true", "True", `"true"`, "no", "on", "yes", `"no"`, `"on"`, "y", "null", `"null"`, `"~"`, "1", "-1", "0", "65536", "1.5", "1e3", `"1e3"`, "007", `"007"`,
	"0x1F", "0b1", "0o7", "1_000", "1:20", ".inf", ".nan", "99999999999999999999", "2001-01-01", "!!binary aGk=", "!!str 1", "!custom x",
	"x", "X", `"ü"`, `"日本"`, `"\u2028"`, `"\u00a0x"`, `"\u202ex"`, `"\u0000"`, `"\u0007"`, `"\xff"`, `"a\nb"`, `"a\r\nb"`, `"a\n"`, `"\na"`,
	`"a'b"`, `'a"b'`, `'a\b'`, `"''"`, `'""'`, `"a%b"`, `"%(a)s"`, `"${HOME}"`, `"$HOME"`, `"$(id)"`, "\"`id`\"", `"a;b"`, `"a ;b"`, `"#a"`, `"a #b"`, `"a: b"`,
	`"- a"`, `"&a"`, `"*a"`, `"!a"`, `"{{a}}"`, `"a,b"`, `"a b"`, `"a/b"`, `"a:b"`, `"../a"`, `"-a"`, `"--a"`, `"="`, `"a=b"`, `"@a"`, `"<a>"`, `"|"`, `">"`, `"?"`,
	"10.0.0.1", "10.0.0.300", `"::1"`, "10.0.0.0/8", "10.0.0.1/8", "0.0.0.0/0", `"010.0.0.1"`, "sha256:0123456789012345678901234567890123456789012345678901234567890123",
	strings.Repeat("a", 64), strings.Repeat("a", 300), strings.Repeat("a", 5000), strings.Repeat("1", 5000), `"` + strings.Repeat(`\n`, 2000) + `"`,
}

// slot is a place for a value: the field, and YAML for the whole of it with a %s
// where the value goes.
type slot struct {
	path     string // in messages, and below spec
	field    string // that is set
	template string
	variable env.Variable
}

// slots are all the places in the types, elements of lists and maps as well.
func slots() []slot {
	var out []slot
	var walk func(path, field, template string, t reflect.Type)
	walk = func(path, field, template string, t reflect.Type) {
		out = append(out, slot{path, field, template, variableOf(path)})
		switch {
		case t.Kind() == reflect.Pointer:
			walk(path, field, template, t.Elem())
		case t.Kind() == reflect.Struct && t.PkgPath() == reflect.TypeFor[config.Spec]().PkgPath():
			for i := range t.NumField() {
				name := t.Field(i).Tag.Get("yaml")
				if template == "%s" { // still a field of its own
					walk(dotted(path, name), dotted(field, name), template, t.Field(i).Type)
				} else {
					walk(dotted(path, name), field, fmt.Sprintf(template, "{"+name+": %s}"), t.Field(i).Type)
				}
			}
		case t.Kind() == reflect.Slice:
			walk(path+"[0]", field, fmt.Sprintf(template, "[%s]"), t.Elem())
		case t.Kind() == reflect.Map:
			walk(path+"[k]", field, fmt.Sprintf(template, "{k: %s}"), t.Elem())
			out = append(out, slot{path, field, fmt.Sprintf(template, "{%s: 10.9.9.9}"), env.Variable{}})
		}
	}
	walk("", "", "%s", reflect.TypeFor[config.Spec]())
	// All but the spec itself, and the names of fields.
	return append(out[1:], slot{"underlay", "underlay", "{%s: x}", env.Variable{}})
}

func dotted(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }

func variableOf(path string) env.Variable {
	for v := range env.Contract() {
		if v.Field != "" && (path == v.Field || path == v.Field+"[0]") {
			return v
		}
	}
	return env.Variable{}
}

// Whatever stands in a field: either it is refused by a message with the field's
// path, or a second YAML parser finds exactly it in what is rendered, and in a
// container's environment if it is a variable. Nothing panics.
func TestHostileValues(t *testing.T) {
	for _, s := range slots() {
		t.Run(s.path+" "+s.template, func(t *testing.T) {
			t.Parallel()
			template := document(t, s)
			for _, h := range hostile {
				doc := bytes.Replace(template, []byte("PLACE"), []byte(h), 1)
				var out bytes.Buffer
				one, problems := source.One(source.Stdin, bytes.NewReader(doc))
				if problems.Errors() {
					continue // no YAML at all, or none that anybody should work on
				}
				results, err := fn.RenderConfig(one.Node, &out)
				if err != nil {
					refused(t, s, h, results, out.String())
				} else {
					arrives(t, s, h, doc, out.Bytes())
				}
			}
		})
	}
}

// document is base with PLACE in the slot.
func document(t *testing.T, s slot) []byte {
	n := kyaml.MustParse(base)
	value := kyaml.MustParse("v: " + fmt.Sprintf(s.template, "PLACE") + "\n")
	fields := append([]string{"spec"}, strings.Split(s.field, ".")...)
	parent, err := n.Pipe(kyaml.LookupCreate(kyaml.MappingNode, fields[:len(fields)-1]...))
	if err != nil {
		t.Fatal(err)
	}
	m, name := parent.YNode(), fields[len(fields)-1]
	m.Style = 0
	for i := 0; i < len(m.Content); i += 2 {
		if m.Content[i].Value == name {
			m.Content = slices.Delete(m.Content, i, i+2)
			break
		}
	}
	m.Content = append(m.Content, &kyaml.Node{Kind: kyaml.ScalarNode, Value: name}, value.Field("v").Value.YNode())
	text, err := fn.Encode([]*kyaml.RNode{n})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func refused(t *testing.T, s slot, h string, results krm.Results, out string) {
	t.Helper()
	if out != "" {
		t.Errorf("%.80q: refused and rendered all the same", h)
	}
	named, lines := false, ""
	for _, r := range results {
		line := fn.Line(r, false)
		lines += line + "\n"
		if strings.ContainsAny(line, "\n\r\x00") || len(line) > 1000 {
			t.Errorf("%.80q: message is not one short line: %.200q", h, line)
		}
		top, _, _ := strings.Cut(s.path, "[")
		if r.Severity == krm.Error && strings.Contains(line, "spec."+top) {
			named = true
		}
	}
	// A pin that is replaced lets others be missed; commonEnv asks for a mode.
	if !named && !strings.HasPrefix(s.path, "commonEnv") && s.field != "connectivity" {
		t.Errorf("%.80q: no message names spec.%s: %v", h, s.path, lines)
	}
}

func arrives(t *testing.T, s slot, h string, doc, out []byte) {
	t.Helper()
	want, ok := written(t, s, doc)
	if !ok {
		return // unset, or a section or a list of its own slots
	}
	rendered, texts := map[string]string{}, []string{}
	for part := range bytes.SplitSeq(out, []byte("\n---\n")) {
		var o map[string]any
		if err := yaml.UnmarshalStrict(part, &o); err != nil {
			t.Fatalf("%.80q: a second parser: %v", h, err)
		}
		texts = append(texts, scalars(o)...)
		if o["kind"] == "ConfigMap" {
			for k, v := range o["data"].(map[string]any) {
				rendered[k] = v.(string) // every value is a string
				var inner any
				if strings.HasSuffix(k, ".json") && json.Unmarshal([]byte(rendered[k]), &inner) == nil {
					texts = append(texts, scalars(inner)...)
				}
			}
		}
	}
	switch name := s.variable.Name; {
	case name == env.PullSecret || name == env.Registry || name == env.ContainerTag:
		if !slices.ContainsFunc(texts, func(x string) bool { return strings.Contains(x, want) }) {
			t.Errorf("%.80q: is nowhere in what was rendered", h)
		}
	case name == env.KeystoneHost || s.variable.Kind == env.Nodes:
		// addresses become service IPs: held by the documents of testdata
	case name != "" && rendered[name] != want:
		t.Errorf("%.80q: %s is %q, want %q", h, name, rendered[name], want)
	case name == "" && !unrendered(s.path) && !slices.ContainsFunc(texts, func(x string) bool { return strings.Contains(x, want) }):
		t.Errorf("%.80q: %q is nowhere in what was rendered", h, want)
	}
}

// unrendered are fields that are not rendered, or not as they are.
func unrendered(path string) bool {
	for _, p := range []string{
		"release", "underlay.name", "images.insecure", "kubernetes.version", "nodes", "linkLocal.pool", "linkLocal.exclude",
		"connectivity", "rbac", "cni.hostPlugins", "commonEnv", "linkLocal.serviceIPs", "kubernetes.publicFIPPool", "underlay.virtualNetwork",
	} {
		if strings.HasPrefix(path, p) {
			return true
		}
	}
	return false
}

// written is what a second parser finds in the slot, as an environment variable
// would have it; ok is false when there is nothing to look for.
func written(t *testing.T, s slot, doc []byte) (want string, ok bool) {
	t.Helper()
	var o any
	if err := yaml.Unmarshal(doc, &o); err != nil {
		t.Fatal(err)
	}
	for name := range strings.SplitSeq(strings.ReplaceAll("spec."+s.path, "[", ".["), ".") {
		switch x := o.(type) {
		case map[string]any:
			o = x[strings.Trim(name, "[]")]
		case []any:
			if len(x) != 1 {
				return "", false
			}
			o = x[0]
		}
	}
	switch x := o.(type) {
	case string:
		return x, x != ""
	case bool:
		return fmt.Sprint(x), true
	case float64:
		return fmt.Sprint(int64(x)), x != 0
	}
	return "", false
}

func scalars(v any) []string {
	switch x := v.(type) {
	case map[string]any:
		var out []string
		for k, e := range x {
			out = append(append(out, k), scalars(e)...)
		}
		return out
	case []any:
		var out []string
		for _, e := range x {
			out = append(out, scalars(e)...)
		}
		return out
	case float64:
		return []string{fmt.Sprint(int64(x))}
	case nil:
		return nil
	}
	return []string{fmt.Sprint(v)}
}
