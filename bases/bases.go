// Package bases holds the manifests as plain YAML, for kustomize and for this
// program alike.
package bases

import "embed"

// Nested is the manifest of the nested cluster, one or more documents a file.
//
//go:embed nested/*.yaml
var Nested embed.FS
