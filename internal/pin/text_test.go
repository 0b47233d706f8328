package pin

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/fn/linklocal"

	"github.com/google/go-cmp/cmp"
)

// two are a pin of a node and the vRouter agent's.
var two = []linklocal.Assignment{
	{Fabric: linklocal.ParseHost("192.168.1.100"), ServiceIP: netip.MustParseAddr("10.10.10.1")},
	{ServiceIP: netip.MustParseAddr("10.10.10.5")},
}

// Each case is a text and the same with the pins in it.
func TestText(t *testing.T) {
	for name, c := range map[string]struct{ reason, text, want string }{
		"block": {"new fields stand behind the pool, indented as it is",
			"spec:\n    connectivity: LinkLocal # as it is\n    linkLocal:\n        # where they come from\n        pool: 10.10.10.0/24   # all ours\n        namePrefix: x\n    # the end\n",
			"spec:\n    connectivity: LinkLocal # as it is\n    linkLocal:\n        # where they come from\n        pool: 10.10.10.0/24   # all ours\n        serviceIPs:\n            192.168.1.100: 10.10.10.1\n        vrouterServiceIP: 10.10.10.5\n        namePrefix: x\n    # the end\n"},
		"existing pins": {"pins are added behind the last one, whatever its order and comments",
			"spec:\n  linkLocal:\n    serviceIPs:\n      192.168.1.200: 10.10.10.9\n      192.168.1.101: '10.10.10.8' # first\n      # more to come\n    pool: 10.10.10.0/24\n",
			"spec:\n  linkLocal:\n    serviceIPs:\n      192.168.1.200: 10.10.10.9\n      192.168.1.101: '10.10.10.8' # first\n      192.168.1.100: 10.10.10.1\n      # more to come\n    vrouterServiceIP: 10.10.10.5\n    pool: 10.10.10.0/24\n"},
		"exclude block": {"behind a list too",
			"spec:\n  linkLocal:\n    pool: 10.10.10.0/24\n    exclude:\n    - 10.10.10.7\n    - 10.10.10.8/30 # theirs\n  kubernetes: {}\n",
			"spec:\n  linkLocal:\n    pool: 10.10.10.0/24\n    exclude:\n    - 10.10.10.7\n    - 10.10.10.8/30 # theirs\n    serviceIPs:\n      192.168.1.100: 10.10.10.1\n    vrouterServiceIP: 10.10.10.5\n  kubernetes: {}\n"},
		"flow": {"what is written in braces stays in braces",
			"spec: {connectivity: LinkLocal, linkLocal: {pool: 10.10.10.0/24, exclude: [10.10.10.7]}, x: 1} # all\n",
			"spec: {connectivity: LinkLocal, linkLocal: {pool: 10.10.10.0/24, exclude: [10.10.10.7], serviceIPs: {192.168.1.100: 10.10.10.1}, vrouterServiceIP: 10.10.10.5}, x: 1} # all\n"},
		"flow over lines": {"a trailing comma and comments within the braces stay",
			"spec:\n  linkLocal: {\n    pool: 10.10.10.0/24, # a \"quote, a ] and a }\n    serviceIPs: {\n      192.168.1.101: \"10.10.10.8\",\n    },\n  }\n",
			"spec:\n  linkLocal: {\n    pool: 10.10.10.0/24, # a \"quote, a ] and a }\n    serviceIPs: {\n      192.168.1.101: \"10.10.10.8\", 192.168.1.100: 10.10.10.1,\n    }, vrouterServiceIP: 10.10.10.5,\n  }\n"},
		"flow in block": {"a block with its pins in braces",
			"spec:\n  linkLocal:\n    serviceIPs: {192.168.1.101: 10.10.10.8} # here\n    pool: 10.10.10.0/24\n",
			"spec:\n  linkLocal:\n    serviceIPs: {192.168.1.101: 10.10.10.8, 192.168.1.100: 10.10.10.1} # here\n    vrouterServiceIP: 10.10.10.5\n    pool: 10.10.10.0/24\n"},
		"empty braces": {"are filled",
			"spec:\n  linkLocal:\n    pool: 10.10.10.0/24\n    serviceIPs: {} # none yet\n",
			"spec:\n  linkLocal:\n    pool: 10.10.10.0/24\n    serviceIPs: {192.168.1.100: 10.10.10.1} # none yet\n    vrouterServiceIP: 10.10.10.5\n"},
		"commented out": {"a section whose fields are comments grows into a block",
			"spec:\n  linkLocal:   # nothing\n    # pool: 10.10.10.0/24\n  x: 1\n",
			"spec:\n  linkLocal:   # nothing\n    serviceIPs:\n      192.168.1.100: 10.10.10.1\n    vrouterServiceIP: 10.10.10.5\n    # pool: 10.10.10.0/24\n  x: 1\n"},
		"null": {"only a written null makes room",
			"spec:\n  linkLocal:\n    serviceIPs: ~ # none\n    vrouterServiceIPs: x\n",
			"spec:\n  linkLocal:\n    serviceIPs: {192.168.1.100: 10.10.10.1} # none\n    vrouterServiceIP: 10.10.10.5\n    vrouterServiceIPs: x\n"},
		"absent": {"without spec.linkLocal, behind the underlay, however deep that is",
			"spec:\n  connectivity: LinkLocal\n  underlay:\n    config:\n      nodes:\n      - 192.168.1.100\n\n  # block text has no certain end\n  commonEnv: |\n    A=b\n",
			"spec:\n  connectivity: LinkLocal\n  underlay:\n    config:\n      nodes:\n      - 192.168.1.100\n  linkLocal:\n    serviceIPs:\n      192.168.1.100: 10.10.10.1\n    vrouterServiceIP: 10.10.10.5\n\n  # block text has no certain end\n  commonEnv: |\n    A=b\n"},
		"no final newline": {"stays without",
			"spec:\n  linkLocal:\n    pool: 10.10.10.0/24",
			"spec:\n  linkLocal:\n    pool: 10.10.10.0/24\n    serviceIPs:\n      192.168.1.100: 10.10.10.1\n    vrouterServiceIP: 10.10.10.5"},
		"carriage returns": {"line endings are those of the file, at its unended end too",
			"spec:\r\n  linkLocal:\r\n    serviceIPs:\r\n      192.168.1.101: 10.10.10.8",
			"spec:\r\n  linkLocal:\r\n    serviceIPs:\r\n      192.168.1.101: 10.10.10.8\r\n      192.168.1.100: 10.10.10.1\r\n    vrouterServiceIP: 10.10.10.5"},
		"byte order mark": {"stays, and does not shift the first line",
			"\uFEFFspec: {linkLocal: {pool: 10.10.10.0/24}}\n",
			"\uFEFFspec: {linkLocal: {pool: 10.10.10.0/24, serviceIPs: {192.168.1.100: 10.10.10.1}, vrouterServiceIP: 10.10.10.5}}\n"},
		"wide letters": {"columns count letters, not bytes",
			"\"ключ\": {\"日本\": 1}\nspec: {\"日本\": é, linkLocal: {pool: 10.10.10.0/24}}\n",
			"\"ключ\": {\"日本\": 1}\nspec: {\"日本\": é, linkLocal: {pool: 10.10.10.0/24, serviceIPs: {192.168.1.100: 10.10.10.1}, vrouterServiceIP: 10.10.10.5}}\n"},
		"other documents": {"stay, and the lines before them count",
			"%YAML 1.1\n---\nspec: {linkLocal: {pool: 10.10.10.0/24}}\n...\n---\na: &x 1\nb: *x\n--- # empty\n",
			"%YAML 1.1\n---\nspec: {linkLocal: {pool: 10.10.10.0/24, serviceIPs: {192.168.1.100: 10.10.10.1}, vrouterServiceIP: 10.10.10.5}}\n...\n---\na: &x 1\nb: *x\n--- # empty\n"},
		"JSON": {"stays JSON",
			"{\n  \"spec\": {\n    \"linkLocal\": {\n      \"pool\": \"10.10.10.0/24\"\n    }\n  }\n}\n",
			"{\n  \"spec\": {\n    \"linkLocal\": {\n      \"pool\": \"10.10.10.0/24\", \"serviceIPs\": {\"192.168.1.100\": \"10.10.10.1\"}, \"vrouterServiceIP\": \"10.10.10.5\"\n    }\n  }\n}\n"},
		"anchors": {"elsewhere and on values do not matter",
			"metadata: &m {a: b}\nspec:\n  x: *m\n  linkLocal: &l\n    pool: &p !!str 10.10.10.0/24\n",
			"metadata: &m {a: b}\nspec:\n  x: *m\n  linkLocal: &l\n    pool: &p !!str 10.10.10.0/24\n    serviceIPs:\n      192.168.1.100: 10.10.10.1\n    vrouterServiceIP: 10.10.10.5\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Text([]byte(c.text), map[int][]linklocal.Assignment{0: two})
			if err != nil {
				t.Fatalf("%s: %v", c.reason, err)
			}
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// A host name may look like something else to YAML.
func TestTextQuotes(t *testing.T) {
	pins := []linklocal.Assignment{{Fabric: linklocal.ParseHost("null"), ServiceIP: two[0].ServiceIP}, {Fabric: linklocal.ParseHost("yes"), ServiceIP: two[1].ServiceIP}}
	got, err := Text([]byte("spec:\n  linkLocal:\n    pool: 10.10.10.0/24\n"), map[int][]linklocal.Assignment{0: pins})
	if err != nil {
		t.Fatal(err)
	}
	want := "spec:\n  linkLocal:\n    pool: 10.10.10.0/24\n    serviceIPs:\n      \"null\": 10.10.10.1\n      \"yes\": 10.10.10.5\n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

// What cannot be edited for sure is refused, and says why.
func TestTextRefuses(t *testing.T) {
	for name, c := range map[string]struct{ reason, text, want string }{
		"alias": {"a pin behind an alias would stand somewhere else",
			"x: &l {pool: 10.10.10.0/24}\nspec:\n  linkLocal: *l\n",
			"line 1: has an alias at linkLocal, and pins cannot be written into an alias: replace it by its fields"},
		"aliased": {"a pin in what an alias repeats would stand twice",
			"spec:\n  linkLocal: &l\n    pool: 10.10.10.0/24\n  x: *l\n",
			"is in a form to which pins cannot be added: write spec.linkLocal as a plain block of fields"},
		"merged": {"a field of its own would hide the merged pins",
			"x: &l {serviceIPs: {192.168.1.101: 10.10.10.8}}\nspec:\n  linkLocal:\n    <<: *l\n    pool: 10.10.10.0/24\n",
			"line 1: has a merge key (<<), and pins cannot be written through it: replace it by its fields"},
		"explicit keys": {"columns of such keys are not those of their lines",
			"spec:\n  linkLocal:\n    ? pool\n    : 10.10.10.0/24\n",
			"is in a form to which pins cannot be added: write spec.linkLocal as a plain block of fields"},
		"not YAML": {"a file that cannot be read is not written",
			"spec: [\n", "is not YAML: line 1: did not find expected node content"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Text([]byte(c.text), map[int][]linklocal.Assignment{0: two})
			if err == nil || got != nil {
				t.Fatalf("%s: no error, and %q", c.reason, got)
			}
			if diff := cmp.Diff(c.want, err.Error()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// FuzzText: whatever the text, it is refused, or every byte of it is still there
// in order (a written null apart), and pins are all that it says more.
func FuzzText(f *testing.F) {
	for _, text := range []string{
		"spec:\n  linkLocal:\n    pool: 10.10.10.0/24 # c\n",
		"spec: {linkLocal: {pool: 10.10.10.0/24, serviceIPs: {a: 1.2.3.4,},}}",
		"spec:\r\n  linkLocal:\r\n    serviceIPs:\r\n      a: '1.2.3.4'\r\n",
		"spec:\n  linkLocal:\n    serviceIPs: {}\n    exclude: [1.2.3.4, \"5.6.7.8\" # ]\n    ]\n",
		"spec:\n  linkLocal:\n    # none\nx: |\n  text\n---\na: &b [1]\nc: *b\n",
		"{\"spec\": {\"linkLocal\": {}}}", "\uFEFFspec:\n  underlay:\n    config: {nodes: [a]}\n  x: >-\n    y\n",
		"spec: &s !!map\n  linkLocal: &l\n  x: *l\n", "spec:\n- linkLocal: ~\n", "? spec\n: linkLocal:\n",
		"spec:\n  linkLocal: null\n  \"linkLocal\u2028\": x\n", "spec:\n  <<: {linkLocal: {pool: x}}\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 4096 {
			return
		}
		docs, err := decode(text)
		if err != nil || len(docs) == 0 {
			return
		}
		pins := map[int][]linklocal.Assignment{0: two}
		got, err := Text(text, pins)
		if err != nil {
			return
		}
		if s := string(text); !strings.ContainsAny(s, "~") && !strings.Contains(strings.ToLower(s), "null") && !subsequence(text, got) {
			t.Fatalf("bytes are lost:\n%q\n%q", text, got)
		}
		after, err := decode(got)
		if err != nil || len(after) != len(docs) {
			t.Fatalf("%d documents became %d: %v\n%q", len(docs), len(after), err, got)
		}
		_, spec, _ := find(after[0], "spec")
		_, linkLocal, _ := find(spec, "linkLocal")
		_, serviceIPs, _ := find(linkLocal, "serviceIPs")
		_, node, err := find(serviceIPs, "192.168.1.100")
		if err != nil || node == nil || node.Value != "10.10.10.1" {
			t.Fatalf("no pin of the node in\n%q", got)
		}
		if _, vrouter, _ := find(linkLocal, "vrouterServiceIP"); vrouter == nil || vrouter.Value != "10.10.10.5" {
			t.Fatalf("no pin of the agent in\n%q", got)
		}
	})
}

func subsequence(a, b []byte) bool {
	i := 0
	for _, x := range b {
		if i < len(a) && a[i] == x {
			i++
		}
	}
	return i == len(a)
}
