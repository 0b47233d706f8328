package yamlguard_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/nested-config/nested-config/internal/yamlguard"
)

func parse(t testing.TB, text string) *yaml.Node {
	t.Helper()
	var n yaml.Node
	if err := yaml.NewDecoder(strings.NewReader(text)).Decode(&n); err != nil {
		t.Fatal(err)
	}
	return &n
}

// bomb is a document of n lines, each of which refers eight times to the line before.
func bomb(n int) string {
	var b strings.Builder
	b.WriteString("l0: &l0 [x, x, x, x, x, x, x, x]\n")
	for i := 1; i < n; i++ {
		fmt.Fprintf(&b, "l%d: &l%[1]d [%s]\n", i, strings.Repeat(fmt.Sprintf("*l%d, ", i-1), 7)+fmt.Sprintf("*l%d", i-1))
	}
	return b.String()
}

func TestCheck(t *testing.T) {
	for _, c := range []struct{ reason, text, want string }{
		{"no alias at all", "a: [b, {c: d}]", ""},
		{"aliases as people write them", "a: &a {x: 1}\nb: {<<: *a, y: 2}\nc: [*a, *a]", ""},
		{"an anchor that is used in its own neighbour", "a: [&x 1, *x]", ""},
		{"a list in itself", "metadata: {annotations: &x [*x]}", "metadata.annotations[0]: alias *x contains itself"},
		{"a mapping in itself, some levels down", "a: &x {b: [{c: *x}]}", "a.b[0].c: alias *x contains itself"},
		{"a merge key that merges what it stands in", "a: &x {<<: *x}", "a.<<: alias *x contains itself"},
		{"two that hold each other", "a: &x {b: &y {c: *x, d: *y}}", "a.b.c: alias *x contains itself"},
		{"a key that holds itself", "? &x [*x]\n: 1", "[0]: alias *x contains itself"},
		{"a document that is an anchor of its own", "&x [*x]", "[0]: alias *x contains itself"},
		{"a key that would move the cursor", "\"a\\e[2J\": &x [*x]", "\"a\\x1b[2J\"[0]: alias *x contains itself"},
		{"eight to the power of four is small", bomb(4), ""},
		{"eight to the power of twelve", bomb(12), "aliases must not add more than 100000 values or 10 MB when they are expanded"},
		{"eight to the power of 200, more than any integer", bomb(200), "aliases must not add more than 100000 values or 10 MB when they are expanded"},
		{"few aliases of a long text", "a: &a " + strings.Repeat("x", 1<<20) + "\nb: [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a]",
			"aliases must not add more than 100000 values or 10 MB when they are expanded"},
		{"much text without an alias is no matter of this package", "a: [" + strings.Repeat("x, ", 200_000) + "x]", ""},
		{"brackets that never end", strings.Repeat("[", 600) + strings.Repeat("]", 600), "must not be nested more than 256 deep"},
		{"a chain of aliases as deep as that", deep(600), "must not be nested more than 256 deep"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			if got := text(yamlguard.Check(parse(t, c.text))); got != c.want {
				t.Errorf("%s:\ngot  %q\nwant %q", c.reason, got, c.want)
			}
		})
	}
}

// deep nests n levels without nesting any text.
func deep(n int) string {
	var b strings.Builder
	b.WriteString("- &a0 x\n")
	for i := 1; i < n; i++ {
		fmt.Fprintf(&b, "- &a%d [*a%d]\n", i, i-1)
	}
	return b.String()
}

// A thousand small documents are as bad as one that is a thousand times as large.
func TestBudget(t *testing.T) {
	b := yamlguard.NewBudget(10_000, 1<<20)
	n := parse(t, bomb(4))
	passed := 0
	for passed < 100 && b.Check(n) == nil {
		passed++
	}
	if want := 1; passed != want { // each adds some five thousand values
		t.Errorf("%d documents passed, want %d", passed, want)
	}
	if err := b.Check(parse(t, "a: b")); err != nil {
		t.Errorf("a document without an alias takes nothing from the budget, got %v", err)
	}
}

// The cost is that of what was written: a bomb is measured, not set off.
func TestCheckAllocatesLittle(t *testing.T) {
	n := parse(t, bomb(100))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if yamlguard.Check(n) == nil {
		t.Fatal("the bomb passed")
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20 {
		t.Errorf("%d bytes for a document of %d", got, len(bomb(100)))
	}
}

func TestResource(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"{apiVersion: v1, kind: A, metadata: {name: a, annotations: {a: b, c: 1, d: }, labels: {e: f}}}", ""},
		{"{kind: A}", ""},
		{"{metadata: , spec: [a]}", ""},
		{"{metadata: {annotations: , labels: }}", ""},
		{"x: &l {a: b}\nmetadata: {labels: *l, annotations: {<<: *l, c: d}}", ""},
		{"x: &l {a: b}\nmetadata: {annotations: {<<: [*l, {c: d}]}}", ""},
		{"[a]", "must be a resource, with apiVersion, kind and metadata"},
		{"a", "must be a resource, with apiVersion, kind and metadata"},
		{"metadata: [a]", "metadata: must be a mapping of fields"},
		{"metadata: a", "metadata: must be a mapping of fields"},
		{"x: &l [a]\nmetadata: *l", "metadata: must be a mapping of fields"},
		{"metadata: {annotations: [a]}", "metadata.annotations: must be a mapping of texts"},
		{"metadata: {labels: [a]}", "metadata.labels: must be a mapping of texts"},
		{"metadata: {labels: a}", "metadata.labels: must be a mapping of texts"},
		{"metadata: {labels: {a: [b]}, annotations: {c: {d: e}}}", "metadata.annotations.c: must be text\nmetadata.labels.a: must be text"},
		{"metadata: {annotations: {[a]: b}}", "metadata.annotations: every key must be text"},
		{"x: &l {a: [b]}\nmetadata: {annotations: {<<: *l}}", "metadata.annotations.a: must be text"},
		{"x: &l [b]\nmetadata: {annotations: {<<: [*l]}}", "metadata.annotations: must be a mapping of texts"},
		{"x: &l {metadata: [a]}\n<<: *l", "metadata: must be a mapping of fields"},
		{"metadata: {name: [a], namespace: {b: c}}", "metadata.name: must be text\nmetadata.namespace: must be text"},
		{"{apiVersion: [v1], kind: {a: b}}", "apiVersion: must be text\nkind: must be text"},
	} {
		t.Run(c.text, func(t *testing.T) {
			if got := text(yamlguard.Resource(parse(t, c.text))); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// FuzzCheck: whatever passes can be written out by kyaml and asked for its metadata.
func FuzzCheck(f *testing.F) {
	for _, seed := range []string{bomb(3), bomb(9), "a: &x [*x]", "a: &x {<<: *x}", "metadata: [a]", "metadata: {annotations: {<<: [*x]}}", "? &x [*x]\n: 1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var n yaml.Node
		if len(text) > 1<<12 || yaml.NewDecoder(strings.NewReader(text)).Decode(&n) != nil {
			return
		}
		if yamlguard.Check(&n) != nil || yamlguard.Resource(&n) != nil {
			return
		}
		r := yaml.NewRNode(&n)
		_ = r.GetAnnotations()
		_ = r.GetLabels()
		_, _ = r.GetMeta()
		_ = r.DeAnchor()
		_, _ = r.String()
	})
}
