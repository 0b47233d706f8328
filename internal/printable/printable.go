// Package printable is the only way for foreign text to reach a terminal, a result
// or a log. Names, messages of servers, and all other text from outside may contain
// escapes that move the cursor, newlines that forge a line, and characters that
// change the writing direction.
package printable

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Text is s in one line: what strconv.IsPrint does not call printable stands as
// Go's escape of it, such as \n, \x1b or \u202e, and a byte that is no UTF-8 as
// \xff. A backslash stays as it is, so that text which is printable already, a
// quoted value among it, does not change.
func Text(s string) string { return escape(s, false) }

// Lines is like Text and keeps newlines: for text of several lines, each of which
// was made of printable parts.
func Lines(s string) string { return escape(s, true) }

// Start is Text of the first bytes of s, with … where more follows. It cuts no character
// in two.
func Start(s string, bytes int) string {
	if len(s) <= bytes {
		return Text(s)
	}
	for bytes > 0 && !utf8.RuneStart(s[bytes]) {
		bytes--
	}
	return Text(s[:bytes]) + "…"
}

func escape(s string, lines bool) string {
	keep := func(r rune) bool { return strconv.IsPrint(r) || lines && r == '\n' }
	if !strings.ContainsFunc(s, func(r rune) bool { return !keep(r) }) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch _, size := utf8.DecodeRuneInString(s[i:]); {
		case r == utf8.RuneError && size == 1:
			b.WriteString(`\x` + strconv.FormatUint(uint64(s[i]), 16))
		case keep(r):
			b.WriteRune(r)
		default:
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
	}
	return b.String()
}

// Writer gives a writer that passes on to w what Lines makes of each Write, so that
// nothing that is written to a terminal has to be looked after one by one. A
// character must not be cut in two between Writes; those of fmt and of cobra are
// whole lines.
func Writer(w io.Writer) io.Writer { return writer{w} }

type writer struct{ w io.Writer }

func (w writer) Write(p []byte) (int, error) {
	if _, err := io.WriteString(w.w, Lines(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// JSON is a JSON text with every character that does not print escaped, which may
// stand in strings alone; newlines and spaces between values stay. What programs
// read of it is the same, but for bytes that are no UTF-8, which JSON cannot hold:
// they become U+FFFD.
func JSON(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for _, r := range string(text) {
		switch {
		case r == utf8.RuneError: // also for what is no UTF-8
			out = append(out, `\ufffd`...)
		case r == '\n' || strconv.IsPrint(r):
			out = utf8.AppendRune(out, r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}
