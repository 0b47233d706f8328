package pin

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// lineStarts gives where each line begins, by the parser's idea of a line, which
// knows more line breaks than \n, and has the byte order mark before the first.
func lineStarts(text []byte) []int {
	at := 0
	if bytes.HasPrefix(text, []byte("\uFEFF")) {
		at = len("\uFEFF")
	}
	starts := []int{at}
	for at < len(text) {
		n := breakAt(text, at)
		if n == 0 {
			at++
			continue
		}
		at += n
		starts = append(starts, at)
	}
	return starts
}

// breakAt is the length of the line break at an offset, 0 when there is none.
func breakAt(text []byte, at int) int {
	for _, b := range []string{"\r\n", "\n", "\r", "\u0085", "\u2028", "\u2029"} {
		if bytes.HasPrefix(text[at:], []byte(b)) {
			return len(b)
		}
	}
	return 0
}

// offset is where a node begins; its column counts characters.
func (e *editor) offset(n *yaml.Node) (int, bool) {
	if n.Line < 1 || n.Line > len(e.lines) {
		return 0, false
	}
	at := e.lines[n.Line-1]
	for range n.Column - 1 {
		_, size := utf8.DecodeRune(e.text[at:])
		if size == 0 {
			return 0, false
		}
		at += size
	}
	return at, true
}

// line gives the bounds of the line around an offset: its begin, its end without
// the line break, and the next line's begin.
func (e *editor) line(at int) (begin, end, next int) {
	i, found := slices.BinarySearch(e.lines, at)
	if !found {
		i-- // in the midst of a line; the first begins before everything
	}
	begin, next = e.lines[i], len(e.text)
	if i+1 < len(e.lines) {
		next = e.lines[i+1]
	}
	for end = begin; end < next && breakAt(e.text, end) == 0; end++ {
	}
	return begin, end, next
}

// newline is the line break to use behind a line: its own, or the text's first.
func (e *editor) newline(end, next int) string {
	if end < next {
		return string(e.text[end:next])
	}
	if len(e.lines) > 1 {
		_, end, next := e.line(e.lines[0])
		return string(e.text[end:next])
	}
	return "\n"
}

// end is where a node ends, if that can be said for sure: what may stand in
// spec.linkLocal can. Block scalars and plain text over several lines cannot.
func (e *editor) end(n *yaml.Node) (int, bool) {
	at, ok := e.offset(n)
	if !ok {
		return 0, false
	}
	at = e.pastProperties(at)
	switch {
	case n.Kind == yaml.AliasNode:
		return at + 1 + len(n.Value), e.has(at, "*"+n.Value)
	case n.Kind == yaml.ScalarNode && n.Style&yaml.DoubleQuotedStyle != 0:
		return e.closing(at, '"')
	case n.Kind == yaml.ScalarNode && n.Style&yaml.SingleQuotedStyle != 0:
		return e.closing(at, '\'')
	case n.Kind == yaml.ScalarNode:
		return at + len(n.Value), e.has(at, n.Value) && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0
	case flow(n):
		return e.bracket(at)
	case len(n.Content) > 0:
		return e.end(n.Content[len(n.Content)-1])
	}
	return 0, false
}

// pastProperties skips the anchor and the tag in front of a value.
func (e *editor) pastProperties(at int) int {
	for at < len(e.text) && (e.text[at] == '&' || e.text[at] == '!') {
		for at < len(e.text) && e.text[at] != ' ' && breakAt(e.text, at) == 0 {
			at++
		}
		for at < len(e.text) && e.text[at] == ' ' {
			at++
		}
	}
	return at
}

func (e *editor) has(at int, s string) bool {
	return at <= len(e.text) && bytes.HasPrefix(e.text[at:], []byte(s))
}

// closing is behind the quote that ends the one at an offset.
func (e *editor) closing(at int, quote byte) (int, bool) {
	if at >= len(e.text) || e.text[at] != quote {
		return 0, false
	}
	for at++; at < len(e.text); at++ {
		switch {
		case quote == '"' && e.text[at] == '\\':
			at++
		case e.text[at] == quote && quote == '\'' && e.has(at+1, "'"):
			at++ // two are one
		case e.text[at] == quote:
			return at + 1, true
		}
	}
	return 0, false
}

// bracket is behind the bracket that closes the one at an offset.
func (e *editor) bracket(at int) (int, bool) {
	if at >= len(e.text) || e.text[at] != '{' && e.text[at] != '[' {
		return 0, false
	}
	depth := 0
	for at < len(e.text) {
		switch c := e.text[at]; {
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return at + 1, true
			}
		// A quote within a plain word is a letter, a # is one unless blank comes before.
		case (c == '"' || c == '\'') && bytes.IndexByte([]byte(" \t\r\n,[{:"), e.text[at-1]) >= 0:
			next, ok := e.closing(at, c)
			if !ok {
				return 0, false
			}
			at = next
			continue
		case c == '#' && bytes.IndexByte([]byte(" \t\r\n"), e.text[at-1]) >= 0:
			_, at, _ = e.line(at)
			continue
		}
		at++
	}
	return 0, false
}
