package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/cli"
)

const commonEnv = `AUTH_MODE=keystone
CONTRAIL_REGISTRY=docker.io/opencontrailnightly
CONTRAIL_CONTAINER_TAG=R21.4-latest
CONFIG_NODES=10.0.0.1
KEYSTONE_AUTH_HOST=10.0.0.2
KEYSTONE_AUTH_ADMIN_USER=admin
KEYSTONE_AUTH_ADMIN_PASSWORD=s3cret
KUBERNETES_API_SERVER=10.0.0.4
KUBERNETES_CLUSTER_NETWORK="{'domain': 'default-domain', 'project': 'admin', 'name': 'k8s-vms'}"
KUBERNESTES_NESTED_VROUTER_VIP=10.10.10.5
`

func run(t *testing.T, args ...string) (status int, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = cli.Run(args, cli.Env{In: strings.NewReader(commonEnv), Out: &out, Err: &errs, Getenv: func(string) string { return "" }, InIsTerminal: true})
	if out.Len() > 0 {
		t.Errorf("stdout: %s", out.String())
	}
	return status, errs.String()
}

// Credentials are readable by their owner alone, also where a file that others
// could read is overwritten, and nothing but the two files is left behind.
func TestImportedCredentialsAreTheOwners(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "site")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	credentials := filepath.Join(dir, "credentials.env")
	if err := os.WriteFile(credentials, []byte("old\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if status, stderr := run(t, "import", "-", "-o", dir); status != 1 || !strings.Contains(stderr, credentials+": exists") {
		t.Fatalf("status %d, stderr %s", status, stderr)
	}
	if text, err := os.ReadFile(credentials); err != nil || string(text) != "old\n" {
		t.Fatalf("%q, %v: touched", text, err)
	}
	if status, stderr := run(t, "import", "-", "-o", dir, "--force"); status != 0 {
		t.Fatalf("status %d, stderr %s", status, stderr)
	}
	want := map[string]os.FileMode{"credentials.env": 0o600, "nested-config.yaml": 0o644}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		if mode, ok := want[e.Name()]; !ok || info.Mode() != mode {
			t.Errorf("%s has mode %v", e.Name(), info.Mode())
		}
		delete(want, e.Name())
	}
	if len(want) > 0 {
		t.Errorf("not written: %v", want)
	}
}

// A directory that cannot be made is named.
func TestImportWhereNoDirectoryCanBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	status, stderr := run(t, "import", "-", "-o", filepath.Join(file, "site"))
	if status != 1 || !strings.Contains(stderr, file) {
		t.Errorf("status %d, stderr %s", status, stderr)
	}
}
