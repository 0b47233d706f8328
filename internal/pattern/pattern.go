// Package pattern holds regular expressions that are compiled when they are first
// needed. This program is started for every build, and most runs need none of them:
// compiling all at the start took a seventh of the CPU time of a run.
package pattern

import (
	"regexp"
	"sync"
)

// Of gives a function that returns the regular expression, compiled once. It is for
// variables of a package. An expression that does not compile panics at its first use.
func Of(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
