package env

import (
	"strings"
	"unicode/utf8"
)

// assignment is one line of text, taken apart as bash would.
type assignment struct {
	empty    bool // nothing, or a comment
	exported bool
	name     string
	word     string // the value as it is written
	bash     string // the value that bash would give it
	value    string // the value that godotenv reads, which is the one that counts
	refers   []string
	unknown  bool   // refers to a variable whose line is at fault
	fault    string // why it is none; "" when it is
	open     byte   // the quote or backslash after which it goes on on the next line
}

// What a line must not be. No message quotes the line.
const (
	notASetting = "is not NAME=value: statements of bash are not executed, write their result"
	noBlanks    = "has blanks beside =: bash would run it as a command; write NAME=value"
	appends     = "appends with +=: write the whole value"
	arrays      = "sets an array: the images support no arrays"
	commands    = "runs a command: commands are not executed, write the output"
	operators   = "has an operator of the shell outside quotes: put the value in single quotes"
	openQuote   = "has a quote without its end: a value must be on one line"
	continued   = "continues on the next line: a value must be on one line"
	trailing    = "has text after the value: put a value with blanks in quotes, and each setting on its own line"
	expansion   = "has an expansion of bash: write its result, or put a literal $ in single quotes"
	unset       = "refers to a variable that no earlier line sets: write its value, or put a literal $ in single quotes"
	tilde       = "has a ~ that bash replaces by a directory: write the path itself or put it in single quotes"
	braces      = "has braces that bash expands after export: put the value in quotes"
	control     = "has a character that is not text: remove it"
	indirect    = "refers to a value with a quote or a backslash: write the value itself"
	differs     = "has different values in bash and in dotenv: put the value in one pair of quotes, single quotes if it has a $, and use no backslashes"
	grows       = "has more than 4096 bytes with its references: write the value itself; no image accepts a longer one"
	growsInSum  = "has too long references: all values with references may have 65536 bytes together; write the values themselves"
	twice       = "is set on line %d already: the last one counts, as in bash; keep one"
	tooMany     = "and the lines after it were not read: too many lines are not settings"
)

// nameLength is how long the variable name is that s begins with, 0 for none.
func nameLength(s string) int {
	for i, c := range []byte(s) {
		letter := c == '_' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return i
		}
	}
	return len(s)
}

// nothing reports whether s is blank or a comment.
func nothing(s string) bool {
	s = strings.TrimLeft(s, " \t")
	return s == "" || s[0] == '#'
}

// statement takes a line apart: export, name and the text from the value on.
func statement(line string) assignment {
	if nothing(line) {
		return assignment{empty: true}
	}
	line = strings.TrimLeft(line, " \t")
	var a assignment
	if after, ok := strings.CutPrefix(line, "export"); ok {
		if trimmed := strings.TrimLeft(after, " \t"); trimmed != after {
			a.exported, line = true, trimmed
		}
	}
	n := nameLength(line)
	a.name, a.word = line[:n], line[n:]
	blank := strings.TrimLeft(a.word, " \t") != a.word
	switch {
	case n == 0:
		a.fault = notASetting
	case strings.HasPrefix(a.word, "+="):
		a.fault = appends
	case strings.HasPrefix(a.word, "["):
		a.fault = arrays
	case blank && strings.HasPrefix(strings.TrimLeft(a.word, " \t"), "="):
		a.fault = noBlanks
	case !strings.HasPrefix(a.word, "="):
		a.name, a.fault = "", notASetting
	case !utf8.ValidString(line), strings.ContainsFunc(line, isControl):
		a.fault = control
	}
	a.word = strings.TrimPrefix(a.word, "=")
	return a
}

func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// source reads the value as bash does when it sources the file: quotes removed,
// references to earlier variables replaced, and nothing else allowed that bash
// would do. left is how many bytes references may still make. It leaves in word
// what the value is written with.
func (a *assignment) source(values map[string]string, broken map[string]bool, left int) {
	w := word{text: a.word, values: values, broken: broken, limit: min(left, maxValue), braces: -1}
	if a.exported {
		w.braces = max(strings.LastIndex(a.word, ","), strings.LastIndex(a.word, ".."))
	}
	w.read()
	a.fault, a.bash, a.refers, a.unknown, a.open = w.fault, w.value.String(), w.refers, w.unknown, w.open
	if a.fault == "" && !nothing(w.text[w.at:]) {
		a.fault = trailing
	}
	if a.fault == "" && len(w.refers) > 0 && len(a.bash) > w.limit {
		a.fault = w.tooLong()
	}
	a.word = w.text[:w.at]
}
