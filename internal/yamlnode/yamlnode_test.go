package yamlnode

import (
	"fmt"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/google/go-cmp/cmp"
)

func encode(t *testing.T, n *yaml.Node) string {
	t.Helper()
	text, err := yaml.NewRNode(n).String()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func decode(t *testing.T, text string) *yaml.Node {
	t.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		t.Fatal(err)
	}
	return n.Content[0]
}

// Every way to make a node, as it is written. The order of the fields is that of the call.
func TestBuild(t *testing.T) {
	got := encode(t, Map("z", "plain", "text", "80", "flag", true, "number", 80, "long", int64(1)<<40,
		"quoted", Quoted("plain"), "block", Literal("a\nb\n"),
		"strings", List("no", Portable("no"), Portable("on"), Portable("a\nb"), Portable("plain")),
		"nothing", List(), "node", Map("a", List(Map("b", "")))))
	want := `z: plain
text: "80"
flag: true
number: 80
long: 1099511627776
quoted: "plain"
block: |
  a
  b
strings:
- no
- "no"
- "on"
- "a\nb"
- plain
nothing: []
node:
  a:
  - b: ""
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOfRefusesAnyOtherType(t *testing.T) {
	defer func() {
		if got, want := fmt.Sprint(recover()), "yamlnode: no node for a float64"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}()
	Of(1.5)
}

func TestText(t *testing.T) {
	doc := decode(t, `
list: [a, &item {b: c}]
alias: *item
&key keyed: there
*key : through an alias # the second of the two
null: x
nothing: ~
merged: {<<: *item}
twice: {a: first, a: second}
`)
	for _, c := range []struct {
		reason string
		path   []string
		want   string
	}{
		{"an index counts in a list", []string{"list", "0"}, "a"},
		{"a field of an item", []string{"list", "1", "b"}, "c"},
		{"an alias is followed", []string{"alias", "b"}, "c"},
		{"the key of an alias is the first of its name", []string{"keyed"}, "there"},
		{"the name of a field is text, also null", []string{"null"}, "x"},
		{"null is no text", []string{"nothing"}, ""},
		{"a mapping is no text", []string{"alias"}, ""},
		{"no such field", []string{"none"}, ""},
		{"nothing below a scalar", []string{"keyed", "x"}, ""},
		{"no item behind the last", []string{"list", "2"}, ""},
		{"no item before the first", []string{"list", "-1"}, ""},
		{"the name of a field is no index", []string{"list", "b"}, ""},
		{"a merge key is not followed", []string{"merged", "b"}, ""},
		{"the first of two fields", []string{"twice", "a"}, "first"},
	} {
		if got := Text(doc, c.path...); got != c.want {
			t.Errorf("%s: %v is %q, want %q", c.reason, c.path, got, c.want)
		}
	}
	if got := Text(nil, "a"); got != "" {
		t.Errorf("nil has %q", got)
	}
}

func TestSetAndDrop(t *testing.T) {
	doc := decode(t, "# kept\na: 1 # goes with its value\nb: 2\nc: 3\n")
	Set(doc, "a", "new")
	Set(doc, "d", true)
	Drop(doc, "b")
	Drop(doc, "none")
	if diff := cmp.Diff("# kept\na: new\nc: 3\nd: true\n", encode(t, doc)); diff != "" {
		t.Error(diff)
	}
}

// Of equal keys the last one counts for Last, and the first one for Get; Section makes
// what is not there.
func TestLast(t *testing.T) {
	n := yaml.MustParse("a: {b: 1, b: 2}\nlist: [1, &x 2, *x]\n").YNode()
	if first, last := Text(n, "a", "b"), LastText(n, "a", "b"); first != "1" || last != "2" {
		t.Errorf("the first is %s, the last is %s", first, last)
	}
	if n := Last(n, "a", "b", "c"); n != nil {
		t.Errorf("%q is in a scalar", n.Value)
	}
	var items []string
	for _, item := range LastItems(n, "list") {
		items = append(items, item.Value)
	}
	if diff := cmp.Diff([]string{"1", "2", "2"}, items); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	Set(Section(n, "a", "c"), "d", "x")
	if got := Text(n, "a", "c", "d"); got != "x" {
		t.Errorf("a.c.d is %q", got)
	}
}
