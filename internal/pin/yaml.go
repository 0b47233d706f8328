package pin

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// block writes fields as lines.
func block(fields []addition, indent, step int) []string {
	var lines []string
	for _, f := range fields {
		line := strings.Repeat(" ", indent) + scalar(f.name, false) + ":"
		if f.value != "" {
			line += " " + scalar(f.value, false)
		}
		lines = append(lines, line)
		lines = append(lines, block(f.fields, indent+step, step)...)
	}
	return lines
}

// inline writes fields as they stand between braces.
func inline(fields []addition, quoted bool) string {
	var parts []string
	for _, f := range fields {
		value := "{" + inline(f.fields, quoted) + "}"
		if f.value != "" {
			value = scalar(f.value, quoted)
		}
		parts = append(parts, scalar(f.name, quoted)+": "+value)
	}
	return strings.Join(parts, ", ")
}

// scalar is an address or a host name as YAML, in quotes where the file has its
// names in quotes, as JSON does, or where YAML would take it for something else.
func scalar(s string, quoted bool) string {
	if quoted {
		return `"` + s + `"` // addresses and host names have nothing to escape
	}
	text, err := yaml.Marshal(s)
	if err != nil {
		panic(err) // a string always encodes
	}
	return strings.TrimSuffix(string(text), "\n")
}

func quotes(key *yaml.Node) bool { return key.Style&yaml.DoubleQuotedStyle != 0 }

func flow(n *yaml.Node) bool { return n.Style&yaml.FlowStyle != 0 }
