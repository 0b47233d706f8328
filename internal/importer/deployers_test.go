package importer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/importer"
)

// A file of nothing but mistakes is told in a bounded number of lines, and one that is
// larger than any site is refused.
func TestDeployersAreBounded(t *testing.T) {
	many := func(n int, line string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, line, i)
		}
		return b.String()
	}
	const toldAtMost = 1100 // a thousand, and what is missing
	for _, c := range []struct {
		reason string
		form   importer.Form
		text   string
		last   string // of what the file itself is told of
	}{
		{"unknown sections", importer.Instances, many(990, "a%d: b\n") + "contrail_configuration: {" + many(900, "no-name-%d: b, ") + "}\n", "too many mistakes"},
		{"a section with too many entries", importer.Instances, "contrail_configuration:\n" + many(1001, "  A%d: b\n"), "has more than 1000 entries"},
		{"unknown options", importer.Juju, "contrail-kubernetes-master:\n" + many(990, "  a%d: b\n") + "  nested_mode_config: '{" + many(900, "\"no-name-%d\": 1, ") + "\"a\": 1}'\n", "too many mistakes"},
		{"lines that are no variables", importer.OpenShift, "[all:vars]\n" + many(100_000, "a b%d\n"), "too many mistakes"},
		{"unknown variables", importer.OpenShift, "[all:vars]\n" + many(15_000, "a%d=b\n"), "too many mistakes"},
		{"variables of many groups", importer.OpenShift, many(15_000, "[g%d:vars]\na=b\nc=d\n"), "is one of more than 20000 variables and hosts"},
		{"hosts", importer.ContrailAnsible, "[kubernetes-contrail-controllers]\n" + many(15_000, "h%d\n"), "too many mistakes"},
		{"more controllers than service IPs", importer.ContrailAnsible, "[kubernetes-contrail-controllers]\n" + many(100, "10.0.0.%d\n") + "[all:vars]\nnested_cluster_private_network=10.10.10.0/24\n", "than contrail-ansible has service IPs for"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			_, ps := importer.Import("f", c.text, importer.Options{Form: c.form})
			if len(ps) > toldAtMost || !ps.Errors() {
				t.Errorf("%d problems, errors: %v", len(ps), ps.Errors())
			}
			found := false
			for _, p := range ps {
				found = found || strings.Contains(p.Message, c.last)
			}
			if !found {
				t.Errorf("nothing says %q; the last is %v", c.last, ps[len(ps)-1])
			}
		})
	}
}
