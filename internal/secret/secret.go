// Package secret keeps passwords and tokens out of messages. A server may send back
// the text of a request, escaped in any way. So a foreign text that contains a
// secret in any form is not shown at all. Stars in place of the secret would show
// its position, and the length of a short one.
package secret

import (
	"slices"
	"strings"

	"github.com/nested-config/nested-config/internal/printable"
)

// Withheld stands in place of a text that holds a secret.
const Withheld = "the text holds a secret and is not shown"

// Set are secrets. The zero Set, and a nil one, is empty. It is not safe for
// concurrent use.
type Set struct {
	short []string
	parts map[string]bool // of those that are longer, every part of the length part
}

// Add makes a secret known; an empty one is none.
func (s *Set) Add(secrets ...string) {
	for _, text := range secrets {
		text = squeeze(text)
		if text != "" && len(text) < part {
			s.short = append(s.short, text)
		}
		for i := 0; i+part <= len(text); i++ {
			if s.parts == nil {
				s.parts = map[string]bool{}
			}
			s.parts[text[i:i+part]] = true
		}
	}
}

// The lengths of what is looked at, in bytes, and of what is shown, in runes.
const (
	window = 4 << 10 // at either end of a text; between them nothing is read
	half   = 150     // of a text that is too long, at either end
)

// Foreign is a text of somebody else, such as an answer or an error that quotes
// one, for a message: one printable line of at most some 300 letters, its
// beginning and its end. It is Withheld when it holds a secret.
func (s *Set) Foreign(text string) string {
	if len(text) > 2*window {
		text = text[:window] + " … " + text[len(text)-window:]
	}
	// Before anything is cut out of it: half a secret is one.
	if s.In(text) {
		return Withheld
	}
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > 2*half {
		text = string(r[:half]) + " … " + string(r[len(r)-half:])
	}
	return printable.Text(text)
}

// Error is Foreign for an error.
func (s *Set) Error(err error) string { return s.Foreign(err.Error()) }

// In reports whether the text holds a secret, as it is or in any form that
// servers and libraries are known to write.
func (s *Set) In(text string) bool {
	if s == nil || len(s.short)+len(s.parts) == 0 {
		return false
	}
	for form := range forms(text) {
		if s.plainly(form) {
			return true
		}
	}
	return false
}

// part is how long a part of a secret may be shown, in bytes: a server may cut a
// long one off, or break it into lines.
const part = 12

func (s *Set) plainly(text string) bool {
	text = squeeze(text)
	for i := 0; i+part <= len(text) && len(s.parts) > 0; i++ {
		if s.parts[text[i:i+part]] {
			return true
		}
	}
	return slices.ContainsFunc(s.short, func(secret string) bool { return strings.Contains(text, secret) })
}
