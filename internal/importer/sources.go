package importer

import (
	"strings"
)

// Source is one text of several that describe the same site.
type Source struct {
	Name string // what messages call it
	Text string
	Form Form // "" goes by what is in it
}

// spans are the sources in their order, with the lines of the sources before.
type spans []struct {
	file   string
	before int
}

// String is how messages call them together.
func (s spans) String() string {
	var names []string
	for _, x := range s {
		names = append(names, x.file)
	}
	return strings.Join(names, " and ")
}

func (s spans) file(i int) string { return s[i].file }

// of gives the source that a line is of, and its number there.
func (s spans) of(line int) (file string, number int) {
	for _, x := range s {
		if line > x.before {
			file, number = x.file, line-x.before
		}
	}
	return file, number
}

// spansOf counts the lines of all sources on.
func spansOf(sources []Source) spans {
	s := make(spans, len(sources))
	before := 0
	for i, x := range sources {
		s[i].file, s[i].before = x.Name, before
		before += strings.Count(x.Text, "\n") + 1
	}
	return s
}
