package secret_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/secret"
)

// TestQuotes says of each message whether it quotes a secret.
func TestQuotes(t *testing.T) {
	long := strings.Repeat("x", 5000)
	for _, tc := range []struct {
		reason, secret, message string
		want                    bool
	}{
		{"as it is", "P4ss/w&rd", `invalid value "P4ss/w&rd"`, true},
		{"in another case", "P4ss", "P4SS is none", true},
		{"JSON", "P4ss", `"\u0050\u0034ss"`, true},
		{"base64", "P4ssword", "data: UDRzc3dvcmQ=", true},
		{"a part of a long one", "0123456789abcdefghij", "bad token 456789abcdef…", true},
		{"too small a part of a long one", "0123456789abcdefghij", "bad token 0123456789a", false},
		{"a long one over lines", "0123456789abcdefghij", "0123456789\n   abcdefghij", true},
		{"a word", "admin", "the user admin is unknown", true},
		{"a part of a word", "admin", "administrators.yaml: no such file", false},
		{"one letter that is a word", "a", "a fault", true},
		{"one letter within words", "a", "many faults", false},
		{"a secret that begins with a mark", "*x", "k=*x", true},
		{"a secret of blanks", " \n", "a fault", false},
		{"none", "", "a fault", false},
		{"at the beginning of a long message", "P4ssword", "P4ssword " + long + long, true},
		{"at its end", "P4ssword", long + long + " P4ssword", true},
	} {
		if got := secret.Quotes(tc.message, slices.Values([]string{"another", tc.secret})); got != tc.want {
			t.Errorf("%s: %t", tc.reason, got)
		}
	}
}

// TestURL says what of a URL is shown.
func TestURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://git.example/team/repo":             "https://git.example/team/repo",
		"https://admin:pw@git.example/a?token=pw":   "https://git.example/a",
		"https://token@git.example/a#pw":            "https://git.example/a",
		"https://admin:p/w@git.example/a":           "https://git.example/a",
		"https://admin:p@w@git.example/a":           "https://git.example/a",
		"https://admin:p?w@git.example/a":           "https://…",
		"https://admin:p#w@git.example/a":           "https://…",
		"https://git.example/a?user=me@example.com": "https://…",
		"http:/admin:pw@git.example":                "http:/git.example",
		"file:///a?x=pw":                            "file:///a",
		"no URL, admin:pw@host":                     "no URL, admin:pw@host",
		"git::https://pw@git.example/a//b?ref=pw":   "git::https://git.example/a//b",
		"ssh://git:pw@git.example:22/a":             "ssh://git.example:22/a",
		"https://git.example/a@v1/b":                "https://v1/b",
	} {
		if got := secret.URL(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	const text = `cannot get 'https://a:pw@h/x?y=pw', nor "http://pw@h" nor https://h/y.`
	if got, want := secret.WithoutURLSecrets(text), `cannot get 'https://h/x', nor "http://h" nor https://h/y.`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
