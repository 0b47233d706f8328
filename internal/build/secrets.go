package build

import (
	"encoding/base64"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/nested-config/nested-config/internal/pattern"
	"github.com/nested-config/nested-config/internal/yamlguard"
	"github.com/nested-config/nested-config/internal/yamlnode"
)

// secrets are those of a file.
func (s source) secrets(content []byte) []string {
	found := secretsIn(content)
	if s&lines != 0 {
		for line := range strings.Lines(string(content)) {
			found = append(found, assigned(strings.TrimSpace(line), s&ofSecret != 0)...)
		}
	}
	if s&ofSecret != 0 {
		found = append(found, string(content))
	}
	return found
}

// secretsIn are those of a text in YAML. A document that the guard refuses reaches nobody who could quote it.
func secretsIn(content []byte) (found []string) {
	budget := yamlguard.NewBudget(maxAddedNodes, maxAddedBytes)
	for _, doc := range documents(content) {
		if budget.Check(doc) != nil {
			continue
		}
		found = append(found, secretsOf(yaml.NewRNode(doc).YNode(), false)...)
	}
	return found
}

var secretName = pattern.Of(`(?i)pass|secret|token|credential|key`)

// assigned is what may be secret in name=value: the value, where all are or the name says so, and the whole where it is no such thing.
func assigned(text string, secret bool) []string {
	name, value, found := strings.Cut(text, "=")
	switch {
	case strings.HasPrefix(text, "#"):
		return nil
	case !found || !variable().MatchString(name):
		return []string{text, name, value}
	case secret || secretName().MatchString(name):
		return []string{value, strings.Trim(value, `"'`)}
	}
	return nil
}

var variable = pattern.Of(`^[A-Za-z_.-][A-Za-z0-9_.-]*$`)

// secretsOf are the texts below a node that are secret by their place; all of them, if secret. What is no YAML is no text: the messages of its parser show
// nothing of it (see words).
func secretsOf(n *yaml.Node, secret bool) (found []string) {
	n = yamlnode.Target(n)
	switch {
	case n == nil:
	case n.Kind == yaml.ScalarNode && secret:
		found = append(found, n.Value)
		if decoded, err := base64.StdEncoding.DecodeString(n.Value); err == nil {
			found = append(found, string(decoded))
		}
	case n.Kind == yaml.SequenceNode:
		for _, item := range n.Content {
			found = append(found, secretsOf(item, secret)...)
		}
	case n.Kind == yaml.MappingNode:
		kind, name, path := yamlnode.Text(n, "kind"), yamlnode.Text(n, "name"), yamlnode.Text(n, "path")
		for key, value := range yamlnode.Fields(n) {
			found = append(found, secretsOf(value, secret || holdsSecret(key.Value, kind, name, path))...)
			switch key.Value {
			case "literals", "commonEnv":
				found = append(found, literals(value, kind == "SecretGenerator")...)
			case "patch", "patches", "jsonOp": // YAML in YAML
				if text := yamlnode.Text(value); text != "" {
					found = append(found, secretsIn([]byte(text))...)
				}
			}
		}
	}
	return found
}

// holdsSecret reports whether a field holds secrets: the data of anything but a ConfigMap (a patch may have no kind), the value of a variable, and of a
// JSON patch of one of these.
func holdsSecret(key, kind, name, path string) bool {
	switch key {
	case "data", "stringData":
		return kind != "ConfigMap"
	case "value":
		return secretName().MatchString(name) || strings.HasPrefix(path, "/data") || strings.HasPrefix(path, "/stringData")
	}
	return false
}

func literals(n *yaml.Node, secret bool) (found []string) {
	n = yamlnode.Target(n)
	if n == nil {
		return nil
	}
	for _, item := range append(slices.Clone(n.Content), n) {
		for line := range strings.Lines(item.Value) {
			found = append(found, assigned(strings.TrimSpace(line), secret)...)
		}
	}
	return found
}
