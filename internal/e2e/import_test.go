//go:build e2e

package e2e

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/underlay/apitest"

	"github.com/google/go-cmp/cmp"
)

// oldUnderlay is the link-local list that the old manifest needs, as somebody made
// it by hand.
const oldUnderlay = `{"linklocal_service_entry": [
	{"linklocal_service_name": "agent", "linklocal_service_ip": "10.10.10.5", "linklocal_service_port": 9091, "ip_fabric_service_ip": ["127.0.0.1"], "ip_fabric_service_port": 9091},
	{"linklocal_service_name": "metadata", "linklocal_service_ip": "169.254.169.254", "linklocal_service_port": 80, "ip_fabric_service_ip": ["192.168.1.200"], "ip_fabric_service_port": 8775},
	{"linklocal_service_name": "keystone", "linklocal_service_ip": "10.10.10.4", "linklocal_service_port": 35357, "ip_fabric_service_ip": ["192.168.1.200"], "ip_fabric_service_port": 35357},
	{"linklocal_service_name": "db", "linklocal_service_ip": "10.10.10.1", "linklocal_service_port": 9161, "ip_fabric_service_ip": ["192.168.1.100"], "ip_fabric_service_port": 9161},
	{"linklocal_service_name": "queue", "linklocal_service_ip": "10.10.10.1", "linklocal_service_port": 5673, "ip_fabric_service_ip": ["192.168.1.100"], "ip_fabric_service_port": 5673},
	{"linklocal_service_name": "collector", "linklocal_service_ip": "10.10.10.1", "linklocal_service_port": 8086, "ip_fabric_service_ip": ["192.168.1.100"], "ip_fabric_service_port": 8086},
	{"linklocal_service_name": "api", "linklocal_service_ip": "10.10.10.1", "linklocal_service_port": 8082, "ip_fabric_service_ip": ["192.168.1.100"], "ip_fabric_service_port": 8082}
]}`

// underlay is a config API that has this list, and the network of the nodes.
func underlay(t *testing.T, list string, network ...string) (url string) {
	t.Helper()
	api := apitest.New()
	api.Set("linklocal_services", list)
	api.Create("virtual-network", network...)
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	return server.URL
}

// runNested runs nested-config, which must succeed, and gives what it printed on stdout.
func runNested(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	out, errs, err := call(stdin, program, args...)
	if err != nil {
		t.Fatalf("nested-config %s: %v\n%s", strings.Join(args, " "), err, errs)
	}
	return out
}

// strictly lets the API server judge a NestedConfig, and what is rendered from it.
func strictly(t *testing.T, config string) {
	t.Helper()
	kubectl(t, config, "create", "--dry-run=server", "--validate=strict", "--filename", "-")
	manifest := render(t, config)
	if ns := namespaceOf(manifest); ns != namespace { // a dry run makes none for what is in it
		kubectl(t, "", "create", "namespace", ns)
		t.Cleanup(func() { kubectl(t, "", "delete", "namespace", ns) })
	}
	kubectl(t, manifest, "apply", "--dry-run=server", "--validate=strict", "--filename", "-")
}

// Every kind of source becomes what a strict API server takes: the NestedConfig,
// and what is rendered from it.
func TestTheAPIServerTakesWhatIsImported(t *testing.T) {
	withCRDs(t)
	const docs = "../../docs/testdata/"
	sample := underlay(t, strings.NewReplacer("10.10.10.4", "10.10.10.1", "10.10.10.5", "10.10.10.2", `["192.168.1.200"], "ip_fabric_service_port": 35357`, `["192.168.1.100"], "ip_fabric_service_port": 35357`).Replace(oldUnderlay), "default-domain", "admin", "__public__")
	trials := map[string][]string{
		"common.env and pairs":            {docs + "common.env", "--link-local", "10.10.10.1=192.168.1.100"},
		"a manifest and pairs":            {docs + "nested-contrail.yml", "--link-local", "10.10.10.1=192.168.1.100"},
		"a manifest beside a common.env":  {docs + "nested-contrail.yml", docs + "common.env", "--link-local", "10.10.10.1=192.168.1.100"},
		"what is live, with the underlay": {"testdata/old-manifest.yaml", "--config-api", underlay(t, oldUnderlay, "default-domain", "admin", "k8s-vms")},
		"a manifest, with the underlay":   {docs + "nested-contrail.yml", "--config-api", sample},
	}
	files, err := filepath.Glob(docs + "*")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, f := range files { // the sample of every deployer
		trials[filepath.Base(f)] = []string{f}
	}
	for name, args := range trials {
		t.Run(name, func(t *testing.T) { strictly(t, runNested(t, "", append([]string{"import"}, args...)...)) })
	}
}

// A cluster that runs the old manifest moves over by an import of what is live, with
// the addresses from the underlay, and README's steps. Nothing is typed by hand, the
// pods get the values that they had, and there is nothing to do in the underlay.
func TestTheUpgradeOfReadmeAfterAnImport(t *testing.T) {
	withCRDs(t)
	old, err := filepath.Abs("testdata/old-manifest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kubectl(t, "", "delete", "--ignore-not-found", "--filename", old) })
	kubectl(t, "", "label", "node", "--all", "node-role.opencontrail.org/config=")
	t.Cleanup(func() { kubectl(t, "", "label", "node", "--all", "node-role.opencontrail.org/config-") })
	kubectl(t, "", "apply", "--filename", old)
	kubectl(t, "", "--namespace", namespace, "rollout", "status", "daemonset/"+cniAgent, "--timeout", patience.String())
	eventually(t, "the old pods run", func() bool { return len(pods(t)) >= 2 })

	// First, import what is live.
	api := underlay(t, oldUnderlay, "default-domain", "admin", "k8s-vms")
	site := t.TempDir()
	running := func() string {
		return kubectl(t, "", "--namespace", namespace, "get", "configmap,daemonset,deployment,secret", "--output", "yaml")
	}
	before := running()
	runNested(t, before, "import", "-", "--output", site, "--config-api", api)
	text, err := os.ReadFile(filepath.Join(site, "nested-config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	imported := string(text)
	strictly(t, imported)
	if out := runNested(t, imported, "underlay", "plan", "--config-api", api, "-"); out != "config API "+api+"\n\nNothing to do; unchanged: 6 already present, not managed, 6 of them under another name; 1 foreign.\n" {
		t.Errorf("underlay plan: %s", out)
	}

	// Then, README's steps, with the Secret that they ask for.
	t.Cleanup(func() {
		remove(t, render(t, imported))
		kubectl(t, "", "--namespace", namespace, "delete", "--ignore-not-found", "secret", "contrail-credentials")
	})
	kubectl(t, "", "--namespace", namespace, "create", "secret", "generic", "contrail-credentials", "--from-env-file="+filepath.Join(site, "credentials.env"))
	steps := exec.Command("bash", "-euo", "pipefail", "-c", upgradeSteps(t))
	steps.Dir = site
	steps.Env = append(os.Environ(), "PATH="+filepath.Dir(program)+":"+os.Getenv("PATH"))
	if text, err := steps.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	settle(t, render(t, imported))

	// Last, what runs is what was imported: nothing would change any more.
	want := `kube-manager: Deployment contrail-kube-manager
  0 to add, 0 to change, 0 to remove; 38 unchanged
CNI: DaemonSet contrail-kubernetes-cni-agent
  0 to add, 0 to change, 0 to remove; 9 unchanged
`
	live := filepath.Join(t.TempDir(), "live.yaml")
	if err := os.WriteFile(live, []byte(running()), 0o600); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, runNested(t, before, "import", "-", "--config-api", api, "--diff", live)); diff != "" {
		t.Errorf("what an import would change after the upgrade (-want +got):\n%s", diff)
	}
}
