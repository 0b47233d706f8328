package build

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/nested-config/nested-config/internal/pattern"
	"github.com/nested-config/nested-config/internal/yamlguard"
	"github.com/nested-config/nested-config/internal/yamlnode"
)

const (
	// maxFile is the size of the largest file that a build reads, and maxFiles of all that it reads.
	maxFile  = 64 << 20
	maxFiles = 512 << 20
	// maxAddedNodes and maxAddedBytes are what the aliases of all documents of a build may add when they are written out.
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
		return nil, b.fault(path, "must be a file, and is a device, a pipe or a socket")
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
		return nil, b.fault(path, "with this file the build reads more than %d MB", maxFiles>>20)
	}
	return content, nil
}

func (b *builder) tooLarge(path string) error {
	return b.fault(path, "must not be larger than %d MB", maxFile>>20)
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

// guardFile is guard for what is read at path.
func (b *builder) guardFile(path string, content []byte) error {
	if err := b.guard(content, !b.data[path]); err != nil {
		return b.fault(path, "%w", err)
	}
	return nil
}
