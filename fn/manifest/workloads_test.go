package manifest

import (
	"os"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/bases"
	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// workload is one of the two that the guide's config gives, with lines added to its spec.
func workload(t *testing.T, kind, spec string) object {
	t.Helper()
	text, err := os.ReadFile("../../examples/link-local/nested-config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	// The section kubernetes is its last.
	c, problems := config.Load(yaml.MustParse(string(text) + spec).YNode())
	for _, p := range problems {
		if p.Severity == config.Error {
			t.Fatal(p)
		}
	}
	for _, n := range Render(&c) {
		if n.GetKind() == kind {
			return object{n.YNode()}
		}
	}
	t.Fatalf("no %s", kind)
	return object{}
}

func text(t *testing.T, n *yaml.Node) string {
	t.Helper()
	if n == nil {
		return ""
	}
	s, err := yaml.String(n)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The label master is asked for only where a node may have no other.
func TestMasterLabel(t *testing.T) {
	const newer = "node-role.kubernetes.io/control-plane node-role.opencontrail.org/config"
	const older = "node-role.kubernetes.io/control-plane node-role.kubernetes.io/master node-role.opencontrail.org/config"
	for _, c := range []struct{ reason, spec, want string }{
		{"any Kubernetes may be meant", "", older},
		{"the last with that label alone", `    version: "1.23"`, older},
		{"the first whose API server knows the new label only", `    version: "1.24"`, newer},
		{"written with v and patch", `    version: v1.34.2`, newer},
		{"numbers are compared, not text", `    version: "1.9"`, older},
		{"three digits", `    version: "1.100"`, newer},
	} {
		pod := workload(t, "Deployment", c.spec).at("spec", "template", "spec")
		var got []string
		for _, term := range pod.at("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms").Content {
			got = append(got, object{term}.text("matchExpressions", "0", "key"))
		}
		if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", c.reason, c.spec, diff)
		}
		if got := pod.text("tolerations", "1", "key"); got != "node-role.kubernetes.io/master" {
			t.Errorf("%s: the toleration of old nodes is gone: %s", c.reason, got)
		}
	}
}

// What is written under resources is all of it.
func TestResources(t *testing.T) {
	for _, c := range []struct{ reason, resources, manager, plugin string }{
		{"not set", "", "requests:\n  cpu: 100m\n  memory: 128Mi\n", "requests:\n  cpu: 10m\n  memory: 32Mi\n"},
		{"all lines commented out", "resources:", "requests:\n  cpu: 100m\n  memory: 128Mi\n", "requests:\n  cpu: 10m\n  memory: 32Mi\n"},
		{"none, said so", "resources: {}", "", ""},
		{"none, said in another way", "resources: {requests: {}}", "", ""},
		{"a limit below the default requests", "resources: {limits: {cpu: 5m}}", "limits:\n  cpu: 5m\n", "limits:\n  cpu: 5m\n"},
		{"other requests", "resources: {requests: {memory: 1Gi}}", "requests:\n  memory: 1Gi\n", "requests:\n  memory: 1Gi\n"},
	} {
		spec := "  kubeManager:\n    " + c.resources + "\n  cni:\n    " + c.resources + "\n"
		pod := workload(t, "Deployment", spec).at("spec", "template", "spec")
		if diff := cmp.Diff(c.manager, text(t, yamlnode.Get(pod.at("containers", "0").Node, "resources"))); diff != "" {
			t.Errorf("%s: kube-manager (-want +got):\n%s", c.reason, diff)
		}
		pod = workload(t, "DaemonSet", spec).at("spec", "template", "spec")
		for _, containers := range []string{"initContainers", "containers"} {
			if diff := cmp.Diff(c.plugin, text(t, yamlnode.Get(pod.at(containers, "0").Node, "resources"))); diff != "" {
				t.Errorf("%s: %s of the CNI pod (-want +got):\n%s", c.reason, containers, diff)
			}
		}
	}
}

// Bases show the defaults, and no container of theirs has more rights than it was measured to need.
func TestContainersOfBases(t *testing.T) {
	const plugin = `allowPrivilegeEscalation: false
capabilities:
  drop:
  - ALL
seLinuxOptions:
  type: spc_t
`
	want := map[string]string{
		"contrail-kube-manager": `allowPrivilegeEscalation: false
capabilities:
  drop:
  - ALL
  add:
  - CHOWN
  - DAC_OVERRIDE
  - FOWNER
  - SETGID
  - SETUID
`,
		"contrail-k8s-cni":             plugin,
		"contrail-kubernetes-cni-init": plugin,
	}
	for _, spec := range []string{"", "  cni: {hostPlugins: Overwrite}\n"} {
		for _, kind := range []string{"Deployment", "DaemonSet"} {
			pod := workload(t, kind, spec).at("spec", "template", "spec")
			for _, list := range []string{"initContainers", "containers"} {
				containers := yamlnode.Get(pod.Node, list)
				if containers == nil {
					continue
				}
				for _, n := range containers.Content {
					container := object{n}
					if diff := cmp.Diff(want[container.text("name")], text(t, yamlnode.Get(n, "securityContext"))); diff != "" {
						t.Errorf("%s (-want +got):\n%s", container.text("name"), diff)
					}
					if diff := cmp.Diff(requestsOfBases(t, container.text("name")), text(t, yamlnode.Get(n, "resources"))); diff != "" {
						t.Errorf("%s: default and bases differ (-bases +default):\n%s", container.text("name"), diff)
					}
				}
			}
		}
	}
}

func requestsOfBases(t *testing.T, container string) string {
	t.Helper()
	for _, d := range bases.Documents() {
		if d.Kind != "Deployment" && d.Kind != "DaemonSet" {
			continue
		}
		pod := object{d.Node}.at("spec", "template", "spec")
		for _, list := range []string{"initContainers", "containers"} {
			if containers := yamlnode.Get(pod.Node, list); containers != nil {
				for _, n := range containers.Content {
					if (object{n}).text("name") == container {
						return text(t, yamlnode.Get(n, "resources"))
					}
				}
			}
		}
	}
	t.Fatalf("bases have no container %s", container)
	return ""
}

// A Service gives the pods of its namespace variables such as RABBITMQ_PORT and
// KUBERNETES__VNC__X_PORT, which the images would take for settings.
func TestNoServiceBecomesAVariable(t *testing.T) {
	for _, kind := range []string{"Deployment", "DaemonSet"} {
		pod := workload(t, kind, "").at("spec", "template", "spec")
		if got := text(t, yamlnode.Get(pod.Node, "enableServiceLinks")); got != "false\n" {
			t.Errorf("%s: enableServiceLinks is %q", kind, got)
		}
	}
}
