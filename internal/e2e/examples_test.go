//go:build e2e

package e2e

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// examples are the NestedConfigs of examples/, by file. What a kustomization has as
// a resource or a patch, and not as a generator, is but a part of one: those of
// examples/fleet make the same clusters as its kpt packages, which are here.
func examples(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir("../../examples", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".yaml" {
			return err
		}
		text, err := os.ReadFile(path)
		if isPart(t, path) {
			return err
		}
		if strings.HasPrefix(string(text), "kind: NestedConfig\n") || strings.Contains(string(text), "\nkind: NestedConfig\n") {
			found[strings.TrimPrefix(path, "../../examples/")] = string(text)
		}
		return err
	})
	if err != nil || len(found) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	return found
}

func isPart(t *testing.T, path string) bool {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(filepath.Dir(path), "kustomization.yaml"))
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	var k struct{ Generators []string }
	if err == nil {
		err = yaml.Unmarshal(text, &k)
	}
	if err != nil {
		t.Fatal(err)
	}
	return !slices.Contains(k.Generators, filepath.Base(path))
}

func TestEveryExampleInstallsTwiceTheSameAndLeavesNothingBehind(t *testing.T) {
	for file, config := range examples(t) {
		t.Run(file, func(t *testing.T) {
			manifest := render(t, config)
			before := inventory(t)

			apply(t, manifest)
			settle(t, manifest)
			first := versions(t, manifest)
			apply(t, manifest)
			settle(t, manifest)
			if diff := cmp.Diff(first, versions(t, manifest)); diff != "" {
				t.Errorf("the second apply changed something (-first +second):\n%s", diff)
			}

			remove(t, manifest)
			var left string
			eventually(t, "deletion leaves nothing", func() bool {
				left = cmp.Diff(before, inventory(t))
				return left == "" || t.Failed()
			})
		})
	}
}

// versions are the resource versions of everything in a manifest, but not of
// what controllers write a status into: there the generation counts.
func versions(t *testing.T, manifest string) string {
	t.Helper()
	return kubectl(t, manifest, "get", "--filename", "-", "--output",
		`jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.generation} {.metadata.uid} {.data} {.rules} {.metadata.annotations}{"\n"}{end}`)
}

// inventory is every resource of the cluster, beside what comes and goes by
// itself.
func inventory(t *testing.T) []string {
	t.Helper()
	var kinds []string
	for kind := range strings.FieldsSeq(kubectl(t, "", "api-resources", "--verbs", "list", "--output", "name")) {
		name, _, _ := strings.Cut(kind, ".")
		if !slices.Contains([]string{"events", "leases", "componentstatuses", "endpointslices"}, name) {
			kinds = append(kinds, kind)
		}
	}
	out := kubectl(t, "", "get", strings.Join(kinds, ","), "--all-namespaces", "--ignore-not-found", "--output",
		`jsonpath={range .items[*]}{.kind} {.metadata.namespace} {.metadata.name}{"\n"}{end}`)
	lines := strings.Split(out, "\n")
	slices.Sort(lines)
	return lines
}

func TestKubeManagerRunsOnceAndTheCNIPluginEverywhere(t *testing.T) {
	install(t, render(t, config(t)))
	nodes := strings.Fields(kubectl(t, "", "get", "nodes", "--output", "jsonpath={.items[*].metadata.name}"))
	controlPlane := strings.Fields(kubectl(t, "", "get", "nodes", "--selector", "node-role.kubernetes.io/control-plane", "--output", "jsonpath={.items[*].metadata.name}"))
	tainted := kubectl(t, "", "get", "nodes", "--output", "jsonpath={.items[*].spec.taints[*].effect}")
	if len(nodes) < 3 || !strings.Contains(tainted, "NoSchedule") || !strings.Contains(tainted, "NoExecute") {
		t.Fatalf("the cluster shows nothing: it has nodes %v with taints %s, and needs tainted and plain ones", nodes, tainted)
	}
	var managers, agents []string
	for _, p := range pods(t) {
		if p.app == kubeManager {
			managers = append(managers, p.node)
		} else {
			agents = append(agents, p.node)
		}
	}
	slices.Sort(nodes)
	if diff := cmp.Diff(nodes, agents); diff != "" {
		t.Errorf("CNI pods are not one on every node (-nodes +pods):\n%s", diff)
	}
	if len(managers) != 1 || !slices.Contains(controlPlane, managers[0]) {
		t.Errorf("kube-manager is on %v, must be once and on one of %v", managers, controlPlane)
	}
	if got := kubectl(t, "", "--namespace", namespace, "get", "secret", "contrail-kube-manager-token", "--output", "jsonpath={.data.token}"); got == "" {
		t.Error("the token controller has not filled the Secret that kube-manager mounts")
	}
}
