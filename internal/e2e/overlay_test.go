//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAnOverlayThatRenamesAndChangesAConfigMap installs examples/overlay: the renamed ServiceAccount has its token, and another change of the
// ConfigMap rolls kube-manager alone.
func TestAnOverlayThatRenamesAndChangesAConfigMap(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../examples/overlay")); err != nil {
		t.Fatal(err)
	}
	built := func() string {
		out, errs, err := call("", program, "build", dir)
		if err != nil {
			t.Fatalf("nested-config build: %v\n%s", err, errs)
		}
		return out
	}
	rolledOut := func() []pod {
		for _, workload := range []string{"deployment/east-" + kubeManager, "daemonset/east-" + cniAgent} {
			kubectl(t, "", "--namespace", namespace, "rollout", "status", workload, "--timeout", patience.String())
		}
		return pods(t)
	}
	manifest := built()
	t.Cleanup(func() { remove(t, manifest) })
	apply(t, manifest)
	eventually(t, "the token Secret has a token", func() bool {
		out, _, err := call("", "kubectl", "--namespace", namespace, "get", "secret", "east-contrail-kube-manager-token", "--output", "jsonpath={.data.token}")
		return err == nil && out != ""
	})
	before := rolledOut()

	file := filepath.Join(dir, "change/kustomization.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), "SYS_INFO", "SYS_WARN", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	apply(t, built())
	var after []pod
	eventually(t, "the old pods are gone", func() bool { after = rolledOut(); return len(after) == len(before) })
	for i, p := range after {
		if rolled := p.uid != before[i].uid; rolled != (p.app == kubeManager) {
			t.Errorf("pod of %s on %s is a new one: %v", p.app, p.node, rolled)
		}
	}
}

// TestWarnings: what the API server warns of at an apply. Nothing where the cluster is known to be new; else the label of old nodes.
func TestWarnings(t *testing.T) {
	for _, c := range []struct{ version, want string }{
		{`"1.24"`, ""},
		{`""`, "Warning: spec.template.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[1].matchExpressions[0].key: " +
			`node-role.kubernetes.io/master is use "node-role.kubernetes.io/control-plane" instead` + "\n"},
	} {
		manifest := render(t, config(t, `apiServer: 10.84.31.67`, "apiServer: 10.84.31.67\n    version: "+c.version))
		_, errs, err := call(manifest, "kubectl", "apply", "--server-side", "--dry-run=server", "--filename", "-")
		if err != nil {
			t.Fatalf("%v\n%s", err, errs)
		}
		if diff := cmp.Diff(c.want, errs); diff != "" {
			t.Errorf("version %s (-want +got):\n%s", c.version, diff)
		}
	}
}
