package secret

import (
	"iter"
	"strings"

	"github.com/nested-config/nested-config/internal/pattern"
)

// Quotes reports whether a message holds one of many secrets, in any form that Set
// knows. It is for what a library says of files that it has read: they may be large,
// so it is the message that is kept in memory, and they are only passed by.
//
// Of a secret of at least 12 bytes no part of that length may stand in the message. A
// shorter one is looked for where no letter or digit continues it: a message that says
// administrator does not quote the secret admin.
func Quotes(message string, secrets iter.Seq[string]) bool {
	if len(message) > 2*window {
		message = message[:window] + message[len(message)-window:]
	}
	said := quotable{short: map[string]bool{}, parts: map[string]bool{}}
	for form := range forms(message) {
		said.add(form)
	}
	for secret := range secrets {
		if said.hold(secret) {
			return true
		}
	}
	return false
}

// quotable are the parts of a message that can be a secret or a part of one.
type quotable struct{ short, parts map[string]bool }

func (q *quotable) add(form string) {
	squeezed := squeeze(form)
	for i := 0; i+part <= len(squeezed); i++ {
		q.parts[squeezed[i:i+part]] = true
	}
	form = strings.ToLower(form)
	for i := range len(form) {
		for end := i + 1; end < min(len(form)+1, i+part) && bounds(form, i); end++ {
			if bounds(form, end) {
				q.short[form[i:end]] = true
			}
		}
	}
}

// bounds reports whether no word goes on over a place of a text.
func bounds(text string, at int) bool {
	return at == 0 || at == len(text) || !isLetter(text[at-1]) || !isLetter(text[at])
}

func isLetter(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 0x80
}

func (q *quotable) hold(secret string) bool {
	squeezed := squeeze(secret)
	if len(squeezed) < part {
		secret = strings.ToLower(strings.TrimSpace(secret))
		return secret != "" && q.short[secret]
	}
	for i := 0; i+part <= len(squeezed); i++ {
		if q.parts[squeezed[i:i+part]] {
			return true
		}
	}
	return false
}

var urls = pattern.Of(`[A-Za-z][A-Za-z0-9+.-]*:/{1,2}[^\s'"]*`)

// WithoutURLSecrets is a text with every URL in it shown by URL.
func WithoutURLSecrets(text string) string { return urls().ReplaceAllStringFunc(text, URL) }

// URL is a URL without user, password, query and fragment, each of which can hold a
// secret. Whoever writes a password into a URL does not always escape it, so all that
// stands before the last @ is taken for one, with its slashes; and where a ? or a #
// stands before an @, nobody can know what is what, and only the scheme is shown.
func URL(text string) string {
	scheme, rest, found := strings.Cut(text, ":/")
	if !found {
		return text
	}
	slash := ":/"
	if strings.HasPrefix(rest, "/") {
		slash, rest = "://", rest[1:]
	}
	end := strings.IndexAny(rest, "?#")
	if end >= 0 && strings.Contains(rest[end:], "@") {
		return scheme + slash + "…"
	}
	if end >= 0 {
		rest = rest[:end]
	}
	return scheme + slash + rest[strings.LastIndex(rest, "@")+1:]
}
