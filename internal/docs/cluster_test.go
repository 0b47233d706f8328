package docs

import (
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
)

// clusterOf finds the commands that need a cluster.
var clusterOf = regexp.MustCompile(`\b(kubectl|kpt live)\b`)

// borrowCluster wants a cluster without Contrail, where a step needs one, and that it is given back as it was.
func (r *reader) borrowCluster(steps []step) {
	r.t.Helper()
	if !real || !slices.ContainsFunc(steps, func(s step) bool { return s.kind == "run" && clusterOf.MatchString(s.text) }) {
		return
	}
	if os.Getenv("KUBECONFIG") == "" {
		r.t.Fatalf("KUBECONFIG names no cluster: run .ci/e2e, or set it to a cluster that this test may change")
	}
	before := r.inventory()
	if strings.Contains(before, "contrail") {
		r.t.Fatalf("KUBECONFIG: this cluster runs Contrail, which this test would install and delete: give it a cluster of its own. It has\n%s", before)
	}
	r.t.Cleanup(func() {
		if diff := cmp.Diff(before, r.inventory()); diff != "" {
			r.t.Errorf("%s leaves the cluster changed (-before +after): add what is missing to its <!-- afterwards: … -->\n%s", r.document, diff)
		}
	})
}

// inventory is what documents make in a cluster.
func (r *reader) inventory() string {
	r.t.Helper()
	out := command(r.t, r.env, "kubectl", "get", "namespaces,customresourcedefinitions,clusterroles,clusterrolebindings,serviceaccounts,secrets,configmaps,deployments,daemonsets,jobs,cronjobs",
		"--all-namespaces", "--output", `jsonpath={range .items[*]}{.kind} {.metadata.namespace} {.metadata.name}{"\n"}{end}`)
	lines := strings.Split(out, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
