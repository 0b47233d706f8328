//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// program is the built binary.
var program string

func TestMain(m *testing.M) {
	status, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

func run(m *testing.M) (int, error) {
	if os.Getenv("KUBECONFIG") == "" {
		return 0, fmt.Errorf("KUBECONFIG: names no cluster: run .ci/e2e, or set it to a cluster that these tests may change")
	}
	if _, err := exec.LookPath("kubectl"); err != nil {
		return 0, fmt.Errorf("kubectl: is not on PATH: https://kubernetes.io/docs/tasks/tools/ says how to install it")
	}
	if err := mayBeChanged(); err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "nested-config-e2e")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "nested-config")
	build := exec.Command("go", "build", "-o", program, "github.com/nested-config/nested-config")
	if text, err := build.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("go build: %w\n%s", err, text)
	}
	return m.Run(), nil
}

// mayBeChanged refuses a cluster whose network these tests would take down.
func mayBeChanged() error {
	text, err := exec.Command("kubectl", "get", "clusterroles,daemonsets,deployments", "--all-namespaces",
		"--output", `jsonpath={range .items[?(@.metadata.name=="contrail-kube-manager")]}{.kind} {.metadata.name}{"\n"}{end}`+
			`{range .items[?(@.metadata.name=="contrail-kubernetes-cni-agent")]}{.kind} {.metadata.name}{"\n"}{end}`).CombinedOutput()
	if err != nil {
		return fmt.Errorf("KUBECONFIG: kubectl get: %w\n%s", err, text)
	}
	if len(text) > 0 {
		return fmt.Errorf("KUBECONFIG: this cluster runs Contrail, which these tests would install and delete: give them a cluster of their own. It has\n%s", text)
	}
	return nil
}
