//go:build e2e

package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"
)

const (
	namespace   = "kube-system"
	kubeManager = "contrail-kube-manager"
	cniAgent    = "contrail-kubernetes-cni-agent"
)

// patience is for controllers; on simulated nodes all takes a second or two.
const patience = 90 * time.Second

// call runs a program to its end and gives what it printed.
func call(stdin, name string, args ...string) (stdout, stderr string, err error) {
	var out, errs bytes.Buffer
	c := exec.Command(name, args...)
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(stdin), &out, &errs
	err = c.Run()
	return out.String(), errs.String(), err
}

// kubectl must succeed.
func kubectl(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	out, errs, err := call(stdin, "kubectl", args...)
	if err != nil {
		t.Fatalf("kubectl %s: %v\n%s", strings.Join(args, " "), err, errs)
	}
	return out
}

// config is the config of testdata with some texts replaced, old and new in turn.
func config(t *testing.T, changes ...string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/nested-config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s := string(text)
	for i := 0; i < len(changes); i += 2 {
		if strings.Count(s, changes[i]) != 1 {
			t.Fatalf("testdata/nested-config.yaml does not hold %q once", changes[i])
		}
		s = strings.Replace(s, changes[i], changes[i+1], 1)
	}
	return s
}

// render is nested-config FILE.
func render(t *testing.T, config string) string {
	t.Helper()
	out, errs, err := call(config, program, "-")
	if err != nil {
		t.Fatalf("nested-config: %v\n%s", err, errs)
	}
	return out
}

func apply(t *testing.T, manifest string) {
	t.Helper()
	kubectl(t, manifest, "apply", "--server-side", "--validate=strict", "--filename", "-")
}

// install applies a manifest, waits for its pods, and deletes it after the test.
func install(t *testing.T, manifest string) {
	t.Helper()
	t.Cleanup(func() { remove(t, manifest) })
	apply(t, manifest)
	settle(t, manifest)
}

func remove(t *testing.T, manifest string) {
	t.Helper()
	kubectl(t, manifest, "delete", "--ignore-not-found", "--timeout", patience.String(), "--filename", "-")
	eventually(t, "no pod is left", func() bool { return len(pods(t)) == 0 })
}

// settle waits until both workloads have rolled out.
func settle(t *testing.T, manifest string) {
	t.Helper()
	ns := namespaceOf(manifest)
	kubectl(t, "", "--namespace", ns, "rollout", "status", "deployment/"+kubeManager, "--timeout", patience.String())
	kubectl(t, "", "--namespace", ns, "rollout", "status", "daemonset/"+cniAgent, "--timeout", patience.String())
	kubectl(t, "", "--namespace", ns, "wait", "--for", "condition=Available", "deployment/"+kubeManager, "--timeout", patience.String())
}

func namespaceOf(manifest string) string {
	for _, o := range objects(manifest) {
		if o.Kind == "Deployment" {
			return o.Metadata.Namespace
		}
	}
	return namespace
}

func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !done(); time.Sleep(300 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not in time: %s", what)
		}
	}
}

// pod is a pod of ours.
type pod struct{ app, uid, node string }

// pods are those of kube-manager and of the CNI plugin that are not on their way
// out, in every namespace.
func pods(t *testing.T) []pod {
	t.Helper()
	out := kubectl(t, "", "get", "pods", "--all-namespaces", "--selector", "app in (contrail-kube-manager,contrail-agent)",
		"--output", `jsonpath={range .items[*]}{.metadata.labels.app} {.metadata.uid} {.spec.nodeName} {.metadata.deletionTimestamp}{"\n"}{end}`)
	var ps []pod
	for line := range strings.Lines(out) {
		if f := strings.Fields(line); len(f) == 3 {
			ps = append(ps, pod{f[0], f[1], f[2]})
		}
	}
	slices.SortFunc(ps, func(a, b pod) int { return strings.Compare(a.app+a.node, b.app+b.node) })
	return ps
}

// object is what tests read of a resource.
type object struct {
	APIVersion string
	Kind       string
	Metadata   struct{ Name, Namespace string }
	Data       map[string]string
	Rules      any
	Spec       struct {
		Template struct{ Spec podSpec }
	}
}

type podSpec struct {
	InitContainers, Containers []container
	Volumes                    []struct {
		Name     string
		HostPath *struct{ Path string }
		EmptyDir *struct{}
	}
}

type container struct {
	Name         string
	Command      []string
	EnvFrom      []struct{ ConfigMapRef struct{ Name string } }
	VolumeMounts []struct{ Name, MountPath string }
}

// objects are the documents of a manifest.
func objects(manifest string) []object {
	var os []object
	for doc := range strings.SplitSeq(manifest, "\n---\n") {
		var o object
		if err := yaml.Unmarshal([]byte(doc), &o); err != nil {
			panic(err) // what the program printed has been read by kubectl as well
		}
		os = append(os, o)
	}
	return os
}
