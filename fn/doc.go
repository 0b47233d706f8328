// Package fn is the KRM function: NestedConfigs in, manifests and link-local
// services out.
//
// The data goes one way:
//
//	functionConfig, items → config.Load    strict YAML, commonEnv, defaults, checks
//	                      → linklocal      which service IP each fabric address gets
//	                      → fleet.Check    several clusters of one underlay
//	                      → manifest       bases/nested with the values set
//	                      → items          written beside, updated, pruned
//
// This package alone knows the ResourceList; the leaves know nothing of KRM.
// It reads no file, no environment and no clock, and opens no connection: the
// same input gives the same bytes.
package fn
