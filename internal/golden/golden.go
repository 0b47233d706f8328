// Package golden is the one flag by which tests rewrite what they expect. Only tests
// import it; .ci/golden gives it to all of those that do.
package golden

import "flag"

var update = flag.Bool("update", false, "rewrite the expected outputs; read the difference as prose before committing it")

// Update reports whether expected outputs are to be rewritten, and not compared.
func Update() bool { return *update }
