package build

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"sigs.k8s.io/kustomize/kyaml/yaml"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/nested-config/nested-config/internal/pattern"
	"github.com/nested-config/nested-config/internal/yamlguard"
	"github.com/nested-config/nested-config/internal/yamlnode"
)

const (
	// maxFile is the size of the largest file that a build reads, and maxFiles of all that it reads.
	maxFile  = 64 << 20
	maxFiles = 512 << 20
	// maxAddedNodes and maxAddedBytes are what the aliases of all documents of a build may add when they are expanded.
	maxAddedNodes = 1_000_000
	maxAddedBytes = 64 << 20
)

// read returns the content of a file of the disk. What is no file, or has no end, is an error before memory goes into it.
func (b *builder) read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, &os.PathError{Op: "read", Path: path, Err: syscall.EISDIR}
	}
	if !info.Mode().IsRegular() {
		return nil, b.fault(path, "must be a file, not a device, a pipe or a socket")
	}
	if info.Size() > maxFile {
		return nil, b.tooLarge(path)
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // whatever has come into its place: it is not waited for
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(content) > maxFile { // it grows, or has no size, as in /proc
		return nil, b.tooLarge(path)
	}
	if b.bytes += len(content); b.bytes > maxFiles {
		return nil, b.fault(path, "is one file too many: a build reads at most %d MB; leave files out", maxFiles>>20)
	}
	return content, nil
}

func (b *builder) tooLarge(path string) error {
	return b.fault(path, "is too large: a file may have at most %d MB", maxFile>>20)
}

// separator is where kyaml cuts a text into documents (splitDocuments in kyaml/kio). The same cuts are made here, so that what is checked is what
// kyaml parses.
var separator = pattern.Of(`\n---.*\n`)

// documents parses a text into documents as kyaml does. A part that does not parse is left out: where kustomize parses it, it stops there.
func documents(content []byte) []*yaml.Node {
	if bytes.IndexByte(content, 0) >= 0 {
		return nil // YAML has no such character
	}
	var docs []*yaml.Node
	parts := separator().Split(strings.ReplaceAll(string(content), "\r\n", "\n"), -1)
	for i, part := range parts {
		if i < len(parts)-1 {
			part += "\n"
		}
		var n yaml.Node
		if err := yaml.NewDecoder(strings.NewReader(part)).Decode(&n); err == nil {
			docs = append(docs, &n)
		}
	}
	return docs
}

// tooLong returns the number of the first line at which a bufio.Scanner gives up, with which kustomize reads env files without asking it for its error; 0 if
// there is none.
func tooLong(content []byte) int {
	s := bufio.NewScanner(bytes.NewReader(content))
	lines := 0
	for s.Scan() {
		lines++
	}
	if s.Err() != nil {
		return lines + 1
	}
	return 0
}

// guard says what keeps kustomize from working on a text, which is parsed as YAML if that is possible. With resources, its mappings are
// resources or patches of them.
func (b *builder) guard(content []byte, resources bool) error {
	var errs []error
	for _, doc := range documents(content) {
		if err := b.budget.Check(doc); err != nil {
			errs = append(errs, err)
		} else if resources {
			errs = append(errs, shape(yaml.NewRNode(doc).YNode()))
		}
	}
	return errors.Join(errs...)
}

// shape checks a resource, and those in it if it is a list of resources. Anything else than a mapping is kustomize's to refuse, or a JSON patch.
func shape(n *yaml.Node) error {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	errs := []error{yamlguard.Resource(n)}
	r := yaml.NewRNode(n)
	if kind := r.Field(yaml.KindField); kind == nil || !strings.HasSuffix(kind.Value.YNode().Value, "List") {
		return errs[0]
	}
	if items := r.Field("items"); items != nil && items.Value.YNode().Kind == yaml.SequenceNode {
		for i, item := range items.Value.Content() {
			if err := shape(yamlnode.Target(item)); err != nil {
				errs = append(errs, fmt.Errorf("items[%d]: %w", i, err))
			}
		}
	}
	return errors.Join(errs...)
}

// settings refuses a file of kustomize's own settings with a null, or nothing, where kustomize would crash.
func (b *builder) settings(path string, content []byte, from source) error {
	if from&definitions != 0 && len(content) == 0 {
		return b.fault(path, "is empty: must hold the OpenAPI definitions of custom resources")
	}
	var tree any
	if sigsyaml.Unmarshal(content, &tree) != nil {
		return nil // which kustomize will say
	}
	var errs []error
	if from&replacements != 0 {
		for _, at := range nulls(tree, "") {
			errs = append(errs, b.fault(path, "%s: %s", at, hasNoValue))
		}
	}
	top, _ := tree.(map[string]any)
	kinds, _ := top["definitions"].(map[string]any)
	for _, name := range sortedKeys(kinds) {
		kind, _ := kinds[name].(map[string]any)
		ids, _ := kind[kindExtension].([]any)
		for i, v := range ids {
			id, _ := v.(map[string]any)
			for _, field := range []string{"group", "version", "kind"} {
				if _, ok := id[field].(string); !ok {
					errs = append(errs, b.fault(path, "definitions.%s.%s[%d].%s: must be text", name, kindExtension, i, field))
				}
			}
		}
	}
	return errors.Join(errs...)
}

const kindExtension = "x-kubernetes-group-version-kind"

// guardFile is guard for what is read at path. An env file must also be one that kustomize reads to its end.
func (b *builder) guardFile(path string, content []byte) error {
	switch from := b.data[path]; {
	case from&(definitions|replacements|schema) != 0:
		if err := b.settings(path, content, from); err != nil {
			return err
		}
	case from&lines != 0:
		if line := tooLong(content); line > 0 {
			return b.fault(path, "line %d: is too long: kustomize reads lines of less than %d bytes, and drops a longer one with all that follow; put the value into a file of its own, under files",
				line, bufio.MaxScanTokenSize)
		}
	}
	if err := b.guard(content, b.data[path]&(lines|value) == 0); err != nil {
		return b.fault(path, "%w", err)
	}
	return nil
}
