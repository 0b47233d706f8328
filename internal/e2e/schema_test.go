//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	nested "github.com/nested-config/nested-config/fn/config"

	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/yaml"
)

// withCRDs applies what nested-config schema prints, for the life of the test.
func withCRDs(t *testing.T) {
	t.Helper()
	crds, errs, err := call("", program, "schema")
	if err != nil {
		t.Fatalf("nested-config schema: %v\n%s", err, errs)
	}
	t.Cleanup(func() { kubectl(t, crds, "delete", "--filename", "-") })
	apply(t, crds)
	kubectl(t, crds, "wait", "--for", "condition=Established", "--timeout", patience.String(), "--filename", "-")
	for _, kind := range []string{"nestedconfigs", "linklocalservices", "fabricsnats", "fleetchecks"} {
		eventually(t, kind+" are served", func() bool {
			_, _, err := call("", "kubectl", "get", kind+"."+nested.Group)
			return err == nil
		})
	}
}

func TestTheAPIServerTakesEveryExampleAndEveryDeclaration(t *testing.T) {
	withCRDs(t)
	for file, config := range examples(t) {
		kubectl(t, config, "create", "--dry-run=server", "--validate=strict", "--filename", "-")
		out, errs, err := call("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\nfunctionConfig:\n  "+strings.ReplaceAll(config, "\n", "\n  "), program)
		if err != nil {
			t.Fatalf("%s: %v\n%s", file, err, errs)
		}
		var list struct{ Items []any }
		if err := yaml.Unmarshal([]byte(out), &list); err != nil {
			t.Fatal(err)
		}
		var manifest strings.Builder
		for _, item := range list.Items {
			text, err := yaml.Marshal(item)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&manifest, "---\n%s", text)
		}
		if !strings.Contains(manifest.String(), "kind: LinkLocalService\n") {
			t.Errorf("%s renders no LinkLocalService", file)
		}
		kubectl(t, manifest.String(), "apply", "--server-side", "--dry-run=server", "--validate=strict", "--filename", "-")
	}
}

// values are tried at every field, those of its own type and of no type. Between
// them they break every kind of rule that a field has of its own, and keep most.
var values = map[reflect.Kind][]string{
	reflect.Invalid: {`null`, `""`, `a`, `1`, `true`, `[]`, `[a]`, `[[a]]`, `{}`, `{typo: 1}`},
	reflect.Slice: {
		`[""]`, `[null]`, `[1]`, `[10.10.10.7]`, `[010.1.1.1]`, `[10.10.10.0/29]`, `[10.10.10.1/29]`, `[10.10.10.0/33]`, `["fd00::1"]`, `[A]`,
		`[{key: a, operator: Exists}]`, `[{operator: exists}]`, `[{name: n, ip: 10.0.0.4}]`, `[{name: N, ip: 10.0.0.4}]`, `[{name: n}]`, `[{ip: 10.0.0.4}]`,
	},
	reflect.Map: {
		`{"": a}`, `{a: b}`, `{"a b": "c"}`, `{a: 1}`, `{a: "b c"}`, `{a: "50%"}`, `{cpu: 1}`, `{cpu: 500m}`, `{cpu: much}`, `{cpu: -1}`,
		`{10.10.10.7: 10.10.10.8}`, `{10.10.10.7: a}`, `{"fd00::1": 10.10.10.8}`, `{A_B: "1"}`, `{A-B: "1"}`,
	},
	reflect.String: {
		`" x"`, `"a b"`, `"a'b"`, `"50%"`, `"ä"`, `"a\nb"`, `"A"`, `"a/b"`, `"a:b"`, `"a..b"`, `"-a"`, `"a ;b"`, `"` + strings.Repeat("a", 400) + `"`, `"true"`, `"1"`,
		`10.10.10.7`, `010.1.1.1`, `10.10.10`, `10.10.10.256`, `"fd00::1"`, `keystone.example.com`, `10.10.10.0/29`, `10.10.10.1/29`, `10.10.10.0/33`,
		`"1.34"`, `1.34`, `"v1.34.4"`, `R21.4`, `sha256:` + strings.Repeat("0", 64), `"sha256:0"`, `docker.io/opencontrailnightly`, `Docker.io/OpenContrail`, `docker.io:5000/a`,
		`LinkLocal`, `noauth`, `https`, `/v2.0`, `Always`, `Keep`, `ClusterAdmin`, `SYS_INFO`,
	},
	reflect.Int:  {`0`, `-1`, `67`, `68`, `65535`, `65536`, `1.5`, `"1"`},
	reflect.Bool: {`false`, `"true"`, `yes`, `0`},
}

// TestDecoderAndSchemaJudgeEveryFieldAlike puts every value at every field of a
// valid config. What the schema refuses the decoder must refuse. What the
// decoder refuses for that field alone the schema must refuse, but for the rules
// of beyondSchema.
func TestDecoderAndSchemaJudgeEveryFieldAlike(t *testing.T) {
	withCRDs(t)
	type trial struct{ path, value, text string }
	var trials []trial
	for _, f := range fields("spec", reflect.TypeFor[nested.Spec]()) {
		for _, value := range append(values[reflect.Invalid], values[f.kind]...) {
			trials = append(trials, trial{f.path, value, mutated(t, f.path, value, len(trials))})
		}
	}

	// One file of all of them; kubectl goes on after a refusal.
	var all strings.Builder
	for _, c := range trials {
		all.WriteString("---\n" + c.text)
	}
	file := t.TempDir() + "/all.yaml"
	if err := os.WriteFile(file, []byte(all.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	out, errs, _ := call("", "kubectl", "create", "--dry-run=server", "--validate=strict", "--output", "name", "--filename", file)
	accepted := map[string]bool{}
	for name := range strings.FieldsSeq(out) {
		accepted[name[strings.LastIndex(name, "/")+1:]] = true
	}
	if len(accepted) < len(trials)/20 {
		t.Fatalf("%d of %d accepted: the trials show nothing\n%.3000s", len(accepted), len(trials), errs)
	}

	for i, c := range trials {
		problems := decode(t, c.text)
		schema := accepted[fmt.Sprintf("t%d", i)]
		own := slices.ContainsFunc(problems, func(p nested.Problem) bool {
			return p.Severity == nested.Error && strings.HasPrefix(p.Path, c.path) && !beyondSchema(p)
		})
		switch {
		case schema && own:
			t.Errorf("%s: %s: the schema takes it, the decoder says %v", c.path, c.value, problems)
		case !schema && !problems.Errors():
			t.Errorf("%s: %s: the decoder takes it, the schema does not", c.path, c.value)
		}
	}
}

// beyondSchema reports whether a rule takes more than one field, or is one that
// OpenAPI cannot say: it takes a null for an absent field, and has nothing for
// the keys of a mapping, for arithmetic, for exceptions and for a text in a text.
func beyondSchema(p nested.Problem) bool {
	inText := strings.HasPrefix(p.Path, "spec.commonEnv") && strings.Contains(p.String(), "line ")
	inKey := strings.HasSuffix(p.Path, "]") && keyRule.MatchString(p.Message) || hiddenKey.MatchString(p.Message)
	return inText || inKey || crossField.MatchString(p.Message)
}

var (
	crossField = regexp.MustCompile(`^(has no value:|is required|must have no host bits|must be at least 68, .* or 0|must have a port from 1|must not have a blank before a ";")`)
	hiddenKey  = regexp.MustCompile(`^has a key that is not shown, .*: each must be the name of an environment variable`)
	keyRule    = regexp.MustCompile(`^(must be (a label key|the name of an environment variable|an IPv4 address or a DNS name)|is not a resource of a container)`)
)

func decode(t *testing.T, text string) nested.Problems {
	t.Helper()
	n, err := kyaml.Parse(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	_, problems := nested.Load(n.YNode())
	return problems
}

type field struct {
	path string
	kind reflect.Kind
}

// fields are all fields, sections included.
func fields(path string, t reflect.Type) []field {
	var fs []field
	for i := range t.NumField() {
		f := t.Field(i)
		p := path + "." + f.Tag.Get("yaml")
		switch {
		case f.Type.Kind() == reflect.Struct && f.Type.PkgPath() == t.PkgPath():
			fs = append(fs, field{path: p})
			fs = append(fs, fields(p, f.Type)...)
		case f.Type.Kind() == reflect.Struct: // an address or a prefix
			fs = append(fs, field{p, reflect.String})
		default:
			fs = append(fs, field{p, f.Type.Kind()})
		}
	}
	return fs
}

// mutated is the valid config with a value at a path and a name of its own.
func mutated(t *testing.T, path, value string, n int) string {
	t.Helper()
	var doc map[string]any
	if err := yaml.Unmarshal([]byte(config(t)), &doc); err != nil {
		t.Fatal(err)
	}
	doc["metadata"] = map[string]any{"name": fmt.Sprintf("t%d", n)}
	var v any
	if err := yaml.Unmarshal([]byte(value), &v); err != nil {
		t.Fatal(err)
	}
	names := strings.Split(path, ".")
	at := doc
	for _, name := range names[:len(names)-1] {
		if at[name] == nil {
			at[name] = map[string]any{}
		}
		at = at[name].(map[string]any)
	}
	at[names[len(names)-1]] = v
	text, err := yaml.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
