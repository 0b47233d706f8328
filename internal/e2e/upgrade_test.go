//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// upgradeSteps are the commands that README gives, word for word.
func upgradeSteps(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "\n## Upgrading a cluster that runs the old manifest\n")
	_, block, begins := strings.Cut(section, "\n```sh\n")
	block, _, ends := strings.Cut(block, "\n```\n")
	if !found || !begins || !ends {
		t.Fatal("README.md has no commands under \"Upgrading a cluster that runs the old manifest\"")
	}
	return block
}

func TestTheUpgradeOfReadmeTurnsTheOldManifestIntoTheNewOne(t *testing.T) {
	manifest := render(t, config(t))
	fresh := func() map[string]string {
		install := func() { apply(t, manifest); settle(t, manifest) }
		install()
		defer remove(t, manifest)
		return live(t, manifest)
	}()
	old, err := filepath.Abs("testdata/old-manifest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, command := range map[string][]string{
		"kubectl apply":               {"apply", "--filename", old},
		"kubectl create":              {"create", "--filename", old},
		"kubectl apply --server-side": {"apply", "--server-side", "--filename", old},
	} {
		t.Run("installed by "+name, func(t *testing.T) {
			t.Cleanup(func() {
				kubectl(t, "", "delete", "--ignore-not-found", "--filename", old)
				remove(t, manifest)
			})
			kubectl(t, "", "label", "node", "--all", "node-role.opencontrail.org/config=")
			t.Cleanup(func() { kubectl(t, "", "label", "node", "--all", "node-role.opencontrail.org/config-") })
			kubectl(t, "", command...)
			kubectl(t, "", "--namespace", namespace, "rollout", "status", "daemonset/"+cniAgent, "--timeout", patience.String())
			eventually(t, "the old pods run", func() bool { return len(pods(t)) >= 2 })

			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "nested-config.yaml"), []byte(config(t)), 0o644); err != nil {
				t.Fatal(err)
			}
			steps := exec.Command("bash", "-euo", "pipefail", "-c", upgradeSteps(t))
			steps.Dir = dir
			steps.Env = append(os.Environ(), "PATH="+filepath.Dir(program)+":"+os.Getenv("PATH"))
			if text, err := steps.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, text)
			}

			settle(t, manifest)
			if diff := cmp.Diff(fresh, live(t, manifest)); diff != "" {
				t.Errorf("not what a new cluster has (-new +upgraded):\n%s", diff)
			}
			left, _, err := call("", "kubectl", "--namespace", namespace, "get", "configmap/env", "configmap/kube-manager-config", "daemonset/"+kubeManager, "--ignore-not-found", "--output", "name")
			if err != nil || left != "" {
				t.Errorf("the old manifest leaves %s %v", left, err)
			}
			managers := 0
			for _, p := range pods(t) {
				if p.app == kubeManager {
					managers++
				}
			}
			if managers != 1 {
				t.Errorf("%d kube-managers run, must be 1", managers)
			}
		})
	}
}

// live is what a cluster holds of a manifest, without what differs from one
// installation to the next.
func live(t *testing.T, manifest string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, o := range objects(manifest) {
		args := []string{"get", o.Kind, o.Metadata.Name, "--output",
			`jsonpath={.spec}{"\n"}{.rules}{"\n"}{.roleRef}{.subjects}{"\n"}{.type}{"\n"}{.metadata.labels}`}
		if o.Kind == "ConfigMap" {
			args[4] += `{"\n"}{.data}`
		}
		if o.Metadata.Namespace != "" {
			args = append(args, "--namespace", o.Metadata.Namespace)
		}
		found[o.Kind+" "+o.Metadata.Name] = strings.ReplaceAll(kubectl(t, "", args...), ",", ",\n")
	}
	return found
}
