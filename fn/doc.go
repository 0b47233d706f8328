// Package fn is the KRM function: NestedConfigs in, manifests and link-local
// services out.
//
// Data flows in one direction:
//
//	ResourceList  → krm            the wire format: items, functionConfig, results
//	              → config.Load    strict YAML, commonEnv, defaults, checks; then linklocal
//	                               allocates the service IPs. The rest of the way needs
//	                               no check
//	              → fleet.Check    several clusters of one underlay
//	              → manifest       bases/nested with the values set
//	items         ← fn             files written, updated, deleted; service IPs pinned
//
// config and manifest also read env, the contract with the images. underlay writes
// the declarations of the configs to the config API. The packages that only this
// program needs are in internal: build (kustomize in process, with this function),
// render (many clusters into files), pin, explain, nodes and importer use the same
// configs; source finds configs under paths, and cli is the command line.
//
// This package and krm work on the ResourceList; build makes one for kustomize, and
// source finds configs in one. In function mode the program
// reads no file, environment or clock, and opens no connection: the same input
// gives the same bytes.
package fn
