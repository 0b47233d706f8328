package verify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Runner runs a program and gives its standard output. Its error holds what the
// program wrote to standard error.
type Runner func(ctx context.Context, name string, args ...string) ([]byte, error)

// Manager is a pod of kube-manager.
type Manager struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Node      string `json:"node"`
	Owner     string `json:"owner"` // kind, such as ReplicaSet or DaemonSet
}

// ErrTwoManagers says that more than one kube-manager is running. There is no
// leader election in nested mode: each writes the same objects.
var ErrTwoManagers = errors.New("more than one kube-manager is running")

// KubeManagers finds the pods of kube-manager that are at work, those of the old
// DaemonSet among them. It asks kubectl, which knows every way to authenticate
// that a kubeconfig may ask for. The error is ErrTwoManagers when there are
// several.
func KubeManagers(ctx context.Context, run Runner, kubeconfig string) ([]Manager, error) {
	args := []string{"get", "pods", "--all-namespaces", "--selector", "app=contrail-kube-manager", "--output", "json", "--request-timeout", "10s"}
	if kubeconfig != "" {
		args = append([]string{"--kubeconfig", kubeconfig}, args...)
	}
	out, err := run(ctx, "kubectl", args...)
	if err != nil {
		return nil, err
	}
	var list struct {
		Items []struct {
			Metadata struct {
				Name              string  `json:"name"`
				Namespace         string  `json:"namespace"`
				DeletionTimestamp *string `json:"deletionTimestamp"`
				OwnerReferences   []struct {
					Kind string `json:"kind"`
				} `json:"ownerReferences"`
			} `json:"metadata"`
			Spec struct {
				NodeName string `json:"nodeName"`
			} `json:"spec"`
			Status struct {
				Phase string `json:"phase"`
			} `json:"status"`
		} `json:"items"`
	}
	if err := json.Unmarshal(out, &list); err != nil {
		return nil, fmt.Errorf("kubectl: the answer is not a list of pods (%w)", err)
	}
	var found []Manager
	for _, p := range list.Items {
		if p.Status.Phase != "Running" || p.Metadata.DeletionTimestamp != nil {
			continue
		}
		m := Manager{Namespace: p.Metadata.Namespace, Name: p.Metadata.Name, Node: p.Spec.NodeName}
		for _, o := range p.Metadata.OwnerReferences {
			m.Owner = o.Kind
		}
		found = append(found, m)
	}
	slices.SortFunc(found, func(a, b Manager) int { return strings.Compare(a.Namespace+"/"+a.Name, b.Namespace+"/"+b.Name) })
	if len(found) > 1 {
		return found, ErrTwoManagers
	}
	return found, nil
}
