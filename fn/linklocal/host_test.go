package linklocal_test

import (
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/fn/linklocal"

	"github.com/google/go-cmp/cmp"
)

// What a text is read as: an address or a name, never both, and always the same
// text again.
func TestParseHost(t *testing.T) {
	for text, ip := range map[string]netip.Addr{
		"":                      {},
		"192.168.1.200":         netip.MustParseAddr("192.168.1.200"),
		"keystone.example.com":  {},
		"Keystone.Example.COM":  {}, // a certificate may hold it so
		"192.168.001.200":       {}, // netip refuses it: other programs read it as octal
		"192.168.1":             {},
		"2001:db8::1":           {}, // the vRouter agent knows IPv4 alone
		"::ffff:192.168.1.200":  {},
		"192.168.1.200:5000":    {},
		"192.168.1.200%eth0":    {},
		" 192.168.1.200":        {},
		"192.168.1.200.example": {},
	} {
		name := text
		if ip.IsValid() {
			name = ""
		}
		h := linklocal.ParseHost(text)
		if h.Addr() != ip || h.Name() != name || h.String() != text {
			t.Errorf("%q: address %v, name %q, text %q", text, h.Addr(), h.Name(), h.String())
		}
		var again linklocal.Host
		if written, err := h.MarshalText(); err != nil || again.UnmarshalText(written) != nil || again != h {
			t.Errorf("%q: written and read it is %q (%v)", text, again, err)
		}
		if ip.IsValid() && h != linklocal.HostAt(ip) {
			t.Errorf("%q is not the host at %v", text, ip)
		}
	}
}

func TestCompareHosts(t *testing.T) {
	got := hosts("keystone", "192.168.1.100", "10.0.0.2", "api.example.com", "192.168.1.20", "10.0.0.10")
	slices.SortFunc(got, linklocal.Host.Compare)
	want := hosts("10.0.0.2", "10.0.0.10", "192.168.1.20", "192.168.1.100", "api.example.com", "keystone")
	if diff := cmp.Diff(want, got, compareAddresses); diff != "" {
		t.Errorf("addresses stand in the order of numbers, names behind them (-want +got):\n%s", diff)
	}
}

func host(s string) linklocal.Host { return linklocal.ParseHost(s) }

func hosts(texts ...string) []linklocal.Host {
	out := make([]linklocal.Host, len(texts))
	for i, s := range texts {
		out[i] = host(s)
	}
	return out
}

// doors are the files that read an address or a host from text, with what each
// text is. Whatever lies behind takes a netip.Addr or a Host.
var doors = map[string]string{
	"fn/linklocal/host.go":                  "a host",
	"fn/config/scalar.go":                   "a field",
	"fn/config/format.go":                   "a field, before its pattern is compiled: most are IPv4 addresses",
	"fn/config/decode.go":                   "a key of spec.linkLocal.serviceIPs",
	"fn/config/commonenv_fill.go":           "a line of commonEnv, before it becomes a field",
	"fn/env/refuse.go":                      "a variable that no field holds",
	"internal/importer/translate.go":        "the flag --link-local",
	"internal/importer/allotment.go":        "the host of Keystone in an inventory",
	"internal/importer/contrail_ansible.go": "a host of an inventory, and the network of its service IPs",
	"internal/importer/behind.go":           "the name that an entry of the underlay leads to",
	"internal/underlay/plan/entry.go":       "an entry of the underlay",
}

// An address is parsed where it comes in, and nowhere again.
func TestAddressesAreParsedAtTheDoor(t *testing.T) {
	root := filepath.Join("..", "..")
	parses := regexp.MustCompile(`netip\.ParseAddr\(|\bParseHost\(`)
	found := 0
	for _, top := range []string{"fn", "internal"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			rel, _ := filepath.Rel(root, path)
			if parses.Match(text) {
				found++
				if doors[filepath.ToSlash(rel)] == "" {
					t.Errorf("%s parses an address: take a linklocal.Host or a netip.Addr, or add the file to doors", rel)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found < 5 {
		t.Errorf("only %d files parse an address: this test looks for the wrong calls", found)
	}
}
