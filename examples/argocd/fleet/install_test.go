package fleet_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// The component of install changes what Argo CD's own manifest and the sidecar's component have put there: the files of the sidecar are in memory, and
// the settings are beside those that there were.
func TestInstall(t *testing.T) {
	dir := t.TempDir()
	for _, component := range []string{"sidecar", "fleet/install"} {
		if err := os.CopyFS(filepath.Join(dir, component), os.DirFS(filepath.Join("..", component))); err != nil {
			t.Fatal(err)
		}
	}
	for file, text := range map[string]string{
		"kustomization.yaml": "namespace: argocd\nresources: [argocd.yaml]\ncomponents: [sidecar, fleet/install]\n",
		"argocd.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: argocd-repo-server}
spec:
  selector: {matchLabels: {app: repo-server}}
  template:
    metadata: {labels: {app: repo-server}}
    spec:
      containers: [{name: argocd-repo-server, image: argocd}]
      volumes: [{name: var-files, emptyDir: {}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-cm}
data: {theirs: "1"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-cmd-params-cm}
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got := map[string]any{}
	for _, doc := range strings.Split(builds(t, dir), "---\n") {
		var r struct {
			Metadata struct{ Name string }
			Data     map[string]string
			Spec     struct {
				Template struct {
					Spec struct {
						Containers []struct {
							Name      string
							Resources struct{ Limits map[string]string }
						}
						Volumes []struct {
							Name     string
							EmptyDir map[string]string
						}
					}
				}
			}
		}
		if err := yaml.Unmarshal([]byte(doc), &r); err != nil {
			t.Fatal(err)
		}
		for key := range r.Data {
			got[r.Metadata.Name+" "+key] = true
		}
		for _, c := range r.Spec.Template.Spec.Containers {
			got["container "+c.Name] = c.Resources.Limits
		}
		for _, v := range r.Spec.Template.Spec.Volumes {
			got["volume "+v.Name] = v.EmptyDir
		}
	}
	want := map[string]any{
		"argocd-cm theirs": true,
		"argocd-cm resource.customizations.health.argoproj.io_ApplicationSet":    true,
		"argocd-cmd-params-cm applicationsetcontroller.enable.progressive.syncs": true,
		"argocd-cmd-params-cm reposerver.parallelism.limit":                      true,
		"container argocd-repo-server":                                           map[string]string(nil),
		"container nested-config":                                                map[string]string{"memory": "1Gi"},
		"volume nested-config-plugin":                                            map[string]string(nil),
		"volume nested-config-tmp":                                               map[string]string{"medium": "Memory", "sizeLimit": "512Mi"},
		"volume var-files":                                                       map[string]string{},
	}
	for name := range got { // with a hash
		if strings.HasPrefix(name, "nested-config-plugin-") {
			delete(got, name)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
