// Package bench measures whole processes against each other: this function and an
// empty one, the old script, helm and kustomize. A figure is a ratio of medians of
// alternating runs, so that it is valid on another machine as well. .ci/bench runs
// it.
package bench
