package pin

import (
	"errors"
	"fmt"
	"strings"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// editor collects what is to be put into a text. It goes by the positions of the
// parsed nodes and is not sure of anything: the result is read back.
type editor struct {
	text  []byte
	lines []int // where each line begins
	edits []edit
}

// edit puts text at an offset, in the place of drop bytes.
type edit struct {
	at, drop int
	insert   string
}

// addition is a field to be added, with a value or with fields of its own.
type addition struct {
	name, value string
	fields      []addition
}

// target is a mapping of the text to which fields are added.
type target struct {
	key, value *yaml.Node
	inFlow     bool // within braces
	step       int  // columns by which the document indents
}

// pin plans the pins of one document. Everything new goes below spec.linkLocal:
// serviceIPs, by fabric address, and vrouterServiceIP.
func (e *editor) pin(doc *yaml.Node, pins []linklocal.Assignment) error {
	serviceIPs := addition{name: "serviceIPs"}
	var vrouter []addition
	for _, a := range pins {
		if a.Fabric == (linklocal.Host{}) {
			vrouter = append(vrouter, addition{name: "vrouterServiceIP", value: a.ServiceIP.String()})
			continue
		}
		serviceIPs.fields = append(serviceIPs.fields, addition{name: a.Fabric.String(), value: a.ServiceIP.String()})
	}
	linkLocal := addition{name: "linkLocal"}
	if len(serviceIPs.fields) > 0 {
		linkLocal.fields = append(linkLocal.fields, serviceIPs)
	}
	linkLocal.fields = append(linkLocal.fields, vrouter...)

	key, value, err := find(doc, "spec")
	if err != nil || key == nil {
		return errUnreadable
	}
	s := target{key: key, value: value, inFlow: flow(doc), step: 2}
	if first := value.Content; len(first) > 0 && !flow(value) && first[0].Column > key.Column {
		s.step = first[0].Column - key.Column
	}
	return e.add(s, []addition{linkLocal})
}

// after are the fields behind which a new one stands best, best first.
var after = map[string][]string{
	"linkLocal":        {"underlay", "connectivity"},
	"serviceIPs":       {"exclude", "pool"},
	"vrouterServiceIP": {"serviceIPs", "exclude", "pool"},
}

func (e *editor) add(s target, fields []addition) error {
	if s.value.Kind == yaml.AliasNode {
		return fmt.Errorf("has an alias at %s, and pins cannot be written into an alias: replace it by its fields", s.key.Value)
	}
	if s.value.Kind == yaml.ScalarNode || len(s.value.Content) == 0 {
		return e.fill(s, fields)
	}
	var fresh []addition
	for _, f := range fields {
		key, value, err := find(s.value, f.name)
		if err != nil {
			return err
		}
		if key == nil {
			fresh = append(fresh, f)
			continue
		}
		below := target{key, value, s.inFlow || flow(s.value), s.step}
		if err := e.add(below, f.fields); err != nil {
			return err
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	if flow(s.value) {
		last := s.value.Content[len(s.value.Content)-1]
		at, ok := e.end(last)
		if !ok {
			return errUnreadable
		}
		e.edits = append(e.edits, edit{at: at, insert: ", " + inline(fresh, quotes(s.key))})
		return nil
	}
	return e.lineAfter(s.value, after[fresh[0].name], block(fresh, s.value.Content[0].Column-1, s.step))
}

// fill gives a section without fields its first ones.
func (e *editor) fill(s target, fields []addition) error {
	at, ok := e.offset(s.value)
	if !ok || s.value.Kind == yaml.SequenceNode || s.value.Kind == yaml.ScalarNode && s.value.ShortTag() != yaml.NodeTagNull {
		return errUnreadable
	}
	text := inline(fields, quotes(s.key))
	if s.value.Kind == yaml.MappingNode { // {}
		open := strings.IndexByte(string(e.text[at:]), '{')
		if open < 0 {
			return errUnreadable
		}
		e.edits = append(e.edits, edit{at: at + open + 1, insert: text})
		return nil
	}
	if s.value.Value != "" { // null, ~
		e.edits = append(e.edits, edit{at: at, drop: len(s.value.Value), insert: "{" + text + "}"})
		return nil
	}
	if s.inFlow {
		e.edits = append(e.edits, edit{at: at, insert: " {" + text + "}"})
		return nil
	}
	return e.lineBehind(at, block(fields, s.key.Column-1+s.step, s.step))
}

// lineAfter puts lines behind a field of a block: the best one whose end is
// certain.
func (e *editor) lineAfter(block *yaml.Node, best []string, lines []string) error {
	var candidates []*yaml.Node
	for _, name := range best {
		if key, value, _ := find(block, name); key != nil {
			candidates = append(candidates, value)
		}
	}
	for i := len(block.Content) - 1; i > 0; i -= 2 {
		candidates = append(candidates, block.Content[i])
	}
	for _, c := range candidates {
		if at, ok := e.end(c); ok && e.lineBehind(at, lines) == nil {
			return nil
		}
	}
	return errUnreadable
}

// lineBehind puts lines behind the line in which something ends.
func (e *editor) lineBehind(at int, lines []string) error {
	begin, end, next := e.line(at)
	rest := strings.TrimLeft(string(e.text[at:end]), " \t")
	if rest != "" && (rest[0] != '#' || len(rest) == end-at && at > begin) {
		return errUnreadable
	}
	// A deeper comment below belongs to what stands above.
	indent := len(lines[0]) - len(strings.TrimLeft(lines[0], " "))
	for next > end && next < len(e.text) {
		_, commentEnd, following := e.line(next)
		comment := strings.TrimLeft(string(e.text[next:commentEnd]), " ")
		if !strings.HasPrefix(comment, "#") || commentEnd-next-len(comment) <= indent {
			break
		}
		end, next = commentEnd, following
	}
	newline := e.newline(end, next)
	text := strings.Join(lines, newline)
	if next == end { // the last line has no end, and keeps none
		e.edits = append(e.edits, edit{at: end, insert: newline + text})
	} else {
		e.edits = append(e.edits, edit{at: next, insert: text + newline})
	}
	return nil
}

var errMerged = errors.New("has a merge key (<<), and pins cannot be written through it: replace it by its fields")

// find gives a field of a mapping, nil when it is not there. One that a merge key
// may bring is an error: a field of its own would hide the whole of it.
func find(n *yaml.Node, name string) (key, value *yaml.Node, err error) {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil, nil, errUnreadable
	}
	for key, value := range yamlnode.Fields(n) {
		switch key.Value {
		case name:
			return key, value, nil
		case "<<":
			err = errMerged
		}
	}
	return nil, nil, err
}
