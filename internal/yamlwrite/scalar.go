package yamlwrite

import (
	"bytes"
	"strings"

	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// longestKey is far below the 128 bytes from which on the encoder writes a key with ?.
const longestKey = 100

// key writes the name of a field, below the comment above it.
func (w *writer) key(n *yaml.Node) {
	text, style, ok := simple(n)
	if !ok || n.LineComment != "" || len(text) > longestKey || text == "" {
		w.failed = true
		return
	}
	w.quote(text, style)
}

// scalar writes the value of a field or an item.
func (w *writer) scalar(n *yaml.Node, indent int) {
	if text, style, ok := simple(n); ok && n.HeadComment == "" {
		if text != "" || style != 0 {
			w.out = append(w.out, ' ')
			w.quote(text, style)
		}
		w.behind(n.LineComment)
		return
	}
	if literal(n) {
		w.lines(n.Value, indent)
		return
	}
	// On one line the encoder writes a scalar in the same way wherever it stands.
	var text []byte
	if bare(n) {
		text, _ = encode(nil, yamlnode.Map("k", n))
	}
	text, _ = bytes.CutSuffix(text, []byte("\n"))
	text, ok := bytes.CutPrefix(text, []byte("k:"))
	if !ok || bytes.ContainsAny(text, "\n\r\u0085\u2028\u2029") { // it indents what stands behind each of them
		w.failed = true
	}
	w.out = append(w.out, text...)
}

// behind writes the comment behind a value.
func (w *writer) behind(comment string) {
	if comment == "" {
		return
	}
	if comment[0] != '#' || !ascii(comment) {
		w.failed = true
		return
	}
	w.out = append(append(w.out, ' '), comment...)
}

func (w *writer) quote(text string, style yaml.Style) {
	switch style {
	case yaml.DoubleQuotedStyle:
		w.out = append(append(append(w.out, '"'), text...), '"')
	case yaml.SingleQuotedStyle:
		w.out = append(append(append(w.out, '\''), text...), '\'')
	default:
		w.out = append(w.out, text...)
	}
}

// simple gives a scalar that is written as it is, alone or in quotes. The comments
// above it and behind it are the caller's.
func simple(n *yaml.Node) (text string, style yaml.Style, ok bool) {
	if n.Kind != yaml.ScalarNode || n.Anchor != "" || n.FootComment != "" || !printable(n.Value) {
		return "", 0, false
	}
	text = n.Value
	switch n.Style {
	case yaml.DoubleQuotedStyle:
		return text, n.Style, n.Tag == yaml.NodeTagString && !strings.ContainsAny(text, `"\`)
	case yaml.SingleQuotedStyle:
		return text, n.Style, n.Tag == yaml.NodeTagString && !strings.Contains(text, "'")
	case 0:
	default:
		return "", 0, false
	}
	switch n.Tag {
	case "": // whatever it means
		return text, 0, plain(text)
	case yaml.NodeTagString, yaml.NodeTagInt, yaml.NodeTagBool, yaml.NodeTagFloat, yaml.NodeTagNull:
	default:
		return "", 0, false
	}
	means := (&yaml.Node{Kind: yaml.ScalarNode, Value: text}).ShortTag() // to a reader
	switch {
	case means == n.Tag:
		return text, 0, plain(text)
	case n.Tag == yaml.NodeTagString:
		return text, yaml.DoubleQuotedStyle, !strings.ContainsAny(text, `"\`)
	}
	return "", 0, false
}

// printable reports whether a text is one line of printable ASCII without blanks at
// its ends.
func printable(s string) bool {
	return ascii(s) && (s == "" || s[0] != ' ' && s[len(s)-1] != ' ')
}

// ascii reports whether a text is one line of printable ASCII.
func ascii(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// plain reports whether a printable text can stand without quotes in a block. Some
// that could are not among them.
func plain(s string) bool {
	if s == "" {
		return true
	}
	if strings.IndexByte("-?:,[]{}#&*!|>'\"%@`", s[0]) >= 0 || strings.HasPrefix(s, "...") || s[len(s)-1] == ':' {
		return false
	}
	return !strings.Contains(s, ": ") && !strings.Contains(s, " #")
}

// flat reports whether a printable text can stand without quotes between brackets.
func flat(s string) bool { return s != "" && plain(s) && !strings.ContainsAny(s, ",?[]{}:") }

// literal reports whether a text is written as lines behind a |: the lines are
// printable and have no blanks at their ends, and neither the first nor the last is
// empty.
func literal(n *yaml.Node) bool {
	if !bare(n) || n.Tag != yaml.NodeTagString || n.Style != yaml.LiteralStyle && (n.Style != 0 || !strings.Contains(n.Value, "\n")) {
		return false
	}
	text := strings.TrimSuffix(n.Value, "\n")
	if text == "" || text[0] == ' ' || text[0] == '\n' || text[len(text)-1] == '\n' {
		return false
	}
	for line := range strings.SplitSeq(text, "\n") {
		if line != "" && (line[len(line)-1] == ' ' || !printable(strings.TrimLeft(line, " "))) {
			return false
		}
	}
	return true
}
