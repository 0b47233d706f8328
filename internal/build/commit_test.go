package build_test

import (
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/build"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/api/provider"
	"sigs.k8s.io/kustomize/api/resmap"
)

// TestPinCommit: whoever starts the program may put anything into its environment, and a resource may hold the variable anywhere. Nothing but a commit is
// ever written, and only where the whole value asks for it. The whole command is in fn/testdata/build-argocd.txtar.
func TestPinCommit(t *testing.T) {
	const sha1, sha256 = "0123456789abcdef0123456789abcdef01234567", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	resource := func(apiVersion, value string) string {
		return "apiVersion: " + apiVersion + "\nkind: ApplicationSet\nmetadata:\n  name: fleet\nspec:\n  list:\n  - " + value + "\n"
	}
	const argocd, other, asks = "argoproj.io/v1alpha1", "example.org/v1", "$ARGOCD_APP_REVISION"
	refused := func(shown string) string {
		return `ApplicationSet fleet: spec.list[0]: "$ARGOCD_APP_REVISION": the environment has "` + shown + `" for it: must be a commit, as Argo CD sets it for its plugins`
	}
	for _, c := range []struct{ name, in, commit, want, err string }{
		{"git's commits", resource(argocd, asks), sha1, resource(argocd, sha1), ""},
		{"those of newer repositories", resource(argocd, asks), sha256, resource(argocd, sha256), ""},
		{"one that YAML would take for a number", resource(argocd, asks), strings.Repeat("1", 40), resource(argocd, `"`+strings.Repeat("1", 40)+`"`), ""},
		{"a part of a value", resource(argocd, asks+"x"), sha1, resource(argocd, asks+"x"), ""},
		{"a resource of another group", resource(other, asks), sha1, resource(other, asks), ""},
		{"no commit, and nothing asks for one", resource(argocd, "main"), "", resource(argocd, "main"), ""},
		{"no commit", resource(argocd, asks), "", "", refused("")},
		{"a branch", resource(argocd, asks), "main", "", refused("main")},
		{"a short commit", resource(argocd, asks), sha1[:39], "", refused(sha1[:39])},
		{"a variable that forges a line", resource(argocd, asks), sha1 + "\nx", "", refused(sha1 + `\nx`)},
	} {
		m, err := resmap.NewFactory(provider.NewDefaultDepProvider().GetResourceFactory()).NewResMapFromBytes([]byte(c.in))
		if err != nil {
			t.Fatal(err)
		}
		var got, said string
		if err := build.PinCommit(m, c.commit); err != nil {
			said = err.Error()
		} else if text, err := m.AsYaml(); err != nil {
			t.Fatal(err)
		} else {
			got = string(text)
		}
		if diff := cmp.Diff([]string{c.want, c.err}, []string{got, said}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
