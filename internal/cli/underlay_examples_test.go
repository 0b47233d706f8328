package cli_test

import (
	"bytes"
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/cli"
	"github.com/nested-config/nested-config/internal/underlay/apitest"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// job is what a test needs of a built example: what the container is told, and
// the files that it finds.
type job struct {
	args, kinds []string
	files       map[string]string
	text        string
}

func buildExample(t *testing.T, dir string) job {
	t.Helper()
	var out, stderr bytes.Buffer
	if status := cli.Run([]string{"build", dir}, cli.Env{Out: &out, Err: &stderr, Getenv: func(string) string { return "" }}); status != 0 {
		t.Fatalf("%s: %s", dir, stderr.String())
	}
	nodes, err := kio.FromBytes(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	j := job{files: map[string]string{}, text: out.String()}
	for _, n := range nodes {
		j.kinds = append(j.kinds, n.GetKind()+" "+n.GetName())
		spec := []string{"spec", "template", "spec"}
		switch n.GetKind() {
		case "ConfigMap":
			for name, text := range n.GetDataMap() {
				j.files[name] = text
			}
			continue
		case "CronJob":
			spec = append([]string{"spec", "jobTemplate"}, spec...)
		case "Job":
		default:
			continue
		}
		container, err := n.Pipe(yaml.Lookup(append(spec, "containers", "0")...))
		if err != nil || container == nil {
			t.Fatalf("%s: no container: %v", dir, err)
		}
		args, err := container.Pipe(yaml.Lookup("args"))
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range args.Content() {
			j.args = append(j.args, a.Value)
		}
	}
	return j
}

// run starts the container's command, with the ConfigMap where it is mounted.
func (j job) run(t *testing.T, e cli.Env) (string, int) {
	t.Helper()
	dir := t.TempDir()
	// A ConfigMap is mounted as links into a hidden directory.
	for name, text := range j.files {
		if err := os.MkdirAll(filepath.Join(dir, "..data"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "..data", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join("..data", name), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	var args []string
	for _, a := range j.args {
		if strings.HasPrefix(a, "/") {
			a = dir
		}
		args = append(args, a)
	}
	var out bytes.Buffer
	e.Out, e.Err, e.Interrupt = &out, &out, context.WithCancel
	status := cli.Run(args, e)
	return out.String(), status
}

func TestUnderlayExamplesApplyWhatTheyDeclare(t *testing.T) {
	for _, tc := range []struct {
		dir   string
		kinds []string
	}{
		{"job", []string{"Namespace contrail-underlay", "ServiceAccount contrail-underlay", "ConfigMap contrail-clusters", "Job contrail-underlay"}},
		{"cronjob", []string{"Namespace contrail-underlay", "ServiceAccount contrail-underlay", "ConfigMap contrail-clusters", "CronJob contrail-underlay"}},
		{"argocd-presync", []string{"ServiceAccount contrail-underlay", "ConfigMap contrail-clusters", "ConfigMap contrail-clusters-applied", "Job contrail-underlay"}},
	} {
		j := buildExample(t, "../../examples/underlay/"+tc.dir)
		if d := cmp.Diff(tc.kinds, j.kinds); d != "" {
			t.Errorf("%s: resources (-want +got):\n%s", tc.dir, d)
		}
		api := apitest.New()
		keystone := &apitest.Keystone{Server: api}
		apiServer, keystoneServer := httptest.NewServer(api), httptest.NewServer(keystone)
		defer apiServer.Close()
		defer keystoneServer.Close()
		env := map[string]string{"CONTRAIL_CONFIG_API": "http://127.0.0.1:1," + apiServer.URL, "OS_AUTH_URL": keystoneServer.URL + "/v3",
			"OS_USERNAME": "admin", "OS_PASSWORD": "p%ss", "OS_PROJECT_NAME": "admin", "OS_USER_DOMAIN_NAME": "Default", "OS_PROJECT_DOMAIN_NAME": "Default"}
		out, status := j.run(t, cli.Env{Getenv: func(k string) string { return env[k] }})
		want := 0
		for _, text := range j.files {
			services, err := servicesOf(text)
			if err != nil {
				t.Fatal(err)
			}
			want += len(services)
		}
		if entries := strings.Count(api.Get("linklocal_services"), "linklocal_service_name"); status != 0 || entries != want || want == 0 {
			t.Errorf("%s: status %d, %d entries in the list, want %d:\n%s", tc.dir, status, entries, want, out)
		}
		// Least rights, in each of them.
		for _, line := range []string{"automountServiceAccountToken: false", "runAsNonRoot: true", "readOnlyRootFilesystem: true", "allowPrivilegeEscalation: false", "- ALL", "type: RuntimeDefault"} {
			if !strings.Contains(j.text, line) {
				t.Errorf("%s: no %s", tc.dir, line)
			}
		}
		// Memory for a server that sends as much as is read of it.
		if !regexp.MustCompile(`- name: GOMEMLIMIT\s+value: 96MiB\n`).MatchString(j.text) || !regexp.MustCompile(`limits:\s+memory: 192Mi\n`).MatchString(j.text) {
			t.Errorf("%s: GOMEMLIMIT is not 96MiB, or the limit is not 192Mi", tc.dir)
		}
		if strings.Contains(j.text, "Role") {
			t.Errorf("%s: has a Role", tc.dir)
		}
	}
}

func TestVerifyExampleGreetsEverything(t *testing.T) {
	j := buildExample(t, "../../examples/verify")
	if d := cmp.Diff([]string{"ConfigMap contrail-verify", "Job contrail-verify"}, j.kinds); d != "" {
		t.Errorf("resources (-want +got):\n%s", d)
	}
	s := &site{peers: map[string]string{}}
	services, err := servicesOf(j.files["nested-config.yaml"])
	if err != nil {
		t.Fatal(err)
	}
	stop, err := s.serve(services)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	env := cli.Env{Dial: s.dial, Exec: s.exec, Getenv: func(string) string { return "" }}
	if out, status := j.run(t, env); status != 0 || strings.Count(out, " ok ") != len(s.peers) {
		t.Errorf("status %d\n%s", status, out)
	}
	s.peers["10.10.10.5:9091"] = "refused"
	if out, status := j.run(t, env); status != 1 || strings.Count(out, " ok ") != len(s.peers)-1 {
		t.Errorf("without an agent: status %d\n%s", status, out)
	}
}
