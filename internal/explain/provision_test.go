//go:build unix

package explain_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/internal/explain"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// load gives a config whose link-local services have names with a prefix.
func load(t testing.TB, prefix string) config.Config {
	t.Helper()
	n := yaml.MustParse(`
apiVersion: nested.opencontrail.org/v1alpha1
kind: NestedConfig
metadata: {name: k8s}
spec:
  connectivity: Direct
  images: {registry: docker.io/opencontrailnightly, tag: R21.4}
  underlay:
    config: {nodes: [192.168.1.100]}
    keystone: {host: keystone.example.com}
    virtualNetwork: {domain: default-domain, project: admin, name: vms}
  linkLocal: {vrouterServiceIP: 10.10.10.5}
  kubernetes: {apiServer: 10.84.31.67}
`)
	if err := n.PipeE(yaml.LookupCreate(yaml.MappingNode, "spec", "linkLocal"), yaml.SetField("namePrefix", yaml.NewStringRNode(prefix))); err != nil {
		t.Fatal(err)
	}
	c, problems := config.Load(n.YNode())
	if problems.Errors() {
		t.Fatal(problems)
	}
	return c
}

// The commands, run by a shell, give the program each name whatever is in it, and
// what the process list shows holds neither names nor credentials.
func TestProvisionRuns(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("python3 is not here:", err)
	}
	program, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, prefix := range []string{"-", "--oper delete ", "a b ", "$(touch x) `touch x` ${HOME} ", `'"\\ \$ `, "%s %(x)s %% ", "END ", "= [KEYSTONE] # ; "} {
		t.Run(prefix, func(t *testing.T) {
			if strings.Contains(prefix, " ;") {
				err := explain.Provision(new(bytes.Buffer), []config.Config{load(t, prefix)})
				if want := `spec.linkLocal.namePrefix: "= [KEYSTONE] # ; K8s-cni-to-agent": has a blank before a ";", where provision_linklocal.py takes a comment: use nested-config underlay`; err == nil || err.Error() != want {
					t.Errorf("got  %v\nwant %s", err, want)
				}
				return
			}
			c := load(t, prefix)
			var script bytes.Buffer
			if err := explain.Provision(&script, []config.Config{c}); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command("sh", "-eu")
			cmd.Dir = t.TempDir()
			cmd.Stdin = &script
			cmd.Env = append(cmd.Environ(), "PATH="+program+":"+cmd.Environ()[slices.IndexFunc(cmd.Environ(), func(s string) bool { return strings.HasPrefix(s, "PATH=") })][len("PATH="):],
				"OS_USERNAME=admin", "OS_PASSWORD=s3c %r $et", "OS_PROJECT_NAME=my project")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			var names []string
			for line := range strings.Lines(string(out)) {
				var run struct {
					Arguments []string          `json:"arguments"`
					Got       map[string]string `json:"got"`
				}
				if err := json.Unmarshal([]byte(line), &run); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				if all := strings.Join(run.Arguments, " "); strings.Contains(all, "s3c") || strings.Contains(all, "K8s") {
					t.Errorf("the process list shows %q", all)
				}
				credentials := [...]string{run.Got["admin_user"], run.Got["admin_password"], run.Got["admin_tenant_name"], run.Got["oper"]}
				if want := [...]string{"admin", "s3c %r $et", "my project", "add"}; credentials != want {
					t.Errorf("got %q, want %q", credentials, want)
				}
				names = append(names, run.Got["linklocal_service_name"])
			}
			var want []string
			for _, s := range c.Services {
				want = append(want, s.Name)
			}
			if diff := cmp.Diff(want, names); diff != "" {
				t.Errorf("names (-want +got):\n%s", diff)
			}
		})
	}
}
