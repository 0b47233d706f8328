package importer_test

import (
	"net/netip"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/importer"
)

// TestMessagesArePrintable: what stands in --link-local reaches the terminal without moving its cursor.
func TestMessagesArePrintable(t *testing.T) {
	text, err := os.ReadFile("../../docs/testdata/common.env")
	if err != nil {
		t.Fatal(err)
	}
	ip := netip.MustParseAddr("10.10.10.1")
	_, problems := importer.Import("common.env", string(text), importer.Options{Pairs: []importer.Pair{{ip, linklocal.ParseHost("a\x1b[2J")}, {ip, linklocal.ParseHost("b")}}})
	var got []string
	for _, p := range problems {
		got = append(got, p.Path+": "+p.Value+": "+p.Message)
	}
	want := []string{
		`--link-local: "10.10.10.1=b": is already a\x1b[2J: a service IP belongs to one node`,
		`--link-local: "10.10.10.1=a\x1b[2J": must be an IPv4 address: a node of CONFIG_NODES is behind it`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
