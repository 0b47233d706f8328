package env

import (
	"fmt"
	"slices"
	"strings"

	"github.com/joho/godotenv"
)

// Line is a setting with the line of the text that makes it, counted from 1.
type Line struct {
	Setting
	Number int
	Used   bool // another line refers to it
	// Secret: the line refers to a password, by itself or through others, or sets
	// one.
	Secret bool
}

// Fault is a fault of a line: the number of the line and, if it is known, the
// variable that the line would set. A Fault never holds any other text of the file:
// a broken line may be a password.
type Fault struct {
	Line    int
	Name    string // "" when the line sets nothing
	Message string
	Warning bool // the line counts all the same
}

// manyFaults are enough to see that a text is no dotenv text at all.
const manyFaults = 50

// What references may make: a few lines that each refer to the line before many
// times would fill the memory. maxValue is the longest value that the images
// get (the format envValue of a NestedConfig); maxReferred, the sum over all
// lines that refer to others, is far above that of any site.
const (
	maxValue    = 4096
	maxReferred = 64 << 10
)

// Parse reads dotenv text, such as a common.env, without executing anything. The
// old way sourced the file in bash, so a line counts only if bash gives it the
// value that dotenv (godotenv) reads; every other line is a fault. A variable that
// is set twice has its last value and a warning. A reference to an earlier variable
// ($X, ${X}) has the value of that variable. A variable with a fault in its line is
// left out, and so is every variable that refers to it.
func Parse(text string) ([]Line, []Fault) {
	r := reader{values: map[string]string{}, broken: map[string]bool{}, used: map[string]bool{}, secret: map[string]bool{}, at: map[string]int{}}
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
	secret map[string]bool // holds a password
	at     map[string]int  // the last line that sets a variable
	grown  int             // bytes of the values that refer to others
	pem    bool            // between -----BEGIN and -----END, which need no quotes to be a key
	open   byte            // the quote or backslash that an earlier line left open
}

func (r *reader) line(number int, text string) {
	inside := r.open != 0 || r.pem
	r.pem = (r.pem || strings.Contains(text, "-----BEGIN ")) && !strings.Contains(text, "-----END ")
	if r.open == '\\' || strings.IndexByte(text, r.open) >= 0 {
		r.open = 0
	}
	s := statement(text)
	if s.empty {
		return
	}
	if s.fault == "" {
		s.source(r.values, r.broken, maxReferred-r.grown)
	}
	if s.fault == "" && !s.unknown {
		s.read(r.values)
	}
	if len(s.refers) > 0 {
		r.grown += len(s.bash)
	}
	v, known := Lookup(s.name)
	secret := v.Password()
	for _, name := range s.refers {
		r.used[name] = true
		secret = secret || r.secret[name]
	}
	if inside && !known {
		// A private key in quotes has lines that look like settings.
		r.broken[s.name] = true
		s.name = ""
	}
	if !inside {
		r.open = s.open
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
	r.secret[s.name] = secret
	if r.broken[s.name] = s.fault != "" || s.unknown; !r.broken[s.name] {
		r.values[s.name] = s.value
		r.lines = append(r.lines, Line{Setting: Setting{s.name, s.value}, Number: number, Secret: secret})
	}
}

// read takes the value from godotenv, and refuses what bash makes another one of:
// the same file would mean two things.
//
// godotenv gets one statement that bash has read already, with the variables it
// refers to. It does not get the file: its errors quote it, a reference to an
// unknown variable is empty to it, it joins lines at a quote without an end, and
// it expands without a limit.
func (a *assignment) read(values map[string]string) {
	var text strings.Builder
	for i, name := range a.refers {
		if slices.Contains(a.refers[:i], name) {
			continue
		}
		v := values[name]
		if strings.Contains(v, "'") || strings.HasSuffix(v, `\`) {
			a.fault = indirect
			return
		}
		text.WriteString(name + "='" + v + "'\n")
	}
	text.WriteString(a.name + "=" + a.word + "\n")
	got, err := godotenv.Unmarshal(text.String())
	value, ok := got[a.name]
	if err != nil || !ok || value != a.bash {
		a.fault = differs
		return
	}
	a.value = value
}
