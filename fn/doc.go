// Package fn is the KRM function: NestedConfigs in, manifests and link-local
// services out.
//
// The data goes one way:
//
//	ResourceList  → krm            the wire of a function: items, functionConfig, results
//	              → config.Load    strict YAML, commonEnv, defaults, checks; past it only
//	                               valid values travel
//	              → linklocal      which service IP each fabric address gets, and the rows
//	              → fleet.Check    several clusters of one underlay
//	              → manifest       bases/nested with the values set
//	items         ← fn             written beside, updated, pruned; service IPs pinned back
//
// Beside the way stand the contract with the images (env), which config and
// manifest read, and what turns the same configs into other things: build
// (kustomize in process), render (many clusters into files), pin, explain,
// nodes, importer (a common.env), underlay (the config API). source finds
// configs under paths for them, cli is their command line.
//
// This package and krm alone know the ResourceList; the leaves know nothing of
// KRM. In function mode no file, environment or clock is read and no connection
// opened: the same input gives the same bytes.
package fn
