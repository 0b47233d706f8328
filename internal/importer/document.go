package importer

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/internal/printable"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// document writes the NestedConfig. Beside each field stands the variable that
// it comes from.
func document(c config.Config, site Site, d draft, unread []string) string {
	variables := map[string]string{}
	for v := range env.Contract() {
		if v.Field != "" {
			variables["spec."+v.Field] = v.Name
		}
	}
	maps.Copy(variables, d.places)
	maps.Copy(variables, d.comments)
	if c.Spec.Connectivity == config.DirectMode {
		variables["spec.connectivity"] = "the pods connect to the addresses below as they are; if they are service IPs, write LinkLocal"
	}
	annotations := yamlnode.Map(
		"config.kubernetes.io/local-config", "true",
		"config.kubernetes.io/function", yamlnode.Literal("exec: {path: nested-config}\n"))
	doc := yamlnode.Map(
		"apiVersion", config.APIVersion,
		"kind", config.Kind,
		"metadata", yamlnode.Map("name", c.Name, "annotations", annotations),
		"spec", config.Brief(c.Spec, func(path string) string { return variables[path] }))
	head := []string{"yaml-language-server: $schema=" + config.SchemaID}
	head = append(head, wrap("Imported from "+site.sources()+": the values that differ from the defaults, with the variable of each field.", 78)...)
	if len(unread) > 0 {
		head = append(head, "Left out, because no image reads them in nested mode:")
		head = append(head, wrap(strings.Join(unread, ", "), 78)...)
	}
	if len(d.left) > 0 {
		head = append(head, "Left out, because a NestedConfig cannot hold it:")
		for _, line := range d.left {
			head = append(head, wrap(printable.Text(line), 78)...)
		}
	}
	doc.Content[0].HeadComment = "# " + strings.Join(head, "\n# ")

	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.CompactSeqIndent()
	if err := e.Encode(doc); err != nil {
		panic(err) // strings, numbers and booleans always encode
	}
	return b.String()
}

// sources are what a site was read from, for a comment.
func (s Site) sources() string {
	what := []string{s.Form.what()}
	for _, f := range s.Further {
		if !slices.Contains(what, f.what()) {
			what = append(what, f.what())
		}
	}
	return strings.Join(what, " and ")
}

// wrap breaks a line at blanks.
func wrap(s string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.SplitSeq(s, " ") {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}
