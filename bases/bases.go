// Package bases holds the manifests as plain, commented YAML, for kustomize and
// for this program alike.
package bases

import (
	"embed"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

//go:generate go run ./generate

// Nested is the manifest of the nested cluster, one or more documents a file.
//
//go:embed nested/*.yaml
var Nested embed.FS

// Document is one document of Nested.
type Document struct {
	File, Kind, Name string
	Node             *yaml.Node
}

// Documents are those of Nested, parsed when this program was built. They are
// shared and must not be changed.
//
// Parsing them in the program would be simpler, and cost every run of the function a
// seventh of its time: 0.6 of 4.4 ms of CPU, with what an operator reads and with its
// comments left out alike. BenchmarkParse in bases/generate measures the parsing;
// .ci/bench -bench Function is the whole, to compare with. Below a twentieth, the
// generator should go.
func Documents() []Document { return documents }
