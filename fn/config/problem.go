package config

import (
	"fmt"
	"strconv"

	"github.com/nested-config/nested-config/internal/printable"
)

// Severity of a Problem, in the words of the functions specification.
type Severity string

const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// Problem is one message for the user: the resource, the field, its value, and what
// to write instead. All messages of this program about configs are Problems, and
// String is the only way to print them.
type Problem struct {
	Severity Severity
	// Where is the resource: its file, and its name if the file has several; "" if
	// there is only one resource.
	Where string
	// Path of the field, such as spec.underlay.config.nodes[0]; "" for the whole
	// resource.
	Path string
	// Place within the value of the field, such as "line 7: CONFIG_NODES" of
	// commonEnv; mostly "".
	Place string
	// Value as the user wrote it, quoted for the message; "" if there is no value
	// or if it must not be shown.
	Value string
	// Message says what is wrong and the remedy, in lower case.
	Message string
}

// String is the line on stderr: severity: where: path: place: "value": message.
// Empty parts are left out, and so is the severity of an error. The line is always
// printable.
func (p Problem) String() string {
	s := p.Text()
	if p.Path != "" {
		s = p.Path + ": " + s
	}
	if p.Where != "" {
		s = p.Where + ": " + s
	}
	if p.Severity != Error {
		s = string(p.Severity) + ": " + s
	}
	return printable.Text(s)
}

// Text is the part of the line that begins with the place. A result has the other
// parts in fields of its own.
func (p Problem) Text() string {
	s := p.Message
	if p.Value != "" {
		s = p.Value + ": " + s
	}
	if p.Place != "" {
		s = p.Place + ": " + s
	}
	return printable.Text(s)
}

// Problems are the problems of a load, in the order of the text.
type Problems []Problem

// Errors reports whether any of them is an error.
func (ps Problems) Errors() bool {
	for _, p := range ps {
		if p.Severity == Error {
			return true
		}
	}
	return false
}

// At returns the problems with where as their resource: see Problem.Where.
func (ps Problems) At(where string) Problems {
	for i := range ps {
		ps[i].Where = where
	}
	return ps
}

func (ps *Problems) errorf(path, value, format string, args ...any) {
	*ps = append(*ps, Problem{Severity: Error, Path: path, Value: value, Message: fmt.Sprintf(format, args...)})
}

func (ps *Problems) warnf(path, value, format string, args ...any) {
	*ps = append(*ps, Problem{Severity: Warning, Path: path, Value: value, Message: fmt.Sprintf(format, args...)})
}

// quote shows a value in a message: short, on one line, whatever it holds.
func quote(s string) string {
	s = public(s)
	const shown = 80 // bytes
	if len(s) > shown {
		cut := shown
		for cut > 0 && s[cut]&0xC0 == 0x80 { // not within a rune
			cut--
		}
		return strconv.Quote(s[:cut]) + "…"
	}
	return strconv.Quote(s)
}
