package render

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/fn/manifest"
	"github.com/nested-config/nested-config/internal/source"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"net/netip"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Files of a cluster.
var (
	deployment  = manifest.FileName("Deployment", "contrail-kube-manager")
	credentials = manifest.FileName("Secret", "contrail-credentials")
)

// full sets about everything that a config can.
const full = `apiVersion: nested.opencontrail.org/v1alpha1
kind: NestedConfig
metadata: {name: %s}
spec:
  connectivity: %s
  namespace: contrail
  images: {registry: registry.example.com/x, tag: R21.4, pullSecrets: [a, b]}
  underlay:
    config: {nodes: [192.168.1.100]}
    analytics: {nodes: [192.168.1.100, 192.168.1.101], port: 8087}
    keystone: {host: keystone.example.com}
    rabbitmq: {credentialsSecret: rabbit}
    virtualNetwork: {domain: default-domain, project: admin, name: vms}
  linkLocal: {pool: 10.10.10.0/24, exclude: [10.10.10.1], serviceIPs: {192.168.1.100: 10.10.10.7}, namePrefix: "%s "}
  kubernetes: {apiServer: api.example.com, publicFIPPool: {domain: a, project: b, network: c, name: d}}
  auth: {caSecret: ca, protocol: https}
  tls: {configAPI: true, rabbitmq: true}
  kubeManager:
    resources: {limits: {cpu: 2, memory: 1Gi}}
    nodeSelector: {a/b: c}
    tolerations: [{key: x, operator: Exists, effect: NoExecute, tolerationSeconds: 30}]
    env: {SOMETHING: else}
  cni: {mtu: 1400, hostPlugins: Overwrite, tolerations: [{operator: Exists}]}
  nodes: [{name: master1, ip: 10.0.0.4}]
  commonEnv: |
    AUTH_MODE=keystone
    KEYSTONE_AUTH_ADMIN_PASSWORD=hunter2
    RABBITMQ_HEARTBEAT_INTERVAL=30
`

func load(t *testing.T, text string) config.Config {
	t.Helper()
	c, problems := config.Load(yaml.MustParse(text).YNode())
	if problems.Errors() {
		t.Fatal(problems)
	}
	return c
}

func configs(t *testing.T) []config.Config {
	return []config.Config{
		load(t, fmt.Sprintf(full, "one", "LinkLocal", "a")),
		load(t, fmt.Sprintf(full, "two", "FabricSNAT", "b")),
		load(t, fmt.Sprintf(full, "three", "Direct", "c")),
	}
}

func fleet(t *testing.T) *source.Fleet {
	return &source.Fleet{Configs: configs(t), Where: []string{"one.yaml", "two.yaml", "three.yaml"}}
}

// What waits packed is what was packed, to the last field.
func TestPackKeepsEverything(t *testing.T) {
	f := fleet(t)
	for i, p := range pack(f) {
		want := configs(t)[i]
		if diff := cmp.Diff(want, p.unpack(), cmpopts.EquateEmpty(), cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{}, linklocal.Host{})); diff != "" {
			t.Errorf("%s (-before +after):\n%s", want.Name, diff)
		}
	}
}

func options(dir string) Options {
	return Options{Dir: dir, Layout: PerResource, Version: "v1", Prune: true}
}

func run(t *testing.T, o Options) config.Problems {
	t.Helper()
	messages, err := Run(context.Background(), fleet(t), o)
	if err != nil {
		t.Fatal(err)
	}
	return messages
}

// A file with a password is for its owner alone, also when it was not before.
func TestSecretsAreNotForOthers(t *testing.T) {
	for _, layout := range []Layout{PerResource, PerCluster} {
		o := options(t.TempDir())
		o.Layout = layout
		run(t, o)
		found := 0
		err := filepath.WalkDir(o.Dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil || !strings.Contains(string(text), "hunter2") {
				return err
			}
			found++
			info, err := d.Info()
			if err == nil && info.Mode().Perm() != 0o600 {
				t.Errorf("%s has mode %v", path, info.Mode())
			}
			return err
		})
		if err != nil || found != 3 {
			t.Errorf("%s: %d files with the password, want 3: %v", layout, found, err)
		}
	}
}

// Another version of the program renders again, whatever the marker says.
func TestAnotherVersionRendersAgain(t *testing.T) {
	public := func() *source.Fleet {
		text := strings.Replace(fmt.Sprintf(full, "one", "LinkLocal", "a"), "    KEYSTONE_AUTH_ADMIN_PASSWORD=hunter2\n", "", 1)
		return &source.Fleet{Configs: []config.Config{load(t, text)}, Where: []string{"one.yaml"}}
	}
	o := options(t.TempDir())
	path := filepath.Join(o.Dir, "one", source.Marker)
	var markers []string
	for _, version := range []string{"v1", "v1", "v2"} {
		o.Version = version
		if problems, err := Run(context.Background(), public(), o); err != nil || len(problems) > 0 {
			t.Fatal(problems, err)
		}
		marker, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		markers = append(markers, string(marker))
	}
	if markers[0] != markers[1] || markers[1] == markers[2] {
		t.Errorf("the markers of v1, v1 and v2: %q", markers)
	}
}

// When it ends early no cluster is half done, and it says how far it came.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	o := options(t.TempDir())
	o.Step = func(int, int) { cancel() }
	_, err := Run(ctx, fleet(t), o)
	if err == nil || !strings.Contains(err.Error(), "run it again for the others") {
		t.Fatalf("interrupted, and the error is %v", err)
	}
	names, err := os.ReadDir(o.Dir)
	if err != nil || len(names) == 3 {
		t.Fatalf("%d clusters are begun: %v", len(names), err)
	}
	for _, n := range names {
		d, err := openDir(o.Dir, n.Name())
		if err != nil {
			t.Fatal(err)
		}
		if !d.intact() {
			t.Errorf("%s is not whole", n.Name())
		}
		d.close()
	}
}

// A run that was killed at any point knows its own files the next time.
func TestKilledAnywhere(t *testing.T) {
	o := options(t.TempDir())
	run(t, o)
	want := texts(t, o.Dir)
	for _, damage := range []func(dir string) error{
		func(dir string) error {
			return os.Remove(filepath.Join(dir, "one", deployment))
		},
		func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "two", deployment), nil, 0o644)
		},
		func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "one/.nested-config-ABCDEFGHIJKLMNOPQRSTUVWXYZ.tmp"), []byte("half"), 0o644)
		},
		func(dir string) error { return os.RemoveAll(filepath.Join(dir, "three")) },
	} {
		if err := damage(o.Dir); err != nil {
			t.Fatal(err)
		}
	}
	if messages := run(t, o); len(messages) > 0 {
		t.Errorf("messages: %v", messages)
	}
	if diff := cmp.Diff(want, texts(t, o.Dir)); diff != "" {
		t.Errorf("(-whole +after):\n%s", diff)
	}
}

func texts(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		out[strings.TrimPrefix(path, dir)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A marker that somebody wrote must not make us delete what is not ours.
func TestHostileMarker(t *testing.T) {
	zeros := strings.Repeat("0", 64)
	for _, line := range []string{
		zeros + "  ../victim", zeros + "  /etc/passwd", zeros + "  a/../../victim", zeros + "  " + source.Marker, "x  a.yaml", zeros + " a.yaml", "00  a.yaml", "",
	} {
		if m, err := parseMarker([]byte(markerHead + line + "\n")); err == nil {
			t.Errorf("%q is taken for %+v", line, m)
		}
	}
}

// A link in a cluster's directory is not followed out of it.
func TestLinksLeadNowhere(t *testing.T) {
	o := options(t.TempDir())
	run(t, o)
	victim := t.TempDir()
	if err := os.RemoveAll(filepath.Join(o.Dir, "one", underlayDir)); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(victim, filepath.Join(o.Dir, "one", underlayDir)); err != nil {
		t.Fatal(err)
	}
	messages := run(t, o)
	if !messages.Errors() {
		t.Error("no error")
	}
	entries, err := os.ReadDir(victim)
	if err != nil || len(entries) > 0 {
		t.Errorf("%d files were written through the link: %v", len(entries), err)
	}
}
