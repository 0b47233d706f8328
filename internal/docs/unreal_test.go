//go:build !e2e

package docs

// real: kustomize, kpt, kubectl and a cluster are not there.
const real = false
