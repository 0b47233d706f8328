// Package notyaml says why a text is not YAML, without showing its content. The
// messages of the parser quote the text, which may hold a password: the parser
// reads a password that begins with * and has no quotes as an alias.
package notyaml

import (
	"errors"
	"fmt"
	"strings"

	"github.com/nested-config/nested-config/internal/pattern"
)

// line is where the parser says that a fault is.
var line = pattern.Of(`\bline ([0-9]+): `)

// unnamed is what stands for a fault that is not in faults.
const unnamed = "cannot be parsed"

// quoting are the messages that quote the text, by how they begin, and what is said
// in their place.
var quoting = [][2]string{
	{"unknown anchor ", "an unquoted * begins an alias, and its anchor is missing: quote text that begins with *"},
	{"anchor ", "an alias contains itself"},
	{"cannot unmarshal ", "a value has the wrong type"},
	{"cannot decode ", "a value does not match its tag"},
	{"mapping key ", "a key appears twice"},
	{"invalid map key", "a key must be text"},
	{"cannot construct ", "a value does not match its tag"},
}

// faults are the messages that quote nothing, constants of the parser
// (go.yaml.in/yaml/v3, scannerc.go, parserc.go, readerc.go, decode.go). A message
// that is none of them is not shown: nobody can know what it holds.
var faults = set(
	"attempted to go past the end of stream; corrupted value?",
	"block collection entries are not allowed in this context",
	"block sequence entries are not allowed in this context",
	"control characters are not allowed",
	"could not find expected ':'",
	"could not find expected directive name",
	"did not find URI escaped octet",
	"did not find expected '!'",
	"did not find expected ',' or ']'",
	"did not find expected ',' or '}'",
	"did not find expected '-' indicator",
	"did not find expected <document start>",
	"did not find expected <stream-start>",
	"did not find expected alphabetic or numeric character",
	"did not find expected comment or line break",
	"did not find expected digit or '.' character",
	"did not find expected hexdecimal number",
	"did not find expected key",
	"did not find expected node content",
	"did not find expected tag URI",
	"did not find expected version number",
	"did not find expected whitespace",
	"did not find expected whitespace or line break",
	"did not find the expected '>'",
	"document contains excessive aliasing",
	"exceeded max depth of 10000",
	"expected low surrogate area",
	"found a tab character that violates indentation",
	"found a tab character where an indentation space is expected",
	"found an incorrect leading UTF-8 octet",
	"found an incorrect trailing UTF-8 octet",
	"found an indentation indicator equal to 0",
	"found character that cannot start any token",
	"found duplicate %TAG directive",
	"found duplicate %YAML directive",
	"found extremely long version number",
	"found incompatible YAML document",
	"found invalid Unicode character escape code",
	"found undefined tag handle",
	"found unexpected document indicator",
	"found unexpected end of stream",
	"found unexpected non-alphabetical character",
	"found unknown directive name",
	"found unknown escape character",
	"incomplete UTF-16 character",
	"incomplete UTF-16 surrogate pair",
	"incomplete UTF-8 octet sequence",
	"invalid Unicode character",
	"invalid character sequence",
	"invalid leading UTF-8 octet",
	"invalid length of a UTF-8 sequence",
	"invalid trailing UTF-8 octet",
	"map merge requires map or sequence of maps as the value",
	"mapping keys are not allowed in this context",
	"mapping values are not allowed in this context",
	"unexpected low surrogate area",
	"unknown problem parsing YAML content",
	"while increasing flow level",
	"while increasing indent level",
)

func set(texts ...string) map[string]bool {
	m := make(map[string]bool, len(texts))
	for _, t := range texts {
		m[t] = true
	}
	return m
}

// Error is an error of a YAML library, of decoding or parsing, in one line that
// names the line of the text and the kind of the fault, and shows nothing of the
// text: "is not YAML: line 2: mapping values are not allowed in this context". It
// wraps nothing, because the error of the library holds text. nil gives nil.
func Error(err error) error {
	if err == nil {
		return nil
	}
	return errors.New("is not YAML: " + Fault(err))
}

// Fault is Error without "is not YAML". Libraries add words in front and lines
// behind; only the first fault is told.
func Fault(err error) string {
	text := err.Error()
	where := ""
	switch at := line().FindStringSubmatchIndex(text); {
	case at != nil:
		where = fmt.Sprintf("line %s: ", text[at[2]:at[3]])
		text = text[at[1]:]
	default:
		if _, rest, ok := strings.Cut(text, "yaml: "); ok {
			text = rest
		}
	}
	text, _, _ = strings.Cut(text, "\n")
	if faults[text] {
		return where + text
	}
	for _, q := range quoting {
		if strings.HasPrefix(text, q[0]) {
			return where + q[1]
		}
	}
	return where + unnamed
}
