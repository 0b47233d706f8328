// Package yamlguard refuses YAML trees that a program must not work on: an alias that contains itself, aliases that grow too large when they are
// expanded, too deep nesting, and, for resources, metadata of an unexpected shape. kyaml follows an alias into itself until the stack overflows,
// which ends the process; it expands aliases without a limit; and it reads the elements of a list as pairs of key and value.
//
// The functions only read a tree. They neither change nor expand it, and their cost grows with the size of the text, not with the size of the
// expanded tree. Errors name the path of the place and never show a value.
package yamlguard

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

const (
	// maxDepth is how deep a tree may be nested, aliases written out: kyaml copies all that is below each level of mappings. The deepest CustomResourceDefinitions have less than a hundred levels.
	maxDepth = 256
	// MaxAddedNodes and MaxAddedBytes are what the aliases of one document, written out, may add to it. A node takes about 200 bytes.
	MaxAddedNodes = 100_000
	MaxAddedBytes = 10 << 20
)

// Budget is what aliases may add to several documents together.
type Budget struct{ nodes, bytes int }

// NewBudget returns a budget of so many nodes, and bytes of scalars.
func NewBudget(nodes, bytes int) *Budget { return &Budget{nodes: nodes, bytes: bytes} }

// Check is Check with the limits of one document; what its aliases add is taken from the budget.
func (b *Budget) Check(n *yaml.Node) error {
	w := walk{sizes: map[*yaml.Node]size{}}
	total, err := w.visit(n, nil)
	if err != nil {
		return err
	}
	if total.depth > maxDepth {
		return fmt.Errorf("must not be nested more than %d deep", maxDepth)
	}
	nodes, bytes := total.nodes-w.written.nodes, total.bytes-w.written.bytes
	if nodes > MaxAddedNodes || bytes > MaxAddedBytes {
		return fmt.Errorf("aliases must not add more than %d values or %d MB when they are expanded", MaxAddedNodes, MaxAddedBytes>>20)
	}
	if nodes > b.nodes || bytes > b.bytes {
		return errors.New("aliases of all documents together add too much when they are expanded; write values where they are used")
	}
	b.nodes -= nodes
	b.bytes -= bytes
	return nil
}

// Check says why nobody should work on a tree: an alias contains itself, aliases add more than the limits of this package, or it is nested too deep.
func Check(n *yaml.Node) error {
	return NewBudget(MaxAddedNodes, MaxAddedBytes).Check(n)
}

// size is what a tree amounts to with its aliases written out. Sums stop at far more than any limit.
type size struct{ nodes, bytes, depth int }

const enough = 1 << 40

func (s *size) add(o size) {
	s.nodes = min(s.nodes+o.nodes, enough)
	s.bytes = min(s.bytes+o.bytes, enough)
	s.depth = max(s.depth, o.depth)
}

// walk measures a tree: every node once, and what an alias stands for not again.
type walk struct {
	sizes   map[*yaml.Node]size // of nodes that aliases stand for; depth 0 is one whose visit has begun
	written size
}

// place is the i-th child of a node. A path of them is there for errors alone.
type place struct {
	node *yaml.Node
	i    int
}

func (w *walk) visit(n *yaml.Node, path []place) (size, error) {
	if n == nil {
		return size{depth: 1}, nil
	}
	if len(path) > maxDepth {
		return size{}, fmt.Errorf("must not be nested more than %d deep", maxDepth)
	}
	if n.Kind == yaml.AliasNode {
		w.written.nodes++
		if done, ok := w.sizes[n.Alias]; ok {
			if done.depth == 0 {
				return size{}, fmt.Errorf("%salias *%s contains itself", prefix(path), name(n.Value))
			}
			return done, nil
		}
		return w.anchored(n.Alias, path) // only a tree that was not read from text has an alias before its anchor
	}
	if n.Anchor != "" {
		if done, ok := w.sizes[n]; ok {
			return done, nil
		}
		return w.anchored(n, path)
	}
	return w.measure(n, path)
}

// anchored measures a node that aliases stand for.
func (w *walk) anchored(n *yaml.Node, path []place) (size, error) {
	w.sizes[n] = size{}
	s, err := w.measure(n, path)
	w.sizes[n] = s
	return s, err
}

func (w *walk) measure(n *yaml.Node, path []place) (size, error) {
	if n == nil {
		return size{depth: 1}, nil
	}
	w.written.nodes++
	w.written.bytes += len(n.Value)
	own := size{nodes: 1, bytes: len(n.Value)}
	for i, c := range n.Content {
		s, err := w.visit(c, append(path, place{n, i}))
		if err != nil {
			return size{}, err
		}
		own.add(s)
	}
	own.depth++
	return own, nil
}

// prefix writes a path in front of a message, as spec.list[0].field.
func prefix(path []place) string {
	var b strings.Builder
	for _, p := range path {
		switch {
		case p.node.Kind == yaml.SequenceNode:
			fmt.Fprintf(&b, "[%d]", p.i)
		case p.node.Kind == yaml.MappingNode && p.i%2 == 1:
			b.WriteString("." + name(p.node.Content[p.i-1].Value))
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return strings.TrimPrefix(b.String(), ".") + ": "
}

// name returns a key or an anchor as it may stand in a message of one line.
func name(key string) string {
	if q := strconv.QuoteToASCII(key); len(q) != len(key)+2 {
		return q
	}
	return key
}
