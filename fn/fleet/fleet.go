// Package fleet knows what several nested clusters of one underlay must not do
// to each other. The list of link-local services is one for the whole underlay:
// the vRouter agent keys it by service IP and port, and silently drops what
// comes second.
package fleet

import "nested-config/fn/config"

// Problem is a conflict, told to the later of the two configs.
type Problem struct {
	Member int // index into what Check got
	config.Problem
}

// Check compares the configs with each other, each only with those of the same
// underlay. where[i] is how messages call config i: its file, or its name.
// It takes time linear in the number of link-local services.
func Check(configs []config.Config, where []string) []Problem {
	return nil
}
