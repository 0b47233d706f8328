package yamlwrite

import (
	"bytes"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/yamlnode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// words are texts that YAML has a use for, or readers of another version of it.
var words = []string{
	"", "a", "true", "True", "yes", "NO", "on", "y", "null", "Null", "~", "~a", "=", "<<", "<", ".", "..", "...", "...a", ".5", ".a", "-.inf", ".NaN", "---", "--- a",
	"-", "- a", "-a", "?", "? a", "?a", ":", ": a", ":a", "a:", "a: b", "a:b", "a #b", "a#b", "#", "&a", "*a", "!a", "!!str", "|", ">", "%", "@", "`", "'", "\"", "\\",
	"it's", "a\"b", "a\\b", "[a]", "{a}", "a,b", "a]b", "a?b", "0", "007", "0o7", "0x1F", "1_000", "1e3", "+1", "-1", "1.5", "1:30", "190:20:30", "10.10.10.1", "10.10.10.0/29",
	"2001-01-01", "2001-12-14t21:59:43.10-05:00", "::1", "1.2.3", " ", " a", "a ", "a  b", "\t", "a\tb", "\n", "\n\n", "a\n", "a\n\n", "a\nb", "a\nb\n", " a\nb\n", "a\n b\n",
	"a \nb\n", "\na\n", "a\n\nb\n", "a\n\tb\n", "# a\nb\n", "--- \na\n", "a\r\nb\r\n", "ä", "a\nä\n", "\u2028", "\u0085", "\ufeff", "\x00", "\x7f", "😀", "\xff",
	"docker.io/opencontrailnightly", "R21.4-latest", strings.Repeat("long", 24), strings.Repeat("long", 32), strings.Repeat("long", 300),
}

func drawText(t *rapid.T) string {
	if rapid.IntRange(0, 3).Draw(t, "tame") < 3 {
		return rapid.StringMatching(`[a-z][ -~]{0,8}[a-z]`).Draw(t, "tame text")
	}
	return rapid.OneOf(
		rapid.SampledFrom(words),
		rapid.StringMatching(`[ -~]{0,8}`),
		rapid.StringMatching(`[-a.:/_0-9]{0,8}`),
		rapid.StringOfN(rapid.SampledFrom([]rune("ab \n\t#:-'\"\\,[{1.")), 0, 12, -1),
		rapid.String(),
	).Draw(t, "text")
}

// usual draws one of the values, mostly the first.
func usual[T any](t *rapid.T, label string, most T, others ...T) T {
	if len(others) == 0 || rapid.IntRange(0, 511).Draw(t, "unusual "+label) != 399 { // small numbers are drawn more often
		return most
	}
	return rapid.SampledFrom(others).Draw(t, label)
}

func drawScalar(t *rapid.T) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Value: drawText(t)}
	n.Tag = (&yaml.Node{Kind: yaml.ScalarNode, Value: n.Value}).ShortTag()
	if rapid.Bool().Draw(t, "text") {
		n.Tag = usual(t, "tag", yaml.NodeTagString, "", yaml.NodeTagInt, yaml.NodeTagBool, yaml.NodeTagFloat, yaml.NodeTagNull,
			"!!timestamp", "!!merge", "!!binary", "!own", "tag:yaml.org,2002:str")
	}
	n.Style = usual(t, "style", rapid.SampledFrom([]yaml.Style{0, yaml.DoubleQuotedStyle, yaml.SingleQuotedStyle, yaml.LiteralStyle}).Draw(t, "style"),
		yaml.FoldedStyle, yaml.TaggedStyle, yaml.TaggedStyle|yaml.DoubleQuotedStyle, yaml.FlowStyle)
	return beside(t, n)
}

// beside draws what a node may have beside its value.
func beside(t *rapid.T, n *yaml.Node) *yaml.Node {
	n.Anchor = usual(t, "anchor", "", "a")
	n.HeadComment = usual(t, "head", "", "# head", "# two\n# lines")
	n.LineComment = usual(t, "line", "", "# line")
	n.FootComment = usual(t, "foot", "", "# foot")
	return n
}

// comments are what the encoder may find in a node. It is given more than a reader of
// YAML finds.
var comments = []string{
	"# a", "# two\n# lines", "#", "##", "# a ", "#\ta", "# a\n#\n# b", "# a\n\n# b", "# a\n", "\n# a", "a", "a\n# b", "# ä", "# a\r\n# b", "# \u2028b", " # a", "# a\n  # b", "# \x00",
}

// commented draws what people write beside a field: a comment above it or behind it.
func commented(t *rapid.T, key, value *yaml.Node) {
	switch rapid.IntRange(0, 15).Draw(t, "comment") {
	case 3:
		key.HeadComment = usual(t, "head", "# head", comments...)
	case 4:
		value.LineComment = usual(t, "line", "# line", comments...)
	}
}

func drawNode(t *rapid.T, depth int) *yaml.Node {
	if depth == 0 || rapid.Bool().Draw(t, "scalar") {
		return usual(t, "leaf", drawScalar(t), &yaml.Node{Kind: yaml.AliasNode, Value: "a", Alias: drawScalar(t)}, &yaml.Node{})
	}
	if rapid.Bool().Draw(t, "list") {
		n := &yaml.Node{Kind: yaml.SequenceNode, Tag: usual(t, "tag", yaml.NodeTagSeq, "", "!own", yaml.NodeTagMap)}
		n.Style = usual(t, "style", rapid.SampledFrom([]yaml.Style{0, 0, yaml.FlowStyle}).Draw(t, "style"), yaml.TaggedStyle, yaml.DoubleQuotedStyle)
		for range rapid.SampledFrom([]int{2, 1, 3, 0}).Draw(t, "items") {
			n.Content = append(n.Content, drawNode(t, depth-1))
		}
		return beside(t, n)
	}
	return drawMapping(t, depth)
}

func drawKey(t *rapid.T, depth int) *yaml.Node {
	if rapid.IntRange(0, 63).Draw(t, "any key") == 51 {
		return drawNode(t, depth-1)
	}
	return beside(t, &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: rapid.StringMatching(`[a-z./-]{0,8}`).Draw(t, "key")})
}

func drawMapping(t *rapid.T, depth int) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: usual(t, "tag", yaml.NodeTagMap, "", "!own", yaml.NodeTagSeq)}
	n.Style = usual(t, "style", 0, yaml.FlowStyle, yaml.TaggedStyle)
	for range rapid.SampledFrom([]int{3, 1, 2, 4, 0}).Draw(t, "fields") {
		key, value := drawKey(t, depth), drawNode(t, depth-1)
		commented(t, key, value)
		n.Content = append(n.Content, key, value)
	}
	return beside(t, n)
}

// The bytes are those of the encoder for any document, and so is whether there is an
// error.
func TestBytesAreTheEncoders(t *testing.T) {
	var drawn, written int
	rapid.Check(t, func(t *rapid.T) {
		docs := make([]*yaml.Node, rapid.IntRange(1, 3).Draw(t, "documents"))
		for i := range docs {
			docs[i] = usual(t, "document", drawMapping(t, 3), drawNode(t, 3))
			drawn++
			same(t, docs[i:i+1], func() ([]byte, error) { return Append([]byte("before"), docs[i]) }, "before")
			if _, ok := document(nil, docs[i]); ok && len(docs[i].Content) > 4 {
				written++
			}
		}
		same(t, docs, func() ([]byte, error) { return Stream(docs) }, "")
	})
	if written == 0 {
		t.Errorf("the encoder wrote all of %d documents that are worth it: the test shows nothing", drawn)
	}
	t.Logf("%d of %d documents were written here", written, drawn)
}

func same(t *rapid.T, docs []*yaml.Node, write func() ([]byte, error), before string) {
	t.Helper()
	want, wantErr := encoders(docs)
	got, err := write()
	if (err != nil) != (wantErr != nil) {
		t.Fatalf("got the error %v, the encoder %v", err, wantErr)
	}
	if wantErr == nil {
		if diff := cmp.Diff(before+want, string(got)); diff != "" {
			t.Fatalf("(-encoder +yamlwrite):\n%s", diff)
		}
	}
}

func encoders(docs []*yaml.Node) (string, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	for _, d := range docs {
		if err := e.Encode(d); err != nil {
			return "", err
		}
	}
	return b.String(), e.Close()
}

// A list with comments, anchors and whatever else the encoder alone can write between
// items that are written here, and with text that looks like a hole.
func TestListIsTheEncoders(t *testing.T) {
	holes := 0
	rapid.Check(t, func(t *rapid.T) {
		items := &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq}
		for range rapid.IntRange(0, 4).Draw(t, "items") {
			item := drawMapping(t, 2)
			switch rapid.SampledFrom([]string{"any", "plain", "commented"}).Draw(t, "item") {
			case "plain":
				item = plainItem(rapid.StringMatching(`[a-z]{1,8}`).Draw(t, "name"))
			case "commented":
				item.FootComment = "# foot"
				item.HeadComment = "# head"
			}
			items.Content = append(items.Content, item)
		}
		if rapid.IntRange(0, 63).Draw(t, "hostile") == 51 {
			items.Content = append(items.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: hole + ": " + hole})
		}
		doc := yamlnode.Map("apiVersion", "v1", "items", items, "functionConfig", drawMapping(t, 3))
		doc.HeadComment = rapid.SampledFrom([]string{"# for the encoder", ""}).Draw(t, "head of all")
		if doc.HeadComment != "" {
			holes++
		}
		before := len(items.Content)
		same(t, []*yaml.Node{doc}, func() ([]byte, error) { return List(doc, items) }, "")
		if len(items.Content) != before {
			t.Fatal("the list is not as it was")
		}
	})
	if holes == 0 {
		t.Error("no list has a comment: the test shows nothing")
	}
}

func plainItem(name string) *yaml.Node {
	return yamlnode.Map("kind", "ConfigMap", "metadata", yamlnode.Map("name", name), "list", yamlnode.List("a", yamlnode.Map("b", "c")), "text", yamlnode.Literal("a\n  b\n"))
}

// A text that looks like a hole is a text.
func TestHolesOfOthers(t *testing.T) {
	items := yamlnode.List(plainItem("a"), yamlnode.Map("text", yamlnode.Literal("x\n- "+hole+": "+hole+"\n")), yamlnode.Map(hole, hole), plainItem("b"))
	doc := yamlnode.Map("items", items)
	doc.HeadComment = "# for the encoder"
	want, err := encoders([]*yaml.Node{doc})
	if err != nil {
		t.Fatal(err)
	}
	got, err := List(doc, items)
	if diff := cmp.Diff(want, string(got)); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

// Every one of the words is written as the encoder does, in every style, as a value,
// as an item and as a key.
func TestWords(t *testing.T) {
	for _, word := range words {
		for _, tag := range []string{yaml.NodeTagString, (&yaml.Node{Kind: yaml.ScalarNode, Value: word}).ShortTag()} {
			for _, style := range []yaml.Style{0, yaml.DoubleQuotedStyle, yaml.SingleQuotedStyle, yaml.LiteralStyle} {
				n := func() *yaml.Node {
					return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: word, Style: style}
				}
				list := &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{n(), n()}}
				flow := &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{n(), n()}, Style: yaml.FlowStyle}
				for _, v := range []*yaml.Node{n(), list, flow, {Kind: yaml.MappingNode, Content: []*yaml.Node{n(), list}}} {
					doc := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{
						{Kind: yaml.ScalarNode, Value: "k", Tag: yaml.NodeTagString}, v,
						{Kind: yaml.ScalarNode, Value: "l", Tag: yaml.NodeTagString}, n()}}
					want, wantErr := encoders([]*yaml.Node{doc})
					got, err := Append(nil, doc)
					if want != string(got) || (err != nil) != (wantErr != nil) {
						t.Errorf("%q %s %d: got\n%s%v\nwant\n%s%v", word, tag, style, got, err, want, wantErr)
					}
				}
			}
		}
	}
}
