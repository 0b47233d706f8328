//go:build e2e

package docs

// real: kustomize, kpt, kubectl and a cluster are there.
const real = true
