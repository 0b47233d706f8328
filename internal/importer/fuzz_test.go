package importer_test

import (
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/importer"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/nested-config/nested-config/fn/config"
)

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
			site, ps := importer.Import("common.env", text, p)
			for _, p := range ps {
				if s := p.String(); strings.Contains(s, marker) || strings.ContainsAny(s, "\n\r\x00") {
					t.Errorf("message: %q", s)
				}
			}
			if ps.Errors() {
				continue
			}
			n, err := yaml.Parse(string(site.Config))
			if err != nil {
				t.Fatal(err)
			}
			if _, again := config.Load(n.YNode()); again.Errors() {
				t.Errorf("imported what does not load: %v", again)
			}
		}
	})
}
