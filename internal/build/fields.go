package build

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/yaml"
)

// use is what kustomize does with a text of a kustomization: every text that it opens something for, or parses as YAML.
type use int

const (
	_         use = iota
	entry         // a file, a directory or a repository; under generators:, transformers: and validators: also YAML
	directory     // a directory or a repository
	file          // a file
	data          // a file that is not parsed as YAML
	keyedData     // the same, as KEY=FILE or FILE
	patch         // YAML, or a file
	inline        // YAML
)

// uses are the fields of a kustomization that kustomize opens something for, but those of Helm, which are refused altogether. A test holds that none of the type's is missing.
var uses = map[string]use{
	"resources": entry, "bases": entry, "components": directory, "generators": entry, "transformers": entry, "validators": entry,
	"openapi.path": file, "crds": file, "configurations": file, "replacements.path": file,
	"patches.path": file, "patches.patch": inline, "patchesJson6902.path": file, "patchesJson6902.patch": inline, "patchesStrategicMerge": patch,
	"configMapGenerator.files": keyedData, "configMapGenerator.envs": data, "configMapGenerator.env": data,
	"secretGenerator.files": keyedData, "secretGenerator.envs": data, "secretGenerator.env": data,
}

// pluginUses are the same of kustomize's own plugins, as resources under generators:, transformers: and validators:.
var pluginUses = map[string]use{
	"path": file, "paths": patch, "patch": inline, "patches": inline, "jsonOp": inline, "targetFilePath": file, "replacements.path": file,
	"files": keyedData, "envs": data, "env": data,
}

// parse reads a kustomization as kustomize does, by way of JSON: the first document, aliases and merge keys written out, of a key that stands
// twice the last, names of fields in any case. It returns it with the fields' own names, or an error where one field has several.
func parse(content []byte) (map[string]any, error) {
	text, err := yaml.YAMLToJSON(content)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	var tree map[string]any
	if err := d.Decode(&tree); err != nil {
		return nil, err
	}
	return named(tree, reflect.TypeFor[types.Kustomization]())
}

var errTwice = errors.New("stands twice, in different spellings: keep one")

// named gives the keys of a mapping the names that the type's JSON has for them.
func named(tree map[string]any, t reflect.Type) (map[string]any, error) {
	names := jsonNames(t)
	out := make(map[string]any, len(tree))
	for key, value := range tree {
		for _, name := range names {
			if strings.EqualFold(key, name) {
				key = name
			}
		}
		if _, twice := out[key]; twice {
			return nil, fmt.Errorf("%s: %w", key, errTwice)
		}
		out[key] = value
	}
	return out, nil
}

func jsonNames(t reflect.Type) (names []string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" && f.Anonymous {
			names = append(names, jsonNames(f.Type)...)
		} else {
			names = append(names, name)
		}
	}
	return names
}

// setting is a text that kustomize does something with.
type setting struct {
	field string // resources[0]
	use   use
	value string
	set   func(string)
}

// texts returns the texts of a kustomization, or of the config of a plugin, in the order of their fields.
func texts(tree map[string]any, uses map[string]use) []setting {
	var found []setting
	var walk func(value any, name, field string, set func(string))
	walk = func(value any, name, field string, set func(string)) {
		switch value := value.(type) {
		case string:
			if u := uses[name]; u != 0 {
				found = append(found, setting{field: field, use: u, value: value, set: set})
			}
		case []any:
			for i, v := range value {
				walk(v, name, fmt.Sprintf("%s[%d]", field, i), func(s string) { value[i] = s })
			}
		case map[string]any:
			for _, key := range sortedKeys(value) {
				folded, ok := fold(name, key, uses)
				if ok {
					walk(value[key], folded, strings.TrimPrefix(field+"."+key, "."), func(s string) { value[key] = s })
				}
			}
		}
	}
	walk(tree, "", "", nil)
	return found
}

// fold returns the name in uses that key, spelled in any case, continues name to, or completes.
func fold(name, key string, uses map[string]use) (string, bool) {
	full := strings.TrimPrefix(name+"."+key, ".")
	for n := range uses {
		if len(n) >= len(full) && strings.EqualFold(n, full) {
			return n, true
		}
		if parent, _, ok := strings.Cut(n, "."); ok && name == "" && strings.EqualFold(parent, key) {
			return parent, true
		}
	}
	return "", false
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// node writes a tree as YAML again.
func node(tree map[string]any) (*kyaml.RNode, error) {
	var n kyaml.Node
	if err := n.Encode(plain(tree)); err != nil {
		return nil, err
	}
	return kyaml.NewRNode(&n), nil
}

// plain replaces the numbers of JSON by those of YAML.
func plain(value any) any {
	switch value := value.(type) {
	case json.Number:
		if i, err := value.Int64(); err == nil {
			return i
		}
		f, _ := value.Float64() // JSON has been checked when it was read
		return f
	case []any:
		for i, v := range value {
			value[i] = plain(v)
		}
	case map[string]any:
		for k, v := range value {
			value[k] = plain(v)
		}
	}
	return value
}
