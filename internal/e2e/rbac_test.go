//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const account = "system:serviceaccount:" + namespace + ":" + kubeManager

// may asks the API server, as kubectl auth can-i does, but also of groups that
// this one no longer serves. A question is a verb and a URL or a resource with
// its group and, after a slash, subresource. It gives the questions answered yes.
func may(t *testing.T, account string, questions []string) []string {
	t.Helper()
	var reviews strings.Builder
	for _, q := range questions {
		verb, what, _ := strings.Cut(q, " ")
		fmt.Fprintf(&reviews, "---\napiVersion: authorization.k8s.io/v1\nkind: SelfSubjectAccessReview\nspec:\n")
		if strings.HasPrefix(what, "/") {
			fmt.Fprintf(&reviews, "  nonResourceAttributes: {verb: %q, path: %q}\n", verb, what)
			continue
		}
		what, sub, _ := strings.Cut(what, "/")
		resource, group, _ := strings.Cut(what, ".")
		if resource == "*" {
			group = "*"
		}
		fmt.Fprintf(&reviews, "  resourceAttributes: {namespace: default, verb: %q, group: %q, resource: %q, subresource: %q}\n", verb, group, resource, sub)
	}
	out := kubectl(t, reviews.String(), "create", "--validate=false", "--as", account, "--output", `jsonpath={.status.allowed}{"\n"}`, "--filename", "-")
	answers := strings.Fields(out)
	if len(answers) != len(questions) {
		t.Fatalf("%d answers to %d questions: %s", len(answers), len(questions), out)
	}
	var yes []string
	for i, q := range questions {
		if answers[i] == "true" {
			yes = append(yes, q)
		}
	}
	return yes
}

// used is what kube-manager does with the API of the nested cluster in one
// release or another (its kube_manager package, R5.0 to tf master).
var used = []string{
	"list pods", "watch pods", "get pods", "patch pods",
	"list services", "watch services", "get services", "patch services",
	"list endpoints", "watch endpoints", "get endpoints",
	"list namespaces", "watch namespaces", "get namespaces",
	"list networkpolicies.networking.k8s.io", "watch networkpolicies.networking.k8s.io", "get networkpolicies.networking.k8s.io",
	"list networkpolicies.extensions", "watch networkpolicies.extensions", "get networkpolicies.extensions",
	"list ingresses.networking.k8s.io", "watch ingresses.networking.k8s.io", "get ingresses.networking.k8s.io",
	"list ingresses.extensions", "watch ingresses.extensions", "get ingresses.extensions",
	"patch ingresses.networking.k8s.io", "update ingresses.networking.k8s.io",
	"patch ingresses.networking.k8s.io/status", "update ingresses.networking.k8s.io/status",
	"patch ingresses.extensions/status", "update ingresses.extensions/status",
	"list network-attachment-definitions.k8s.cni.cncf.io", "watch network-attachment-definitions.k8s.cni.cncf.io", "get network-attachment-definitions.k8s.cni.cncf.io",
	"get customresourcedefinitions.apiextensions.k8s.io", "create customresourcedefinitions.apiextensions.k8s.io",
	"get /openapi/v2", "get /apis", "get /apis/networking.k8s.io/v1", "get /api", "get /api/v1", "get /version",
}

// dangerous is what would make a stolen token worth having.
var dangerous = []string{
	"get secrets", "list secrets", "watch secrets", "create secrets", "get configmaps", "update configmaps",
	"create pods", "delete pods", "update pods", "deletecollection pods", "create pods/exec", "get pods/exec", "create pods/attach",
	"create pods/portforward", "get pods/log", "create pods/eviction", "patch pods/status", "patch pods/ephemeralcontainers", "patch pods/resize",
	"create services", "delete services", "update services", "get services/proxy", "patch services/status",
	"create endpoints", "update endpoints", "patch endpoints", "create namespaces", "delete namespaces", "patch namespaces",
	"get nodes", "list nodes", "patch nodes", "get nodes/proxy", "create serviceaccounts/token", "create serviceaccounts", "impersonate users", "impersonate serviceaccounts", "impersonate groups",
	"create deployments.apps", "patch daemonsets.apps", "create daemonsets.apps", "create jobs.batch", "create cronjobs.batch",
	"create ingresses.networking.k8s.io", "delete ingresses.networking.k8s.io", "create networkpolicies.networking.k8s.io", "patch networkpolicies.networking.k8s.io", "delete networkpolicies.networking.k8s.io",
	"patch customresourcedefinitions.apiextensions.k8s.io", "update customresourcedefinitions.apiextensions.k8s.io", "delete customresourcedefinitions.apiextensions.k8s.io", "list customresourcedefinitions.apiextensions.k8s.io",
	"create network-attachment-definitions.k8s.cni.cncf.io", "patch network-attachment-definitions.k8s.cni.cncf.io",
	"create clusterroles.rbac.authorization.k8s.io", "escalate clusterroles.rbac.authorization.k8s.io", "bind clusterroles.rbac.authorization.k8s.io", "create clusterrolebindings.rbac.authorization.k8s.io", "create rolebindings.rbac.authorization.k8s.io",
	"create mutatingwebhookconfigurations.admissionregistration.k8s.io", "create validatingwebhookconfigurations.admissionregistration.k8s.io", "create apiservices.apiregistration.k8s.io",
	"create certificatesigningrequests.certificates.k8s.io", "update certificatesigningrequests.certificates.k8s.io/approval", "create persistentvolumes",
	"get leases.coordination.k8s.io", "get /metrics", "get /logs", "get /debug/pprof", "post /api", "* *",
}

func TestKubeManagerMayDoWhatItDoesAndNothingElse(t *testing.T) {
	install(t, render(t, config(t)))
	if diff := cmp.Diff(used, may(t, account, used)); diff != "" {
		t.Errorf("kube-manager may not do all that it does (-does +may):\n%s", diff)
	}
	if diff := cmp.Diff([]string(nil), may(t, account, dangerous)); diff != "" {
		t.Errorf("kube-manager may do what is none of its business (+may):\n%s", diff)
	}

	// Everything, beside what any ServiceAccount may.
	got := rights(t, account)
	anybody := rights(t, "system:serviceaccount:"+namespace+":nobody")
	got = slices.DeleteFunc(got, func(r string) bool { return slices.Contains(anybody, r) })
	want, err := os.ReadFile("testdata/rights.txt")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(strings.TrimSpace(string(want)), "\n"), got); diff != "" {
		t.Errorf("rights of kube-manager (-testdata/rights.txt +cluster):\n%s", diff)
	}
}

// rights are the lines of kubectl auth can-i --list, blanks squeezed.
func rights(t *testing.T, account string) []string {
	t.Helper()
	var lines []string
	for line := range strings.Lines(kubectl(t, "", "auth", "can-i", "--list", "--no-headers", "--as", account, "--namespace", "default")) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	slices.Sort(lines)
	return lines
}

func TestTheCNIPodsHaveNoRightsAndNoToken(t *testing.T) {
	install(t, render(t, config(t)))
	if diff := cmp.Diff(rights(t, "system:serviceaccount:"+namespace+":nobody"), rights(t, "system:serviceaccount:"+namespace+":default")); diff != "" {
		t.Errorf("the ServiceAccount of the CNI pods may more than any (-any +theirs):\n%s", diff)
	}
	mounts := kubectl(t, "", "--namespace", namespace, "get", "pods", "--selector", "app=contrail-agent", "--output", "jsonpath={.items[*].spec.volumes[*].projected}{.items[*].spec.volumes[*].secret}")
	if mounts != "" {
		t.Errorf("the CNI pods mount %s", mounts)
	}
	env := kubectl(t, "", "--namespace", namespace, "get", "configmap", "contrail-cni-env", "--output", "jsonpath={.data}")
	for _, word := range []string{"PASSWORD", "KEYSTONE", "RABBITMQ"} {
		if strings.Contains(env, word) {
			t.Errorf("the CNI pods see %s", word)
		}
	}
}

func TestClusterAdminMayEverything(t *testing.T) {
	install(t, render(t, config(t, "logLevel: SYS_NOTICE", "rbac: ClusterAdmin")))
	all := slices.DeleteFunc(slices.Concat(used, dangerous), func(q string) bool { return strings.Contains(q, " /") })
	if diff := cmp.Diff(all, may(t, account, all)); diff != "" {
		t.Errorf("with spec.rbac ClusterAdmin kube-manager may not do everything (-all +may):\n%s", diff)
	}
}
