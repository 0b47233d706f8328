// Package golden defines the flag -update, with which tests rewrite their expected
// outputs. Only tests import it; .ci/golden sets the flag for all tests that do.
package golden

import "flag"

var update = flag.Bool("update", false, "rewrite the expected outputs; read the difference as prose before committing it")

// Update reports whether tests rewrite expected outputs instead of comparing them.
func Update() bool { return *update }
