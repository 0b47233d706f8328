//go:build e2e

package overlays_test

import (
	"testing"

	"github.com/nested-config/nested-config/internal/schemas"
)

var crds = map[string]schemas.CRD{
	"ExternalSecret": {Module: "github.com/external-secrets/external-secrets@v1.3.2", Path: "config/crds/bases/external-secrets.io_externalsecrets.yaml"},
	"SealedSecret":   {Module: "github.com/bitnami-labs/sealed-secrets@v0.40.0", Path: "helm/sealed-secrets/crds/bitnami.com_sealedsecrets.yaml"},
}

// TestCRDs validates every object of the matrix that needs a CRD against the real one, and asks for each default of it: an Argo CD that compares
// fields syncs an object without them over and over, and then takes minutes to restore what somebody deleted.
func TestCRDs(t *testing.T) {
	dir := site(t)
	for _, secrets := range []string{"external-secrets", "sealed-secrets"} {
		validated := 0
		for _, o := range parse(t, run(t, choice{option: "link-local", secrets: secrets}.kustomization(t, dir))) {
			crd, ok := crds[o.text("kind")]
			if !ok {
				continue
			}
			validated++
			if err := schemas.Validate(crd, t.TempDir(), o); err != nil {
				t.Errorf("%s %s: %v", o.text("kind"), o.text("metadata.name"), err)
			}
			added, err := schemas.Defaults(crd, t.TempDir(), o)
			if err != nil || len(added) != 0 {
				t.Errorf("%s %s: the API server adds %q, %v", o.text("kind"), o.text("metadata.name"), added, err)
			}
			o.at("spec")["secretStorRef"] = "misspelt" // and the validation can fail
			if schemas.Validate(crd, t.TempDir(), o) == nil {
				t.Errorf("%s: a field that nobody knows passes", o.text("kind"))
			}
		}
		if validated != 3 {
			t.Errorf("%s: validated %d objects, want 3", secrets, validated)
		}
	}
}
