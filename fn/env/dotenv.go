package env

import (
	"fmt"
	"strings"

	"github.com/joho/godotenv"
)

// Line is a setting with the line of the text that makes it, counted from 1.
type Line struct {
	Setting
	Number int
	Used   bool // another line refers to it
}

// Fault is what is wrong with a line, by its number and, where that can be told,
// the variable that it would set. A Fault never holds any other text of the
// file: a broken line may be a password.
type Fault struct {
	Line    int
	Name    string // "" when the line sets nothing
	Message string
	Warning bool // the line counts all the same
}

// manyFaults are enough to see that a text is no dotenv text at all.
const manyFaults = 50

// Parse reads dotenv text, such as a common.env, without executing anything. The
// old way sourced the file in bash, so a line counts only if bash and dotenv
// (godotenv) give it the same value; every other line is a fault. A variable
// that is set twice has its last value and a warning, one that refers to an
// earlier one ($X, ${X}) has that one's value. What is left out is a variable
// whose line is at fault, and everything that refers to it.
func Parse(text string) ([]Line, []Fault) {
	r := reader{values: map[string]string{}, broken: map[string]bool{}, used: map[string]bool{}, at: map[string]int{}}
	text = strings.TrimPrefix(text, "\uFEFF")
	number := 0
	for line := range strings.Lines(text) {
		number++
		r.line(number, strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"))
		if r.errors == manyFaults {
			r.faults = append(r.faults, Fault{Line: number + 1, Message: tooMany})
			break
		}
	}
	lines := make([]Line, 0, len(r.at))
	for _, l := range r.lines {
		l.Used = r.used[l.Name]
		if r.at[l.Name] == l.Number && !r.broken[l.Name] {
			lines = append(lines, l)
		}
	}
	return lines, r.faults
}

// reader is the state of bash that counts: the values so far.
type reader struct {
	lines  []Line
	faults []Fault
	errors int
	values map[string]string
	broken map[string]bool // set by a line at fault: nobody knows to what
	used   map[string]bool // referred to
	at     map[string]int  // the last line that sets a variable
}

func (r *reader) line(number int, text string) {
	s := statement(text)
	if s.empty {
		return
	}
	if s.fault == "" {
		s.evaluate(r.values, r.broken)
	}
	if s.fault == "" && !s.unknown {
		s.agree(r.values)
	}
	for _, name := range s.refers {
		r.used[name] = true
	}
	if first, ok := r.at[s.name]; ok {
		r.faults = append(r.faults, Fault{number, s.name, fmt.Sprintf(twice, first), true})
	}
	if s.fault != "" {
		r.errors++
		r.faults = append(r.faults, Fault{Line: number, Name: s.name, Message: s.fault})
	}
	if s.name == "" {
		return
	}
	r.at[s.name] = number
	if r.broken[s.name] = s.fault != "" || s.unknown; !r.broken[s.name] {
		r.values[s.name] = s.value
		r.lines = append(r.lines, Line{Setting: Setting{s.name, s.value}, Number: number})
	}
}

// agree asks godotenv for the same statement and refuses what it reads in
// another way: the same file would mean two things.
func (a *assignment) agree(values map[string]string) {
	var text strings.Builder
	for _, name := range a.refers {
		v := values[name]
		if strings.Contains(v, "'") || strings.HasSuffix(v, `\`) {
			a.fault = indirect
			return
		}
		text.WriteString(name + "='" + v + "'\n")
	}
	text.WriteString(a.name + "=" + a.word + "\n")
	// The error of godotenv quotes the file: it only counts that there is one.
	got, err := godotenv.Unmarshal(text.String())
	if v, ok := got[a.name]; err != nil || !ok || v != a.value {
		a.fault = differs
	}
}
