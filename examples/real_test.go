//go:build e2e

package examples_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/e2e/programs"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"

	"github.com/nested-config/nested-config/internal/schemas"
)

const (
	argocd              = "github.com/argoproj/argo-cd/v3@v3.5.7"
	kustomizeController = "github.com/fluxcd/kustomize-controller@v1.9.5"
	sourceController    = "github.com/fluxcd/source-controller@v1.9.5"
)

var crds = map[string]schemas.CRD{
	"Application":    {Module: argocd, Path: "manifests/crds/application-crd.yaml"},
	"Kustomization":  {Module: kustomizeController, Path: "config/crd/bases/kustomize.toolkit.fluxcd.io_kustomizations.yaml"},
	"OCIRepository":  {Module: sourceController, Path: "config/crd/bases/source.toolkit.fluxcd.io_ocirepositories.yaml"},
	"GitRepository":  {Module: sourceController, Path: "config/crd/bases/source.toolkit.fluxcd.io_gitrepositories.yaml"},
	"ExternalSecret": {Module: "github.com/external-secrets/external-secrets@v1.3.2", Path: "config/crds/bases/external-secrets.io_externalsecrets.yaml"},
}

// TestCRDs holds what Argo CD and Flux read against their own CRDs.
func TestCRDs(t *testing.T) {
	for _, file := range []string{
		"argocd/sidecar/application.yaml", "argocd/plugin-home/application.yaml", "argocd/rendered/application.yaml",
		"flux/oci.yaml", "flux/git.yaml", "underlay/argocd/application.yaml",
	} {
		for _, object := range documents(t, read(t, file)) {
			if err := schemas.Validate(crds[object["kind"].(string)], t.TempDir(), object); err != nil {
				t.Errorf("%s: %v: %v", file, object["kind"], err)
			}
		}
	}
}

// TestArgoCDInstallation builds Argo CD's own manifests with each of the components, as its administrator would.
func TestArgoCDInstallation(t *testing.T) {
	module, err := schemas.Module(argocd, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	install, err := os.ReadFile(filepath.Join(module, "manifests/namespace-install.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, component := range []string{"sidecar", "plugin-home"} {
		dir := t.TempDir()
		if err := os.CopyFS(filepath.Join(dir, component), os.DirFS(filepath.Join("argocd", component))); err != nil {
			t.Fatal(err)
		}
		write(t, dir+"/top/install.yaml", string(install))
		write(t, dir+"/top/kustomization.yaml", "namespace: argocd\nresources: [install.yaml]\ncomponents: [../"+component+"]\n")
		m, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), dir+"/top")
		if err != nil {
			t.Fatalf("%s: %v", component, err)
		}
		text, err := m.AsYaml()
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range repoServerProblems(documents(t, string(text))) {
			t.Errorf("%s: %s", component, problem)
		}
	}
}

// repoServerProblems says which volumes and ConfigMaps of the repo-server are not there, and whether our container is missing.
func repoServerProblems(objects []map[string]any) (problems []string) {
	maps := map[string]bool{}
	var server map[string]any
	for _, o := range objects {
		name := o["metadata"].(map[string]any)["name"].(string)
		if o["kind"] == "ConfigMap" {
			maps[name] = true
		}
		if o["kind"] == "Deployment" && name == "argocd-repo-server" {
			server = o["spec"].(map[string]any)["template"].(map[string]any)["spec"].(map[string]any)
		}
	}
	volumes := map[string]bool{}
	for _, v := range server["volumes"].([]any) {
		v := v.(map[string]any)
		volumes[v["name"].(string)] = true
		if source, ok := v["configMap"].(map[string]any); ok && !maps[source["name"].(string)] {
			problems = append(problems, fmt.Sprintf("no ConfigMap %v", source["name"]))
		}
	}
	ours := false
	for _, c := range append(server["initContainers"].([]any), server["containers"].([]any)...) {
		c := c.(map[string]any)
		ours = ours || strings.HasPrefix(c["image"].(string), "ghcr.io/nested-config/")
		for _, m := range c["volumeMounts"].([]any) {
			if name := m.(map[string]any)["name"].(string); !volumes[name] {
				problems = append(problems, fmt.Sprintf("%v: no volume %s", c["name"], name))
			}
		}
	}
	if !ours {
		problems = append(problems, "no container of ours")
	}
	return problems
}

// TestPluginHome: kustomize with the program in its plugin home, and nothing but --enable-alpha-plugins, renders the cluster; without it, it fails.
func TestPluginHome(t *testing.T) {
	home := t.TempDir()
	program := filepath.Join(t.TempDir(), "nested-config")
	output(t, nil, "go", "build", "-o", program, "..")
	output(t, nil, program, "install", "--kustomize-plugin", home)
	for _, tool := range [][]string{{programs.Path(t, "kustomize"), "build"}, {"kubectl", "kustomize"}} {
		args := append(tool[1:], "--enable-alpha-plugins", "argocd/cluster")
		got := output(t, []string{"KUSTOMIZE_PLUGIN_HOME=" + home}, tool[0], args...)
		if diff := cmp.Diff(read(t, "argocd/rendered/manifests/nested-k8s.yaml"), got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", tool, diff)
		}
		cmd := exec.Command(tool[0], args...)
		cmd.Env = append(os.Environ(), "KUSTOMIZE_PLUGIN_HOME="+t.TempDir())
		if out, err := cmd.Output(); err == nil {
			t.Errorf("%v without the plugin passes and writes\n%s", tool, out)
		}
	}
}

func output(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", cmd, err)
	}
	return string(out)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func documents(t *testing.T, text string) (objects []map[string]any) {
	t.Helper()
	for doc := range strings.SplitSeq(text, "\n---\n") {
		var o map[string]any
		if err := yaml.Unmarshal([]byte(doc), &o); err != nil {
			t.Fatal(err)
		}
		if o != nil {
			objects = append(objects, o)
		}
	}
	return objects
}
