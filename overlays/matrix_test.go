// Package overlays holds the components that an operator chooses from, and here the tests that any choice makes a whole.
package overlays_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/fn/krm"
	"github.com/nested-config/nested-config/internal/build"

	"github.com/google/go-cmp/cmp"
)

// choice is one way through the overlays. An empty registry or no CRD means without.
type choice struct {
	option, registry, secrets string
	crds                      bool
}

func (c choice) String() string {
	return fmt.Sprintf("%s/registry=%s/%s/crds=%v", c.option, c.registry, c.secrets, c.crds)
}

// matrix is every choice: both options of the guide, every registry, none, and credentials with another, every way for secrets and a different one
// for each, with the CRD and without.
func matrix() []choice {
	var all []choice
	for _, option := range []string{"link-local", "fabric-snat"} {
		for _, registry := range []string{"", "private", "insecure", "mirror", "nightly", "private+insecure", "private+mirror", "private+nightly"} {
			for _, secrets := range []string{"env", "external-secrets", "sealed-secrets", "sops", "env/keystone+external-secrets/rabbitmq+sops/tls"} {
				all = append(all, choice{option, registry, secrets, false}, choice{option, registry, secrets, true})
			}
		}
	}
	return all
}

func TestMatrix(t *testing.T) {
	dir := site(t)
	for _, c := range matrix() {
		t.Run(c.String(), func(t *testing.T) {
			objects := parse(t, run(t, c.kustomization(t, dir)))
			for _, problem := range unresolved(objects) {
				t.Error(problem)
			}
			if diff := cmp.Diff(wantImages[strings.TrimPrefix(c.registry, "private+")], images(objects)); diff != "" {
				t.Errorf("images (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.wantPullSecrets(), pullSecrets(objects)); diff != "" {
				t.Errorf("pull secrets (-want +got):\n%s", diff)
			}
			if got := find(objects, "CustomResourceDefinition", "", "network-attachment-definitions.k8s.cni.cncf.io") != nil; got != c.crds {
				t.Errorf("the CRD is there: %v, want %v", got, c.crds)
			}
		})
	}
}

var wantImages = map[string][]string{
	"":         {"hub.example.net/contrail/contrail-kubernetes-cni-init:R21.4", "hub.example.net/contrail/contrail-kubernetes-kube-manager:R21.4"},
	"private":  {"hub.example.net/contrail/contrail-kubernetes-cni-init:R21.4", "hub.example.net/contrail/contrail-kubernetes-kube-manager:R21.4"},
	"insecure": {"registry.example.com:5000/contrail-kubernetes-cni-init:R21.4", "registry.example.com:5000/contrail-kubernetes-kube-manager:R21.4"},
	"mirror":   {"mirror.example.com/contrail/cni-init@sha256:" + zeros, "mirror.example.com/contrail/kube-manager@sha256:" + zeros},
	"nightly": {
		"docker.io/opencontrailnightly/contrail-kubernetes-cni-init:R21.4-latest",
		"docker.io/opencontrailnightly/contrail-kubernetes-kube-manager:R21.4-latest",
	},
}

var zeros = strings.Repeat("0", 64)

// wantPullSecrets: the fabric-snat config has one of its own, which the private registry must keep.
func (c choice) wantPullSecrets() []string {
	var names []string
	if c.option == "fabric-snat" {
		names = append(names, "site-registry")
	}
	if strings.HasPrefix(c.registry, "private") {
		names = append(names, "contrail-registry")
	}
	return names
}

// TestMissingFiles: from a clean clone, a component whose files are not in Git fails and names the first that it misses.
func TestMissingFiles(t *testing.T) {
	for component, want := range map[string]string{
		"registries/private":              "file sources: [.dockerconfigjson=config.json]",
		"secrets/env/keystone":            "env source files: [credentials.env]",
		"secrets/env/rabbitmq":            "env source files: [rabbitmq.env]",
		"secrets/env/tls":                 "file sources: [server.pem server-privkey.pem ca-cert.pem]",
		"secrets/sealed-secrets/keystone": "'contrail-credentials.yaml'",
		"secrets/sealed-secrets/rabbitmq": "'contrail-rabbitmq.yaml'",
		"secrets/sealed-secrets/tls":      "'contrail-tls.yaml'",
		"secrets/sops/keystone":           "'contrail-credentials.yaml'",
		"secrets/sops/rabbitmq":           "'contrail-rabbitmq.yaml'",
		"secrets/sops/tls":                "'contrail-tls.yaml'",
	} {
		dir := clone(t)
		top := filepath.Join(dir, "top")
		writeFile(t, filepath.Join(top, "kustomization.yaml"), "components:\n- ../overlays/"+component+"\n")
		_, _, err := build.Run(t.Context(), top, build.Options{Function: fn.Process})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "no such file or directory") {
			t.Errorf("%s without its files: got %v, want an error that names %s", component, err, want)
		}
	}
}

// TestNotEncrypted: a Secret for SOPS that nobody encrypted must not get into a manifest.
func TestNotEncrypted(t *testing.T) {
	for component, name := range map[string]string{"keystone": "contrail-credentials", "rabbitmq": "contrail-rabbitmq", "tls": "contrail-tls"} {
		dir := clone(t)
		secret := filepath.Join(dir, "overlays/secrets/sops", component, name+".yaml")
		writeFile(t, secret, readFile(t, secret+".example"))
		top := filepath.Join(dir, "top")
		writeFile(t, filepath.Join(top, "kustomization.yaml"), "components:\n- ../overlays/secrets/sops/"+component+"\n")
		_, _, err := build.Run(t.Context(), top, build.Options{Function: fn.Process})
		if err == nil || !strings.Contains(err.Error(), "`sops.mac` is missing") {
			t.Errorf("%s in plain text: got %v, want the error of the guard", name, err)
		}
	}
}

// kustomization writes the kustomization of a choice into dir and returns its directory.
func (c choice) kustomization(t *testing.T, dir string) string {
	t.Helper()
	top := filepath.Join(dir, "top-"+strings.NewReplacer("/", "-", "=", "-", "+", "-").Replace(c.String()))
	components := []string{"bases/guard"}
	for secrets := range strings.SplitSeq(c.secrets, "+") {
		components = append(components, "overlays/secrets/"+secrets)
	}
	for registry := range strings.FieldsFuncSeq(c.registry, func(r rune) bool { return r == '+' }) {
		components = append(components, "overlays/registries/"+registry)
	}
	if c.crds {
		components = append(components, "overlays/crds")
	}
	writeFile(t, filepath.Join(top, "kustomization.yaml"), "generators:\n- nested-config.yaml\ncomponents:\n- ../"+strings.Join(components, "\n- ../")+"\n")
	writeFile(t, filepath.Join(top, "nested-config.yaml"), readFile(t, filepath.Join(dir, "overlays/testdata", c.option+".yaml")))
	return top
}

// run builds a directory in process.
func run(t *testing.T, dir string) string {
	t.Helper()
	m, results, err := build.Run(t.Context(), dir, build.Options{Function: fn.Process, Message: func(r krm.Result) string { return fn.Line(r, false) }})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.Severity != krm.Info {
			t.Errorf("not silent: %s", fn.Line(r, false))
		}
	}
	text, err := m.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// clone copies overlays and the guard as they are in Git to a new directory.
func clone(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"overlays", "bases/guard"} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join("..", name))); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// site is a clone with the files of a site: every .example is copied as the READMEs say, and what kubeseal, sops and an authority make is made up.
func site(t *testing.T) string {
	t.Helper()
	dir := clone(t)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if target, ok := strings.CutSuffix(path, ".example"); ok && err == nil {
			text := readFile(t, path)
			if strings.Contains(path, "/sops/") {
				text += "sops:\n  mac: ENC[AES256_GCM,data:AAAA]\n"
			}
			writeFile(t, target, text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []struct{ dir, name string }{{"keystone", "contrail-credentials"}, {"rabbitmq", "contrail-rabbitmq"}, {"tls", "contrail-tls"}} {
		text := "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: " + s.name + "\n  namespace: kube-system\nspec:\n" +
			"  template:\n    metadata:\n      name: " + s.name + "\n      namespace: kube-system\n  encryptedData:\n"
		for _, key := range secretKeys[s.name] {
			text += "    " + key + ": AgBy\n"
		}
		writeFile(t, filepath.Join(dir, "overlays/secrets/sealed-secrets", s.dir, s.name+".yaml"), text)
	}
	for _, name := range secretKeys["contrail-tls"] {
		writeFile(t, filepath.Join(dir, "overlays/secrets/env/tls", name), "-----BEGIN …\n")
	}
	return dir
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
