// Package e2e proves the program on a real Kubernetes: the built binary, kubectl,
// and an API server with its controllers and scheduler. .ci/e2e starts one of
// simulated nodes and runs the tests; they need the build tag e2e, and KUBECONFIG
// of a cluster that they may change and that runs no Contrail.
package e2e
