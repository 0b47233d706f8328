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

// Problem is one thing to tell the user: where, which field, what stands there,
// and what to write instead. All of this program's messages about configs are
// Problems, and String is the one way to print them.
type Problem struct {
	Severity Severity
	// Where is the resource as its reader calls it: its file, and its name where the
	// file has several; "" where there is one resource alone.
	Where string
	// Path of the field, such as spec.underlay.config.nodes[0]; "" for the whole
	// resource.
	Path string
	// Place within the value of the field, such as "line 7: CONFIG_NODES" of
	// commonEnv; mostly "".
	Place string
	// Value as the user wrote it, quoted for the message; "" when there is none or
	// when it must not be shown.
	Value string
	// Message says what is wrong and the remedy, in lower case.
	Message string
}

// String is the line on stderr, printable whatever the parts hold:
// severity: where: path: place: "value": message. What is empty is left out, and
// so is the severity of an error.
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

// Text is the line from the place on: a result names the rest in fields of its own.
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

// Problems are what a load found, in the order of the text.
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

// At gives the problems with their resource: see Where of Problem.
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
