package printable_test

import (
	"encoding/json"
	"maps"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/nested-config/nested-config/internal/printable"
)

func TestText(t *testing.T) {
	for _, c := range []struct{ reason, in, want string }{
		{"nothing to do", `10.10.10.0/24 "ä" 漢 \x1b`, `10.10.10.0/24 "ä" 漢 \x1b`},
		{"empty", "", ""},
		{"an escape that clears the screen", "a\x1b[2Jb", `a\x1b[2Jb`},
		{"a forged line", "a\n  + 10.0.0.1:80\r\t", `a\n  + 10.0.0.1:80\r\t`},
		{"C1: CSI in one character", "a\u009b2Jb", `a\u009b2Jb`},
		{"bidi: the rest of the line backwards", "a\u202eb\u2066", `a\u202eb\u2066`},
		{"line and paragraph separators", "a\u2028b\u2029", `a\u2028b\u2029`},
		{"zero width", "a\u200bb\ufeff", `a\u200bb\ufeff`},
		{"no UTF-8", "a\xffb\xc3", `a\xffb\xc3`},
		{"the replacement character itself", "a\ufffdb", "a\ufffdb"},
		{"NUL and DEL", "\x00\x7f", `\x00\x7f`},
	} {
		if got := printable.Text(c.in); got != c.want {
			t.Errorf("%s: %q: %q, want %q", c.reason, c.in, got, c.want)
		}
	}
	if got := printable.Lines("a\nb\x1b\r\n"); got != "a\nb\\x1b\\r\n" {
		t.Errorf("Lines: %q", got)
	}
}

func TestJSON(t *testing.T) {
	in := "{\n \"a\u202e\u009b\": \"\U000e0001\x7f\xff\u2028 ä \\u001b\"\n}"
	want := `{
 "a\u202e\u009b": "\udb40\udc01\u007f\ufffd\u2028 ä \u001b"
}`
	got := printable.JSON([]byte(in))
	if string(got) != want {
		t.Errorf("%s, want %s", got, want)
	}
	var before, after map[string]string
	if json.Unmarshal([]byte(in), &before) != nil || json.Unmarshal(got, &after) != nil || !maps.Equal(before, after) {
		t.Errorf("read: %q, want %q", after, before)
	}
}

func FuzzText(f *testing.F) {
	f.Add("a\x1b\u202e\xff")
	f.Fuzz(func(t *testing.T, s string) {
		got := printable.Text(s)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return !strconv.IsPrint(r) }) {
			t.Errorf("%q: %q is not printable", s, got)
		}
		if again := printable.Text(got); again != got {
			t.Errorf("%q: %q, and again %q", s, got, again)
		}
	})
}

// The beginning of a text: no character is cut, and what was cut off is marked.
func TestStart(t *testing.T) {
	for _, c := range []struct {
		text  string
		bytes int
		want  string
	}{
		{"", 0, ""}, {"abc", 3, "abc"}, {"abcd", 3, "abc…"}, {"aüb", 2, "a…"}, {"aüb", 3, "aü…"}, {"a\x1b[2J", 2, `a\x1b…`}, {"\xff\xff\xff", 2, `\xff\xff…`}, {"ü", 0, "…"},
	} {
		if got := printable.Start(c.text, c.bytes); got != c.want {
			t.Errorf("the first %d bytes of %q are %q, want %q", c.bytes, c.text, got, c.want)
		}
	}
}
