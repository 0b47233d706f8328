//go:build e2e

package overlays_test

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"

	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"
	"sigs.k8s.io/yaml"
)

// crds are the real schemas of the kinds that need a CRD: in which module, and where in it.
var crds = map[string]struct{ module, path string }{
	"ExternalSecret": {"github.com/external-secrets/external-secrets@v1.3.2", "config/crds/bases/external-secrets.io_externalsecrets.yaml"},
	"SealedSecret":   {"github.com/bitnami-labs/sealed-secrets@v0.40.0", "helm/sealed-secrets/crds/bitnami.com_sealedsecrets.yaml"},
}

// TestCRDs validates every object of the matrix that needs a CRD against it, strictly: a field that the CRD does not know is an error, where an
// API server would drop it.
func TestCRDs(t *testing.T) {
	dir := site(t)
	for _, secrets := range []string{"external-secrets", "sealed-secrets"} {
		validated := 0
		for _, o := range parse(t, run(t, choice{option: "link-local", secrets: secrets}.kustomization(t, dir))) {
			if _, ok := crds[o.text("kind")]; !ok {
				continue
			}
			validated++
			if err := validateCRD(t, o); err != nil {
				t.Errorf("%s %s: %v", o.text("kind"), o.text("metadata.name"), err)
			}
		}
		if validated != 3 {
			t.Errorf("%s: validated %d objects, want 3", secrets, validated)
		}
	}
	// And the validation can fail: a field that nobody knows.
	o := object{"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": map[string]any{"name": "a"}, "spec": map[string]any{"secretStorRef": map[string]any{}}}
	if validateCRD(t, o) == nil {
		t.Error("a misspelt field passes")
	}
}

func validateCRD(t *testing.T, o object) error {
	t.Helper()
	source := crds[o.text("kind")]
	var crd object
	if err := yaml.Unmarshal([]byte(readFile(t, filepath.Join(module(t, source.module), source.path))), &crd); err != nil {
		t.Fatal(err)
	}
	for _, v := range crd.list("spec.versions") {
		if crd.text("spec.group")+"/"+v.text("name") != o.text("apiVersion") || v["served"] != true {
			continue
		}
		schema := v.at("schema.openAPIV3Schema")
		closeSchema(schema)
		text, err := json.Marshal(schema)
		if err != nil {
			t.Fatal(err)
		}
		var s spec.Schema
		if err := json.Unmarshal(text, &s); err != nil {
			t.Fatal(err)
		}
		return validate.NewSchemaValidator(&s, nil, "", strfmt.Default).Validate(map[string]any(o)).AsError()
	}
	t.Fatalf("%s: no served version %s", source.module, o.text("apiVersion"))
	return nil
}

// closeSchema makes unknown fields errors wherever the schema lists the known ones; metadata is left open, as its schema lists none.
func closeSchema(schema map[string]any) {
	for _, v := range schema {
		switch v := v.(type) {
		case map[string]any:
			closeSchema(v)
		case []any:
			for _, e := range v {
				if m, ok := e.(map[string]any); ok {
					closeSchema(m)
				}
			}
		}
	}
	_, known := schema["properties"].(map[string]any)
	if known && schema["type"] == "object" && schema["x-kubernetes-preserve-unknown-fields"] == nil {
		schema["additionalProperties"] = false
	}
}

// module downloads a module, if need be, and returns its directory.
func module(t *testing.T, name string) string {
	t.Helper()
	cmd := exec.Command("go", "mod", "download", "-json", name)
	cmd.Dir = t.TempDir() // outside of this module: its go.mod is not concerned
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go mod download %s: %v: %s", name, err, out)
	}
	var m struct{ Dir string }
	if err := json.Unmarshal(out, &m); err != nil {
		t.Fatal(err)
	}
	return m.Dir
}
