//go:build e2e

package e2e

import (
	"bufio"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAChangedValueRollsExactlyThePodsItConcerns(t *testing.T) {
	install(t, render(t, config(t)))
	before := pods(t)
	for _, c := range []struct {
		name, old, new   string
		manager, plugins bool
	}{
		{"nothing", "name: k8s", "name: k8s", false, false},
		{"a port that only kube-manager dials", "port: 8082", "port: 8083", true, false},
		{"the network of the VMs", "name: k8s-vms", "name: vms", true, false},
		{"the MTU of pods", "mtu: 0", "mtu: 1400", false, true},
		{"the agent's service IP", "vrouterServiceIP: 10.10.10.5", "vrouterServiceIP: 10.10.10.6", false, true},
		{"the name of the cluster, which both send", "clusterName: k8s", "clusterName: other", true, true},
		{"the log level of both", "SYS_NOTICE", "SYS_INFO", true, true},
		{"the image of both", "tag: R21.4-latest", "tag: R21.4.1", true, true},
		{"who may unpack over the host's plugins", "hostPlugins: Keep", "hostPlugins: Overwrite", false, true},
		{"names that only the underlay knows", `namePrefix: ""`, "namePrefix: k8s-", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			// From the unchanged config each time.
			manifest := render(t, config(t))
			apply(t, manifest)
			settle(t, manifest)
			before = pods(t)

			if c.old != c.new {
				manifest = render(t, config(t, c.old, c.new))
			}
			apply(t, manifest)
			settle(t, manifest)
			var after []pod
			eventually(t, "the old pods are gone", func() bool { after = pods(t); return len(after) == len(before) })
			for i, p := range after {
				concerned := c.plugins
				if p.app == kubeManager {
					concerned = c.manager
				}
				if rolled := p.uid != before[i].uid; rolled != concerned {
					t.Errorf("pod of %s on %s is a new one: %v, want %v", p.app, p.node, rolled, concerned)
				}
			}
		})
	}
}

func TestTheOldKubeManagerIsGoneBeforeTheNewOneStarts(t *testing.T) {
	install(t, render(t, config(t)))
	watch := exec.Command("kubectl", "--namespace", namespace, "get", "pods", "--selector", "app="+kubeManager, "--watch", "--output-watch-events",
		"--output", `jsonpath={.type} {.object.metadata.uid}{"\n"}`)
	out, err := watch.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := watch.Start(); err != nil {
		t.Fatal(err)
	}
	stop := func() {
		watch.Process.Kill()
		watch.Wait()
	}
	t.Cleanup(stop)

	var events []string
	seen := map[string]bool{}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		kind, uid, _ := strings.Cut(lines.Text(), " ")
		if kind == "MODIFIED" || kind == "ADDED" && seen[uid] {
			continue
		}
		if len(events) == 0 { // the watch has begun
			apply(t, render(t, config(t, "port: 8082", "port: 8083")))
		}
		seen[uid] = true
		if events = append(events, kind); len(events) == 3 {
			break
		}
	}
	if diff := cmp.Diff([]string{"ADDED", "DELETED", "ADDED"}, events); diff != "" {
		t.Errorf("two of them write the same objects of the underlay (-want +got):\n%s", diff)
	}
}
