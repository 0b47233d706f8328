package build

import (
	"iter"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sort"
	"strings"

	"sigs.k8s.io/kustomize/api/types"

	"github.com/nested-config/nested-config/internal/pattern"
	"github.com/nested-config/nested-config/internal/secret"
)

// withhold takes what quotes a secret of the build out of an error of kustomize. It quotes much of what it cannot use, each release something else, so its
// words are compared with everything that it has read and that is, or may be, a secret. What stands in front of a quotation, mostly file and field, stays.
func (b *builder) withhold(err error) error {
	if err == nil {
		return nil
	}
	text := words(err.Error())
	if !secret.Quotes(text, b.secrets()) {
		return oneLine{err, text}
	}
	parts := strings.Split(text, ": ")
	// A longer beginning quotes no less, and a message may have thousands of parts: each look at it takes milliseconds.
	quoted := sort.Search(len(parts)-1, func(n int) bool { return secret.Quotes(strings.Join(parts[:n+1], ": "), b.secrets()) })
	return oneLine{err, strings.Join(append(parts[:quoted:quoted], secret.Withheld), ": ")}
}

// secrets are those of all that was read, as far as its place says so: what a secretGenerator gets, the data of Secrets and of patches of them, values
// of variables whose name says it.
func (b *builder) secrets() iter.Seq[string] {
	return func(yield func(string) bool) {
		all := func(texts []string) bool {
			for _, text := range texts {
				if !yield(text) {
					return false
				}
			}
			return true
		}
		if !all(b.told) {
			return
		}
		for path, from := range b.sources {
			content, made := b.made[path]
			if !made {
				content, _ = os.ReadFile(path) // which was possible before; what has vanished since is quoted no more
			}
			if !all(from.secrets(content)) {
				return
			}
		}
	}
}

// source says what a file that is read is for, which may be several things; 0 is resources, or patches of them.
type source int

const (
	ofSecret     source = 1 << iota // what is in it is for a Secret
	lines                           // an env file: each of its lines is a variable
	value                           // a value as a whole
	definitions                     // of custom resources
	replacements                    // a list of them
	schema                          // of OpenAPI
)

// noteData remembers what a file is for, and what a text holds, that a kustomization or the config of a plugin uses.
func (k *kustomization) noteData(t setting, secret bool) {
	var s source
	switch t.use {
	case data:
		s = lines
	case keyedData:
		s = value
	case file:
		s = map[string]source{"crds": definitions, "replacements": replacements, "openapi": schema}[t.field[:strings.IndexAny(t.field+"[", ".[")]]
	case inline, patch, entry:
		k.b.told = append(k.b.told, secretsIn([]byte(t.value))...)
	}
	if !t.isFile() && !isRemote(t.value, t.use) && !(&view{FileSystem: k.b.disk, b: k.b}).Exists(filepath.Join(k.dir, t.value)) {
		k.b.told = append(k.b.told, t.value) // content where kustomize looks for a file
		if _, content, found := strings.Cut(t.value, "="); found {
			k.b.told = append(k.b.told, content)
		}
	}
	if s == 0 {
		return
	}
	if secret {
		s |= ofSecret
	}
	k.b.data[filepath.Join(k.b.real(k.dir), t.value[strings.LastIndex(t.value, "=")+1:])] |= s
}

// isFile reports whether a text has the form of what names a file. In KEY=FILE the file must look like one besides, with a directory or an extension: who
// writes literals where files belong has a password there.
func (t setting) isFile() bool {
	key, file, found := strings.Cut(t.value, "=")
	if t.use != keyedData || !found {
		return isName(t.value)
	}
	return isName(key) && isName(file) && strings.ContainsAny(file, "./")
}

// isName reports whether a text is the name of a file as people give it, and no content that stands where a name belongs.
func isName(text string) bool { return name().MatchString(text) }

var name = pattern.Of(`^[A-Za-z0-9_.~/@+%][A-Za-z0-9_.~/@+% -]*$`)

// noteLiterals remembers what generators get in the kustomization itself.
func (k *kustomization) noteLiterals(tree map[string]any) {
	for _, field := range []string{"secretGenerator", "configMapGenerator"} {
		generators, _ := tree[field].([]any)
		for _, v := range generators {
			generator, _ := v.(map[string]any)
			for key := range generator {
				if !resembles(key, jsonNames(reflect.TypeFor[types.SecretArgs]())) {
					k.b.told = append(k.b.told, key)
				}
			}
			texts, _ := get(generator, "literals").([]any)
			for _, v := range texts {
				if text, ok := v.(string); ok {
					k.b.told = append(k.b.told, assigned(text, field == "secretGenerator")...)
				}
			}
		}
	}
}

// resembles reports whether a key can be a misspelt name of a field, and no password without one: it begins as one of them.
func resembles(key string, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		n := min(len(name), 3)
		return len(key) >= n && strings.EqualFold(key[:n], name[:n])
	})
}
