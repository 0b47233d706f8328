package importer

import (
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/internal/pattern"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// What Ansible's reader of YAML, which is PyYAML of YAML 1.1, takes for a boolean
// where it stands without quotes.
var yaml11Bool = pattern.Of(`^(yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$`)

// entry is a field of a mapping of the source.
type entry struct {
	key  string // printable and short
	line int
	node *yaml.Node
}

// entries gives the fields of a mapping, each once: of a key that stands twice, the
// last one, as for Ansible and Juju. what is the mapping, for messages.
func (r *reading) entries(n *yaml.Node, what string) iter.Seq[entry] {
	return func(yield func(entry) bool) {
		n := yamlnode.Target(n)
		if n == nil || n.Kind == yaml.ScalarNode && n.ShortTag() == yaml.NodeTagNull {
			return
		}
		if n.Kind != yaml.MappingNode {
			r.tell(config.Error, n.Line, what, "must be a mapping of names and values")
			return
		}
		if len(n.Content) > 2*maxEntries {
			r.tell(config.Error, n.Line, what, "has more than %d entries: no site has so many", maxEntries)
			return
		}
		last := map[string]int{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			last[yamlnode.Target(n.Content[i]).Value] = i
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, line := yamlnode.Target(n.Content[i]), n.Content[i].Line
			e := entry{short(key.Value), line, yamlnode.Target(n.Content[i+1])}
			switch {
			case key.Kind != yaml.ScalarNode:
				r.tell(config.Error, line, what, "has a key that is not text, such as {{ }} without quotes")
			case key.Value == "<<":
				r.tell(config.Error, line, what, "merges with <<, which is not supported: write the fields")
			case last[key.Value] != i:
				r.tell(config.Warning, line, e.key, "is set again on line %d, which counts", n.Content[last[key.Value]].Line)
			default:
				if !yield(e) {
					return
				}
			}
		}
	}
}

// scalar is the text that Ansible makes of a value; ok is false for what is told
// and gives none. An empty one counts as missing.
func (r *reading) scalar(e entry, name string) (value string, ok bool) {
	n := e.node
	plain := n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
	switch {
	case n.Tag == "!vault" || strings.HasPrefix(n.Value, "$ANSIBLE_VAULT;"):
		r.fault(e.line, name, "is encrypted with ansible-vault: write the value that ansible-vault view shows")
		return "", false
	case n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle != 0 && len(n.Content) > 0 && yamlnode.Target(n.Content[0]).Kind == yaml.MappingNode:
		r.fault(e.line, name, "%s", template)
		return "", false
	case n.Kind != yaml.ScalarNode:
		r.fault(e.line, name, "must be text: write it in quotes")
		return "", false
	case n.ShortTag() == yaml.NodeTagNull:
		return "", true
	case plain && yaml11Bool().MatchString(n.Value):
		if slices.Contains([]string{"yes", "true", "on"}, strings.ToLower(n.Value)) {
			return "True", true // as Python prints it
		}
		return "False", true
	case plain && n.ShortTag() == yaml.NodeTagFloat && decimal().MatchString(n.Value):
		// A version of two numbers, most likely: 5.10 is 5.1 to Ansible.
		f, err := strconv.ParseFloat(n.Value, 64)
		if err != nil {
			break
		}
		if made := shortest(f); made != n.Value {
			r.tell(config.Warning, e.line, e.key, "%s", shortened)
			return made, true
		}
	case plain && n.ShortTag() == yaml.NodeTagInt && !integer().MatchString(n.Value):
		r.fault(e.line, name, "is a number that is not decimal and has no quotes, so its value is ambiguous: write it in quotes")
		return "", false
	}
	return n.Value, true
}

var (
	decimal = pattern.Of(`^[0-9]{1,6}\.[0-9]{1,6}$`)
	integer = pattern.Of(`^(0|[1-9][0-9]*)$`)
)

// shortened says what becomes of a number, without the number: it may be a password.
const shortened = "has no quotes, so the deployer reads a number and drops zeros at the end: the import does the same"

// shortest is how Python prints a number with a point.
func shortest(f float64) string {
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// put makes a setting of a value, in place of an earlier one. Nothing is filled in:
// a template is told with its line.
func (r *reading) put(name, value string, line int) {
	r.settings.Lines = slices.DeleteFunc(r.settings.Lines, func(l env.Line) bool { return l.Name == name })
	if strings.Contains(value, "{{") || strings.Contains(value, "{%") {
		r.fault(line, name, "%s", template)
		return
	}
	known, _ := env.Lookup(name)
	r.settings.Lines = append(r.settings.Lines, env.Line{Setting: env.Setting{Name: name, Value: value}, Number: line, Secret: known.Password()})
}

// putFrom is put, and says beside the field of the variable what of the source it
// comes from.
func (r *reading) putFrom(place, name, value string, line int) {
	r.put(name, value, line)
	if v, _ := env.Lookup(name); v.Field != "" {
		r.places["spec."+v.Field] = place
	}
}

// insecure is what the source says of a registry without TLS.
func (r *reading) insecure(key, value string, line int) {
	switch truth, ok := env.ParseBool(value); {
	case !ok:
		r.tell(config.Error, line, key, "must be true or false")
	case truth:
		r.setNode(yamlnode.Of(true), key, "images", "insecure")
	}
}

// value is that of a setting, "" for none.
func (r *reading) value(name string) string {
	for _, l := range r.settings.Lines {
		if l.Name == name {
			return l.Value
		}
	}
	return ""
}

// has reports whether the source says something of a variable, be it wrong.
func (r *reading) has(name string) bool {
	return r.value(name) != "" || slices.ContainsFunc(r.settings.Faults, func(f env.Fault) bool { return f.Name == name })
}

// lineOf is where a setting stands.
func (r *reading) lineOf(name string) int {
	for _, l := range r.settings.Lines {
		if l.Name == name {
			return l.Number
		}
	}
	return 1
}

// notNested tells of a source that has the flag not as the images want it.
func (r *reading) notNested(line int) {
	if !r.has(env.NestedMode) {
		r.tell(config.Warning, line, env.NestedMode, "is missing or empty, so the images silently use 0: the cluster was not nested; the NestedConfig is nested")
	}
}

// project takes out the project of kube-manager: its virtual network has one too, and
// that of the network wins. line is where it stands, 0 for not by that name.
func (r *reading) project(line int) {
	const variable = env.ClusterProject
	text := r.value(variable)
	if line == 0 {
		line = r.lineOf(variable)
	}
	r.settings.Lines = slices.DeleteFunc(r.settings.Lines, func(l env.Line) bool { return l.Name == variable })
	project, ok := env.ParseDict(text)
	network, _ := env.ParseDict(r.value(env.ClusterNetwork))
	same := ok && !slices.ContainsFunc(project, func(p env.Setting) bool { return !slices.Contains(network, p) })
	switch {
	case text == "", text == "{}":
	case same:
		r.note("cluster_project", "is that of cluster_network")
	default:
		r.drop(line, "cluster_project", "is not the project of cluster_network, which kube-manager uses: it is left out")
	}
}
