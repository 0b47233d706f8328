package yamlwrite

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// writer is a document while it is written.
type writer struct {
	out    []byte
	failed bool // there is something that only the encoder can write
}

// isBlock reports whether a node is a mapping or list that is written below its name,
// one line or more for each of its parts.
func isBlock(n *yaml.Node, kind yaml.Kind) bool {
	return n.Kind == kind && n.Style == 0 && len(n.Content) > 0
}

// bare reports whether a node is nothing beside its value.
func bare(n *yaml.Node) bool {
	return n.Anchor == "" && n.HeadComment == "" && n.LineComment == "" && n.FootComment == ""
}

// collection reports whether a node has the tag of its kind, and is nothing else.
func collection(n *yaml.Node, tag string) bool {
	return bare(n) && (n.Tag == tag || n.Tag == "")
}

// mapping writes the fields of a mapping. The line of the first one is begun already.
func (w *writer) mapping(n *yaml.Node, indent int) {
	if !collection(n, yaml.NodeTagMap) || len(n.Content)%2 != 0 {
		w.failed = true
	}
	for i := 0; i+1 < len(n.Content) && !w.failed; i += 2 {
		if i > 0 {
			w.indent(indent)
		}
		w.head(n.Content[i].HeadComment, indent)
		w.key(n.Content[i])
		w.out = append(w.out, ':')
		switch v := n.Content[i+1]; {
		case isBlock(v, yaml.MappingNode):
			w.out = append(w.out, '\n')
			w.indent(indent + 2)
			w.mapping(v, indent+2)
		case isBlock(v, yaml.SequenceNode):
			w.out = append(w.out, '\n')
			w.indent(indent)
			w.list(v, indent)
		default:
			w.leaf(v, indent+2)
		}
	}
}

// list writes the items of a list. The line of the first one is begun already.
func (w *writer) list(n *yaml.Node, indent int) {
	if !collection(n, yaml.NodeTagSeq) {
		w.failed = true
	}
	for i, v := range n.Content {
		if w.failed {
			return
		}
		if i > 0 {
			w.indent(indent)
		}
		w.out = append(w.out, '-')
		switch {
		case isBlock(v, yaml.MappingNode):
			w.out = append(w.out, ' ')
			w.item(v, indent+2)
		case isBlock(v, yaml.SequenceNode):
			w.out = append(w.out, ' ')
			w.list(v, indent+2)
		default:
			w.leaf(v, indent+2)
		}
	}
}

// item writes a mapping that begins behind the dash of its item. There the encoder has
// another place for a comment.
func (w *writer) item(n *yaml.Node, indent int) {
	if n.Content[0].HeadComment != "" {
		w.failed = true
	}
	w.mapping(n, indent)
}

// head writes the comment above a field, whose line is begun already.
func (w *writer) head(comment string, indent int) {
	if comment == "" {
		return
	}
	for line := range strings.SplitSeq(comment, "\n") {
		if line == "" || line[0] != '#' || !ascii(line) {
			w.failed = true
			return
		}
		w.out = append(append(w.out, line...), '\n')
		w.indent(indent)
	}
}

// leaf writes what stands on the line of its name, and ends that line. Indent is that
// of the lines behind it.
func (w *writer) leaf(n *yaml.Node, indent int) {
	switch {
	case n.Kind == yaml.ScalarNode:
		w.scalar(n, indent)
	case n.Kind == yaml.MappingNode, n.Kind == yaml.SequenceNode:
		w.out = append(w.out, ' ')
		w.flow(n)
	default:
		w.failed = true
	}
	w.out = append(w.out, '\n')
}

// flow writes what stands on one line: a collection in brackets or braces, which may
// be empty, or a scalar in it.
func (w *writer) flow(n *yaml.Node) {
	switch {
	case n.Kind == yaml.ScalarNode:
		text, style, ok := simple(n)
		if !ok || !bare(n) || style == 0 && !flat(text) {
			w.failed = true
			return
		}
		w.quote(text, style)
		return
	case n.Style != yaml.FlowStyle && (n.Style != 0 || len(n.Content) > 0):
		w.failed = true
	case n.Kind == yaml.MappingNode && collection(n, yaml.NodeTagMap) && len(n.Content)%2 == 0:
		w.out = append(w.out, '{')
		for i, x := range n.Content {
			w.between(i, i%2 == 1)
			w.flow(x)
			w.failed = w.failed || i%2 == 0 && (x.Kind != yaml.ScalarNode || len(x.Value) > longestKey || x.Value == "")
		}
		w.out = append(w.out, '}')
	case n.Kind == yaml.SequenceNode && collection(n, yaml.NodeTagSeq):
		w.out = append(w.out, '[')
		for i, x := range n.Content {
			w.between(i, false)
			w.flow(x)
		}
		w.out = append(w.out, ']')
	default:
		w.failed = true
	}
}

// between writes what stands in front of the i-th part of a flow.
func (w *writer) between(i int, value bool) {
	switch {
	case value:
		w.out = append(w.out, ": "...)
	case i > 0:
		w.out = append(w.out, ", "...)
	}
}

func (w *writer) indent(n int) {
	const blanks = "                                "
	for ; n > len(blanks); n -= len(blanks) {
		w.out = append(w.out, blanks...)
	}
	w.out = append(w.out, blanks[:n]...)
}

// lines writes literal text, whose first line is that of the name.
func (w *writer) lines(text string, indent int) {
	text, ended := strings.CutSuffix(text, "\n")
	w.out = append(w.out, " |"...)
	if !ended {
		w.out = append(w.out, '-')
	}
	for line := range strings.SplitSeq(text, "\n") {
		w.out = append(w.out, '\n')
		if line != "" {
			w.indent(indent)
			w.out = append(w.out, line...)
		}
	}
}
