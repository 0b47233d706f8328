package importer_test

import (
	"encoding/base64"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/importer"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/nested-config/nested-config/fn/config"
)

// sound holds what an import promises of any source: every message is one line and
// shows none of the secrets, and what is imported loads without an error. It reports
// whether anything is imported.
func sound(t *testing.T, site importer.Site, ps config.Problems, secrets ...string) bool {
	t.Helper()
	for _, p := range ps {
		s := p.String()
		if strings.ContainsAny(s, "\n\r\x00") || slices.ContainsFunc(secrets, func(secret string) bool { return strings.Contains(s, secret) }) {
			t.Errorf("message: %q", s)
		}
	}
	if ps.Errors() {
		return false
	}
	n, err := yaml.Parse(string(site.Config))
	if err != nil {
		t.Fatal(err)
	}
	if _, again := config.Load(n.YNode()); again.Errors() {
		t.Errorf("imported what does not load: %v", again)
	}
	return true
}

// concealed holds that none of the secrets is in the NestedConfig.
func concealed(t *testing.T, site importer.Site, secrets ...string) {
	t.Helper()
	for _, secret := range secrets {
		if strings.Contains(string(site.Config), secret) {
			t.Errorf("the password is in the config:\n%s", site.Config)
		}
	}
}

// Whatever a common.env holds: no panic, no message on several lines or with the
// password, and what is imported loads without an error.
func FuzzImport(f *testing.F) {
	sample, err := os.ReadFile("testdata/common.env")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(sample), "x")
	for line := range strings.Lines(string(sample)) {
		f.Add(strings.Replace(string(sample), line, "", 1)+line, "'x'")
	}
	f.Add("LOG_LEVEL=$KEYSTONE_AUTH_ADMIN_PASSWORD\nCONFIG_NODES=${KEYSTONE_AUTH_ADMIN_PASSWORD}\nKUBERNETES_CLUSTER_NETWORK=\"{'domain': '$KEYSTONE_AUTH_ADMIN_PASSWORD'}\"", "")
	f.Add(string(sample)+"LOG_DIR=/x\nKUBERNETES__A__b=1\nRABBITMQ_PASSWORD=y\nCONTROL_NODES=1.2.3.4", `\$`)

	const marker = "s3cr3tM4rk"
	pairs := []importer.Pair{{ServiceIP: netip.MustParseAddr("10.10.10.1"), Fabric: linklocal.ParseHost("192.168.1.100")}}
	f.Fuzz(func(t *testing.T, text, password string) {
		text = "KEYSTONE_AUTH_ADMIN_PASSWORD=" + marker + password + "\n" + text
		for _, p := range [][]importer.Pair{nil, pairs} {
			site, ps := importer.Import("common.env", text, importer.Options{Pairs: p})
			sound(t, site, ps, marker)
		}
	})
}

// Whatever a manifest holds: no panic, no message on several lines or with a
// password, and what is imported loads without an error, with the password in the
// credentials alone.
func FuzzImportManifest(f *testing.F) {
	const marker = "s3cr3tM4rk"
	for _, file := range []string{"testdata/resolved/r5.0.yaml", "testdata/resolved/R2011-to-master.yaml"} {
		sample, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(strings.ReplaceAll(string(sample), "c0ntrail123", marker))
		secret := "\n---\nkind: Secret\nmetadata: {name: s}\ndata: {KEYSTONE_AUTH_ADMIN_PASSWORD: " + base64.StdEncoding.EncodeToString([]byte(marker)) + "}\n"
		f.Add(strings.Replace(string(sample), "        envFrom:\n", "        env:\n        - {name: X, value: $(Y)}\n        envFrom:\n        - secretRef: {name: s}\n", 1) + secret)
	}
	pairs := []importer.Pair{{ServiceIP: netip.MustParseAddr("10.10.10.1"), Fabric: linklocal.ParseHost("192.168.1.100")}}
	f.Fuzz(func(t *testing.T, text string) {
		// Elsewhere it is no password; in base64 it is always one.
		password := !strings.Contains(text, marker) || strings.Count(text, marker) == 1 && strings.Contains(text, "PASSWORD: \""+marker+"\"")
		var secrets []string
		if password {
			secrets = []string{marker}
		}
		for _, p := range [][]importer.Pair{nil, pairs} {
			site, ps := importer.Import("f", text, importer.Options{Form: importer.Manifest, Pairs: p})
			if !sound(t, site, ps, secrets...) {
				continue
			}
			if changes, _ := importer.Diff("f", text, site); password && strings.Contains(changes, marker) {
				t.Errorf("the password is shown:\n%s", changes)
			}
			concealed(t, site, secrets...)
		}
	})
}

// samples are the files of the deployers that docs/migration.md imports.
var samples = []struct {
	file     string
	form     importer.Form
	password string // its line, with %s for what it is
}{
	{"instances.yaml", importer.Instances, "  KEYSTONE_AUTH_ADMIN_PASSWORD: %s\n"},
	{"juju.yaml", importer.Juju, "        \"KEYSTONE_AUTH_ADMIN_PASSWORD\": \"%s\",\n"},
	{"openshift.ini", importer.OpenShift, "keystone_auth_admin_password=%s\n"},
	{"contrail-ansible.ini", importer.ContrailAnsible, "keystone_config = {'ip': '10.84.29.200', 'admin_password': '%s', 'admin_user': 'admin', 'admin_tenant': 'admin', 'version': 'v3'}\n"},
}

// Whatever the file of a deployer holds: no panic, no message on several lines or
// with a password, and what is imported loads without an error, with the password in
// the credentials alone.
func FuzzImportDeployer(f *testing.F) {
	const marker = "s3cr3tM4rk"
	for i, s := range samples {
		text, err := os.ReadFile("../../docs/testdata/" + s.file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), strings.ReplaceAll(string(text), "S3cret-of-keystone", marker))
		for line := range strings.Lines(string(text)) {
			f.Add(uint8(i), strings.Replace(string(text), line, "", 1)+line)
		}
	}
	pairs := []importer.Pair{
		{ServiceIP: netip.MustParseAddr("10.10.10.1"), Fabric: linklocal.ParseHost("192.168.1.100")},
		{ServiceIP: netip.MustParseAddr("10.10.10.2"), Fabric: linklocal.ParseHost("192.168.1.200")}}
	f.Fuzz(func(t *testing.T, i uint8, text string) {
		s := samples[int(i)%len(samples)]
		password := strings.Count(text, marker) == 1 && strings.Contains("\n"+text, "\n"+strings.Replace(s.password, "%s", marker, 1))
		var secrets []string
		if password {
			secrets = []string{marker}
		}
		for _, p := range [][]importer.Pair{nil, pairs} {
			site, ps := importer.Import("f", text, importer.Options{Form: s.form, Pairs: p})
			if !sound(t, site, ps, secrets...) {
				continue
			}
			concealed(t, site, secrets...)
		}
	})
}
