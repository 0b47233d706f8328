package secret

import (
	"encoding/base64"
	"html"
	"iter"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nested-config/nested-config/internal/pattern"
)

// forms are a text and what it means with its escapes undone. A form may be a form
// of a form: JSON within JSON, percent signs in a form that was percent-encoded
// already.
func forms(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		forms, seen := []string{text}, map[string]bool{text: true}
		for level := 0; len(forms) > 0; level++ {
			var next []string
			for _, form := range forms {
				if !yield(form) {
					return
				}
				if level == maxLevel {
					continue
				}
				for _, decoded := range decode(form) {
					if decoded != "" && !seen[decoded] {
						seen[decoded] = true
						next = append(next, decoded)
					}
				}
			}
			forms = next
		}
	}
}

// maxLevel is how often a form within a form is undone.
const maxLevel = 3

// squeeze leaves out case, spaces and what does not print: a text may be wrapped
// and a secret in it broken.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || !unicode.IsPrint(r) || r == utf8.RuneError {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// decode undoes one level of escapes, each kind by itself. What it cannot read
// stays as it is.
func decode(s string) []string {
	return []string{backslashes(s), html.UnescapeString(s), percent(s, false), percent(s, true), base64s(s)}
}

var escape = pattern.Of(`\\(u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{1,6}|x[0-9a-fA-F]{2}|[0-7]{1,3}|.)`)

// backslashes reads the escapes of JSON, Go, Python and the shell.
func backslashes(s string) string {
	return escape().ReplaceAllStringFunc(s, func(e string) string {
		digits, base := e[1:], 8
		switch {
		case len(e) > 2 && (e[1] == 'u' || e[1] == 'x'):
			digits, base = strings.Trim(e[2:], "{}"), 16
			if e[1] == 'u' && e[2] != '{' && len(digits) > 4 {
				return unquoted(digits[:4], 16) + digits[4:]
			}
		case len(e) == 2 && !strings.Contains("01234567", e[1:]):
			if strings.Contains("nrtbfav", e[1:]) {
				return " "
			}
			return e[1:]
		}
		return unquoted(digits, base)
	})
}

func unquoted(digits string, base int) string {
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil {
		return digits
	}
	return string(rune(n))
}

var escaped = pattern.Of(`%[0-9a-fA-F]{2}`)

// percent reads the escapes of a URL, and with form those of a form as well.
func percent(s string, form bool) string {
	if form {
		s = strings.ReplaceAll(s, "+", " ")
	}
	return escaped().ReplaceAllStringFunc(s, func(e string) string {
		c, err := url.PathUnescape(e)
		if err != nil {
			return e
		}
		return c
	})
}

var runs = pattern.Of(`[0-9A-Za-z+/_-]{2,}`)

// base64s is what any run of letters means as base64, from each of the four
// places where a group may begin.
func base64s(s string) string {
	var b strings.Builder
	standard := strings.NewReplacer("-", "+", "_", "/")
	for _, run := range runs().FindAllString(s, -1) {
		run = standard.Replace(run)
		for start := range min(4, len(run)) {
			group := run[start:]
			if len(group)%4 == 1 {
				group = group[:len(group)-1]
			}
			if decoded, err := base64.RawStdEncoding.DecodeString(group); err == nil {
				b.Write(decoded)
				b.WriteByte('\n')
			}
		}
	}
	return b.String()
}
