//go:build e2e

package nodes

import (
	"encoding/json"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/fn/config"
)

// cloud-init itself (Debian package cloud-init) finds the document valid against
// its schema, with everything in it and with as little as possible.
func TestCloudInitSchema(t *testing.T) {
	for name, spec := range map[string]config.Spec{
		"all": {
			Images: config.Images{Registry: "ci-repo.example.net:5010/contrail", Insecure: true},
			Nodes:  []config.Node{{Name: "master1", IP: netip.MustParseAddr("10.0.0.4")}, {Name: "minion1", IP: netip.MustParseAddr("10.0.0.5")}},
		},
		"least": {Images: config.Images{Registry: "opencontrailnightly"}},
	} {
		text, err := Prepare(config.Config{Name: "k8s", Spec: spec}, CloudInit)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "user-data")
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("cloud-init", "schema", "--config-file", file).CombinedOutput()
		if err != nil || !strings.HasPrefix(string(out), "Valid ") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// What is in Docker's file stays, a second run changes nothing, and a file that
// is missing or empty is made.
func TestDaemonJSONIsMerged(t *testing.T) {
	for before, after := range map[string]string{
		"":                                   `{"insecure-registries": ["r:5000"]}`,
		"\n":                                 `{"insecure-registries": ["r:5000"]}`,
		`{"log-driver": "json-file"}`:        `{"log-driver": "json-file", "insecure-registries": ["r:5000"]}`,
		`{"insecure-registries": ["q"]}`:     `{"insecure-registries": ["q", "r:5000"]}`,
		`{"insecure-registries":["r:5000"]}`: `{"insecure-registries": ["r:5000"]}`,
	} {
		path := filepath.Join(t.TempDir(), "docker", "daemon.json")
		if before != "" {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(before), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		program := strings.ReplaceAll(mergeDaemonJSON, "/etc/docker/daemon.json", path)
		for range 2 {
			if out, err := exec.Command("python3", "-c", program, "r:5000").CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if g, w := parsed(t, got), parsed(t, []byte(after)); !reflect.DeepEqual(g, w) {
			t.Errorf("%q became %q, want %q", before, got, after)
		}
	}
}

func parsed(t *testing.T, text []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
