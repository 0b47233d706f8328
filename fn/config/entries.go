package config

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

type entry struct {
	key, path string
	value     *yaml.Node
}

// entries are the fields of a mapping, merge keys (<<) resolved: what stands in
// the mapping itself wins, then the earlier merged mapping.
func (d *decoder) entries(path string, n *yaml.Node, tag reflect.StructTag) []entry {
	if n.Kind != yaml.MappingNode {
		d.problems.errorf(path, show(n, tag), "%s", collection(n, "{", "must be a mapping of fields"))
		return nil
	}
	var out []entry
	seen := map[string]bool{}
	var merged []*yaml.Node
	for k, v := range yamlnode.Fields(n) {
		k = yamlnode.Target(k)
		if k == nil || k.Kind != yaml.ScalarNode || k.ShortTag() == yaml.NodeTagNull {
			d.problems.errorf(path, "", "has a key that is not a string")
			continue
		}
		if k.ShortTag() == "!!merge" {
			merged = append(merged, v)
			continue
		}
		e := entry{k.Value, join(path, k.Value), v}
		if seen[e.key] {
			if isPrivate(tag) {
				d.problems.errorf(path, "", "has a key twice: keep one")
			} else {
				d.problems.errorf(e.path, "", "appears twice: keep one")
			}
			continue
		}
		seen[e.key] = true
		out = append(out, e)
	}
	for _, m := range merged {
		for _, e := range d.mergedEntries(path, m) {
			if !seen[e.key] {
				seen[e.key] = true
				out = append(out, e)
			}
		}
	}
	return out
}

func (d *decoder) mergedEntries(path string, n *yaml.Node) []entry {
	if !d.spend() {
		return nil
	}
	n = yamlnode.Target(n)
	if n != nil && n.Kind == yaml.SequenceNode {
		var out []entry
		for _, m := range n.Content {
			out = append(out, d.mergedEntries(path, m)...)
		}
		return out
	}
	if n == nil || n.Kind != yaml.MappingNode {
		d.problems.errorf(path, "", "merges (<<) something that is not a mapping")
		return nil
	}
	return d.entries(path, n, "")
}

func join(path, key string) string {
	key = onOneLine(nameOf(key))
	if path == "" {
		return key
	}
	return path + "." + key
}

// nameOf is a key as far as it can be the name of a field or variable. The rest
// may be a value that became part of the key: {password x}, {PASSWORD=x}.
func nameOf(key string) string {
	if i := strings.IndexAny(key, " \t=:@"); i >= 0 {
		return key[:i] + "…"
	}
	return key
}

// onOneLine is a key as it may stand in a path: anybody can write one that
// breaks the line or fills the screen.
func onOneLine(key string) string {
	if len(key) > 253 || strings.ContainsFunc(key, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return quote(key)
	}
	return key
}
