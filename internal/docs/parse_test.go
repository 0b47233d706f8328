package docs

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// step is a code block with its directive, or a directive that stands by itself.
type step struct {
	line     int    // of the fence, or of the comment
	language string // of the fence
	kind     string // run, output, file, script, given, afterwards, or not run
	text     string // of the block, or the command
	// Where text is in the document, for -update.
	start, end int

	clone   bool   // run: in a clone
	status  int    // run
	prints  string // run: a file
	command string // output: by a command of its own
	path    string // file, script: the archive
	name    string // script: the file in it
	same    string // file: a file of this repository
}

var (
	fence       = regexp.MustCompile("^(\\s*)(```+|~~~+)\\s*(\\S*)\\s*$")
	archiveName = regexp.MustCompile(`^(\S+\.txtar) (\S+)$`)
	listItem    = regexp.MustCompile(`^\s*([-*+]|\d+\.)\s`)
)

// parse reads a document. The problems are told by line.
func parse(document string) (steps []step, problems []string) {
	problem := func(line int, format string, args ...any) {
		problems = append(problems, fmt.Sprintf("%d: %s", line, fmt.Sprintf(format, args...)))
	}
	lines := strings.SplitAfter(document, "\n")
	offset := func(n int) (at int) {
		for _, l := range lines[:n] {
			at += len(l)
		}
		return at
	}
	comment, list := "", false // the directive right above, and whether a list goes on
	for i := 0; i < len(lines); i++ {
		line := strings.TrimRight(lines[i], "\n")
		switch m := fence.FindStringSubmatch(line); {
		case m != nil:
			end := i + 1
			for end < len(lines) && strings.TrimSpace(lines[end]) != m[2] {
				end++
			}
			if m[1] != "" || m[2] != "```" || end == len(lines) {
				problem(i+1, "a block begins with ``` at the margin, and ends with it")
			}
			s := step{line: i + 1, language: m[3], text: strings.Join(lines[i+1:min(end, len(lines))], ""), start: offset(i + 1), end: offset(min(end, len(lines)))}
			if err := s.directive(comment); err != nil {
				problem(i+1, "%v", err)
			}
			steps, comment, i = append(steps, s), "", end
		case strings.HasPrefix(line, "<!-- "):
			if comment != "" {
				problem(i+1, "the comment above belongs to no block")
			}
			begin := i
			for i < len(lines)-1 && !strings.Contains(lines[i], "-->") {
				i++
			}
			text, _, _ := strings.Cut(strings.Join(lines[begin:i+1], ""), "-->")
			comment = strings.TrimSpace(strings.TrimPrefix(text, "<!-- "))
			kind, command, _ := strings.Cut(comment, ": ")
			if kind == "given" || kind == "afterwards" {
				steps, comment = append(steps, step{line: begin + 1, kind: kind, text: command}), ""
			}
		case comment != "":
			problem(i+1, "the comment above belongs to no block: %s", comment)
			comment = ""
		case strings.HasPrefix(line, "    ") && !list && (i == 0 || strings.TrimSpace(lines[i-1]) == ""):
			problem(i+1, "indented code: put it between fences")
		case line != "":
			list = listItem.MatchString(line) || list && strings.HasPrefix(line, " ")
		}
	}
	if comment != "" {
		problem(len(lines), "the comment above belongs to no block: %s", comment)
	}
	return steps, problems
}

// directive says what a block is.
func (s *step) directive(comment string) error {
	if comment == "" {
		if s.language != "sh" {
			return fmt.Errorf("a block of %q without a comment that says what it is: see the package's documentation", s.language)
		}
		comment = "run"
	}
	if m := archiveName.FindStringSubmatch(comment); m != nil {
		s.kind, s.path, s.name = "script", m[1], m[2]
		return nil
	}
	kind, argument, has := strings.Cut(comment, ": ")
	switch {
	case has && kind == "not run":
		s.kind = kind
		return nil
	case has && kind == "output of":
		s.kind, s.command = "output", argument
		return nil
	case has && kind == "file":
		s.kind = kind
		s.path, s.same, _ = strings.Cut(argument, ", same as ")
		return nil
	}
	words := strings.Split(comment, ", ")
	s.kind = words[0]
	for _, word := range words[1:] {
		if err := s.option(word); err != nil {
			return fmt.Errorf("<!-- %s -->: %w", comment, err)
		}
	}
	if s.kind != "output" && (s.kind != "run" || s.language != "sh") {
		return fmt.Errorf("<!-- %s --> says nothing about a block of %q", comment, s.language)
	}
	return nil
}

func (s *step) option(word string) (err error) {
	name, argument, _ := strings.Cut(word, " ")
	switch {
	case s.kind == "run" && word == "in a clone":
		s.clone = true
	case s.kind == "run" && name == "status":
		s.status, err = strconv.Atoi(argument)
	case s.kind == "run" && name == "prints" && argument != "":
		s.prints = argument
	default:
		err = fmt.Errorf("%q is no option of %s", word, s.kind)
	}
	return err
}
