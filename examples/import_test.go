package examples_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nested-config/nested-config/internal/cli"
	"github.com/nested-config/nested-config/internal/golden"
)

// The command of import/README.md writes the NestedConfig that is in Git, and
// credentials that kustomize and kubectl read.
func TestImport(t *testing.T) {
	_, command, _ := strings.Cut(read(t, "import/README.md"), "```sh\nnested-config ")
	command, _, _ = strings.Cut(command, "diff ")
	dir := t.TempDir()
	args := strings.Fields(strings.NewReplacer("\\\n", " ", "common.env", "import/common.env", "-o site", "-o "+dir).Replace(command))
	var out, errs bytes.Buffer
	if status := cli.Run(args, cli.Env{Out: &out, Err: &errs, InIsTerminal: true}); status != 0 || out.Len()+errs.Len() > 0 {
		t.Fatalf("%q: status %d, stdout %q, stderr %q", args, status, out.String(), errs.String())
	}
	config := filepath.Join(dir, "nested-config.yaml")
	if golden.Update() {
		if err := os.WriteFile("import/nested-config.yaml", []byte(read(t, config)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(read(t, "import/nested-config.yaml"), read(t, config)); diff != "" {
		t.Errorf("import/nested-config.yaml (-want +got):\n%s", diff)
	}
	// The sample's password is the example's own; it is in no other file.
	want := "KEYSTONE_AUTH_ADMIN_USER=nested\nKEYSTONE_AUTH_ADMIN_PASSWORD=pa$$word\n"
	if got := read(t, filepath.Join(dir, "credentials.env")); !strings.HasSuffix(got, "\n"+want) {
		t.Errorf("credentials.env:\n%s", got)
	}
}
