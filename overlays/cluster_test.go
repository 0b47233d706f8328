//go:build e2e

package overlays_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/e2e/programs"
)

// TestCluster asks an API server, without changing anything, whether it takes every choice under strict validation. Kinds of operators that it does not
// have are left out, which TestCRDs judges by their own CRDs, and Secrets that somebody must decrypt first.
func TestCluster(t *testing.T) {
	dir := site(t)
	for _, c := range matrix() {
		t.Run(c.String(), func(t *testing.T) {
			t.Parallel()
			var manifest strings.Builder
			kept := 0
			for doc := range strings.SplitSeq(run(t, c.kustomization(t, dir)), "\n---\n") {
				if strings.HasPrefix(doc, "apiVersion: bitnami.com/") || strings.HasPrefix(doc, "apiVersion: external-secrets.io/") || strings.Contains(doc, "\nsops:\n") {
					continue
				}
				kept++
				manifest.WriteString("---\n" + doc + "\n")
			}
			apply := exec.Command(programs.Path(t, "kubectl"), "apply", "--server-side", "--dry-run=server", "--validate=strict", "--filename", "-")
			apply.Stdin = strings.NewReader(manifest.String())
			out, err := apply.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if got := strings.Count(string(out), "serverside-applied"); got != kept || kept < 9 {
				t.Errorf("%d of %d resources are taken:\n%s", got, kept, out)
			}
		})
	}
}
