package source

import (
	"io"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
)

// Read gives the resources of the kinds under the paths, in the order of their
// files, and what is wrong with paths, files and documents. What a document says
// is not judged.
func Read(paths []string, in io.Reader, o Options) ([]Doc, config.Problems) {
	f := find(paths, o)
	parts := make([]part, len(f.files))
	read := func(i int) {
		parts[i] = f.files[i].part(in, o.kinds())
		if parts[i].failed() {
			f.tell(i)
		}
	}

	// First, what users write.
	for i, file := range f.files {
		if !file.rendered {
			read(i)
		}
	}
	// Next, what render has written, where a path holds nothing that it is made of.
	made := f.leadTo(config.Kind, parts)
	for i, file := range f.files {
		if file.rendered && slices.ContainsFunc(file.paths, func(p int) bool { return !made[p] }) {
			read(i)
		}
	}

	// Last, all of it in the order of the files.
	var docs []Doc
	problems := f.problems
	documents := 0
	for _, p := range parts {
		documents += p.documents
	}
	empty := f.empty(func(i int) bool { return parts[i].documents > 0 })
	for i, p := range parts {
		if documents == 1 && len(parts) == 1 { // nobody to take it for
			p.problems.At("")
			for j := range p.docs {
				p.docs[j].Where = ""
			}
		}
		docs = append(docs, p.docs...)
		problems = append(append(problems, p.problems...), empty[i]...)
	}
	return docs, problems
}

// One is Read for those who want one NestedConfig.
func One(path string, in io.Reader) (Doc, config.Problems) {
	docs, problems := Read([]string{path}, in, Options{})
	if problems.Errors() {
		return Doc{}, problems
	}
	if len(docs) > 1 {
		return Doc{}, config.Problems{{Severity: config.Error, Where: name(path),
			Message: "holds more than one NestedConfig, such as " + docs[0].Where + " and " + docs[1].Where + ": must be one"}}
	}
	return docs[0], nil
}

// part is what one file gave.
type part struct {
	docs      []Doc
	documents int // all of the kinds, also those with which something is wrong
	problems  config.Problems
}

func (p part) failed() bool { return p.problems.Errors() }

func (f file) part(in io.Reader, kinds []string) part {
	var p part
	text, err := f.read(in)
	if err != nil {
		p.problems = append(p.problems, problem(err))
		return p
	}
	var all []Doc
	var faults []error
	for doc, err := range f.docs(text, kinds) {
		if doc.Node == nil {
			p.problems = append(p.problems, problem(err))
			continue
		}
		all, faults = append(all, doc), append(faults, err)
	}
	call(all)
	p.documents = len(all)
	for i, doc := range all {
		if faults[i] == nil {
			doc.Text = text
			p.docs = append(p.docs, doc)
		}
		p.problems = append(p.problems, lines(faults[i]).At(doc.Where)...)
	}
	return p
}

// lines are problems of one line each.
func lines(err error) config.Problems {
	var ps config.Problems
	if err == nil {
		return ps
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		ps = append(ps, config.Problem{Severity: config.Error, Message: line})
	}
	return ps
}

// tell notes that something is told about a file, and so about its paths.
func (f *found) tell(file int) {
	for _, p := range f.files[file].paths {
		f.told[p] = true
	}
}

// leadTo says which paths led to a resource of a kind, or to something of which
// that cannot be said.
func (f *found) leadTo(kind string, parts []part) []bool {
	yes := slices.Clone(f.told)
	for i, file := range f.files {
		for _, p := range file.paths {
			yes[p] = yes[p] || slices.ContainsFunc(parts[i].docs, func(d Doc) bool { return d.Kind == kind })
		}
	}
	return yes
}

// empty are the errors of paths that led to no resource, each by the last of its
// files.
func (f *found) empty(held func(file int) bool) map[int]config.Problems {
	last := make([]int, len(f.names))
	for i, file := range f.files {
		for _, p := range file.paths {
			last[p] = i
			f.told[p] = f.told[p] || held(i)
		}
	}
	out := map[int]config.Problems{}
	for p, told := range f.told {
		if !told {
			out[last[p]] = append(out[last[p]], config.Problem{Severity: config.Error, Message: f.names[p] + ": holds no " + either(f.options.kinds())})
		}
	}
	return out
}

// either names some things: a, b or c.
func either(names []string) string {
	if last := len(names) - 1; last > 0 {
		return strings.Join(names[:last], ", ") + " or " + names[last]
	}
	return names[0]
}
