// Package fn is the KRM function: NestedConfigs in, manifests and link-local
// services out.
//
// Data flows in one direction:
//
//	ResourceList  → krm            the wire format: items, functionConfig, results
//	              → config.Load    strict YAML, commonEnv, defaults, checks; the rest of
//	                               the way needs no check
//	              → linklocal      which service IP each fabric address gets, and the rows
//	              → fleet.Check    several clusters of one underlay
//	              → manifest       bases/nested with the values set
//	items         ← fn             files written, updated, deleted; service IPs pinned
//
// config and manifest also read env, the contract with the images. Other packages
// use the same configs for other results: build (kustomize in process), render
// (many clusters into files), pin, explain, nodes, importer (a common.env) and
// underlay (the config API). source finds configs under paths for them, and cli
// is their command line.
//
// Only this package and krm know the ResourceList. In function mode the program
// reads no file, environment or clock, and opens no connection: the same input
// gives the same bytes.
package fn
