package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/cli"
)

// A terminal sees how far it is, anything else sees nothing.
func TestRenderShowsProgressOnATerminalOnly(t *testing.T) {
	for _, terminal := range []bool{true, false} {
		var out, stderr bytes.Buffer
		dir := filepath.Join(t.TempDir(), "out")
		status := cli.Run([]string{"render", "../../examples/fleet/kpt", "-o", dir}, cli.Env{Out: &out, Err: &stderr, ErrIsTerminal: terminal})
		if status != 0 || out.Len() > 0 {
			t.Errorf("exit status %d, stdout %q", status, out.String())
		}
		if shown := strings.Contains(stderr.String(), "rendering"); shown != terminal {
			t.Errorf("terminal %v, stderr %q", terminal, stderr.String())
		}
		if entries, err := os.ReadDir(dir); err != nil || len(entries) != 3 {
			t.Errorf("%d clusters: %v", len(entries), err)
		}
	}
}
