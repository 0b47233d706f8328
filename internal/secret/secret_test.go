package secret_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"
	"unicode"

	"github.com/nested-config/nested-config/internal/secret"
)

func set(secrets ...string) *secret.Set {
	var s secret.Set
	s.Add(secrets...)
	return &s
}

// TestForeign says of each text what of it is shown.
func TestForeign(t *testing.T) {
	const withheld = secret.Withheld
	long := strings.Repeat("x", 5000)
	for _, tc := range []struct{ reason, secret, text, want string }{
		{"nothing secret", "P4ss/w&rd", "the domain is unknown", "the domain is unknown"},
		{"no secret is known", "", "anything", "anything"},
		{"as it is", "P4ss/w&rd", `{"password": "P4ss/w&rd"}`, withheld},
		{"in another case", "P4ss/w&rd", "P4SS/W&RD", withheld},
		{"JSON", "P4ss", `\u0050\u0034ss`, withheld},
		{"JSON within JSON", "P4ss", `\\u0050\\u0034ss`, withheld},
		{"JSON's slash and quote", `a/b"c`, `a\/b\"c`, withheld},
		{"Python's and the shell's", "P4ss", `\x504\163s`, withheld},
		{"HTML by number", "P4ss", "&#80;4ss", withheld},
		{"HTML in hex", "P4ss", "&#x50;&#52;ss", withheld},
		{"HTML by name", "a<b&c", "a&lt;b&amp;c", withheld},
		{"HTML twice", "a<b", "a&amp;lt;b", withheld},
		{"percent signs", "P4ss/w", "P4ss%2fw", withheld},
		{"percent signs twice", "P4ss/w", "P4ss%252Fw", withheld},
		{"a form", "P4ss w", "P4ss+w", withheld},
		{"HTTP's basic authorization", "P4ss", "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("admin:P4ss")), withheld},
		{"the same with another name", "P4ss", base64.StdEncoding.EncodeToString([]byte("ad:P4ss!")), withheld},
		{"base64 of a URL", "\u00ff\u00feP4ss", base64.RawURLEncoding.EncodeToString([]byte("u:\u00ff\u00feP4ss")), withheld},
		{"wrapped", "P4ssword", "P4ss\r\n  word", withheld},
		{"with characters in it that do not show", "P4ssword", "P4\u200bss\x00word", withheld},
		{"cut off by the server", "0123456789abcdefghij", "bad token 0123456789ab…", withheld},
		{"over the place where it is cut here, at the beginning", "P4ssword", strings.Repeat("y", 146) + "P4ssword" + long, withheld},
		{"over the place where it is cut here, at the end", "P4ssword", long + "P4ssword" + strings.Repeat("y", 146), withheld},
		{"where nothing is shown", "P4ssword", long + "P4ssword" + long, strings.Repeat("x", 150) + " … " + strings.Repeat("x", 150)},
		{"one letter: nothing with it is shown, and no holes", "a", "a fault", withheld},
		{"one letter that is not there", "q", "a fault", "a fault"},
		{"the end has the reason", "P4ss", long + " the reason", strings.Repeat("x", 150) + " … " + strings.Repeat("x", 139) + " the reason"},
		{"control characters", "q", "a\x1b[2J\u202eb\nc", `a\x1b[2J\u202eb c`},
	} {
		if got := set(tc.secret).Foreign(tc.text); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.reason, got, tc.want)
		}
	}
	if got := (*secret.Set)(nil).Foreign("a\nb"); got != "a b" {
		t.Errorf("without a set: %q", got)
	}
}

// FuzzForeign hides a secret in a text in each form, and in two of them one
// after the other: it is never shown.
func FuzzForeign(f *testing.F) {
	for form := range byte(49) {
		f.Add("pässw/rd&<1>", "begin ", " end", form)
		f.Add("a", "", "", form)
		f.Add("gAAAAABjlongtokenthatisbase64-_", "x=", "&y", form)
	}
	quote := func(s string) string { b, _ := json.Marshal(s); return string(b[1 : len(b)-1]) }
	runes := func(format string) func(string) string {
		return func(s string) string {
			var b strings.Builder
			for _, r := range s {
				fmt.Fprintf(&b, format, r)
			}
			return b.String()
		}
	}
	forms := []func(string) string{
		func(s string) string { return s }, quote, html.EscapeString, url.QueryEscape, runes("&#%d;"), runes(`\u%04x`),
		func(s string) string { return base64.StdEncoding.EncodeToString([]byte("u:" + s)) },
	}
	f.Fuzz(func(t *testing.T, password, before, after string, form byte) {
		if len(password) > 64 || len(before)+len(after) > 200 || !json.Valid([]byte(`"`+quote(password)+`"`)) {
			return
		}
		for _, r := range password { // what no password can be typed with
			// HTML reads the references to C1 characters as letters of Windows-1252.
			if unicode.IsControl(r) || r > 0xffff || r == '\ufffd' {
				return
			}
		}
		n := len(forms)
		text := forms[int(form)%n](forms[int(form)/n%n](password))
		s := set(password)
		if s.Foreign("") != "" || strings.TrimSpace(password) == "" {
			return
		}
		if got := s.Foreign(before + " " + text + " " + after); got != secret.Withheld {
			if s.Foreign(password) != secret.Withheld {
				return // it has nothing that prints
			}
			t.Errorf("%q in %q: %q", password, text, got)
		}
	})
}

func BenchmarkForeign(b *testing.B) {
	s := set("P4ssword", strings.Repeat("0123456789", 200))
	text := strings.Repeat(`\\u0041&#80;%41QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo+x `, 1<<10)
	for b.Loop() {
		s.Foreign(text)
	}
}
