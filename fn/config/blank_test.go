package config

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/fn/linklocal"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// What stands without a value in every NestedConfig of Blank, with a value.
var blanks = []struct{ path, line, value string }{
	{"spec.images.registry", "    registry:", "docker.io/opencontrailnightly"},
	{"spec.images.tag", "    tag:", "R21.4-latest"},
	{"spec.kubernetes.apiServer", "    apiServer:", "10.84.31.67"},
	{"spec.linkLocal.pool", "    pool:", "10.10.10.0/24"},
	{"spec.underlay.config.nodes", "      nodes:", "[192.168.1.100]"},
	{"spec.underlay.keystone.host", "      host:", "192.168.1.200"},
	{"spec.underlay.virtualNetwork.domain", "      domain:", "default-domain"},
	{"spec.underlay.virtualNetwork.name", "      name:", "k8s-vms"},
	{"spec.underlay.virtualNetwork.project", "      project:", "admin"},
}

// A blank NestedConfig is refused for its blanks and for nothing else; filled in
// it is right; and what stands behind a # are the defaults, so that taking the #
// away changes nothing.
func TestBlank(t *testing.T) {
	for _, connectivity := range []string{LinkLocalMode, FabricSNATMode, DirectMode} {
		t.Run(connectivity, func(t *testing.T) {
			blank, problems := Blank("k8s", connectivity)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			text := string(blank)
			_, problems = Load(yaml.MustParse(text).YNode())
			var got, want []string
			for _, p := range problems {
				got = append(got, p.Path)
			}
			for _, b := range blanks {
				want = append(want, b.path)
			}
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("refused (-want +got):\n%s", diff)
			}

			for _, b := range blanks {
				if strings.Count(text, b.line+"\n") != 1 {
					t.Fatalf("%q is not there once", b.line)
				}
				text = strings.Replace(text, b.line+"\n", b.line+" "+b.value+"\n", 1)
			}
			filled := load(t, text)
			if filled.Spec.Connectivity != connectivity {
				t.Errorf("connectivity: %s", filled.Spec.Connectivity)
			}
			all := regexp.MustCompile(`(?m)^( +)#([a-zA-Z]+:)`).ReplaceAllString(text, "$1$2")
			all = strings.Replace(all, "    vrouterServiceIP:\n", "", 1) // the one without a default to show
			if diff := cmp.Diff(filled.Spec, load(t, all).Spec, cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{}, linklocal.Host{}), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("what stands behind a # (-left out +taken in):\n%s", diff)
			}
		})
	}
}

func load(t *testing.T, text string) Config {
	t.Helper()
	c, problems := Load(yaml.MustParse(text).YNode())
	if problems.Errors() {
		t.Fatalf("%v\n%s", problems, text)
	}
	return c
}

// A cluster that cannot be, and a connectivity that is none, are told at once.
func TestBlankRefuses(t *testing.T) {
	_, problems := Blank("K_8", "Bridge")
	var got []string
	for _, p := range problems {
		got = append(got, p.String())
	}
	want := []string{
		`metadata.name: "K_8": must be a DNS label: lower-case letters, digits and -, at most 63`,
		`spec.connectivity: "Bridge": must be LinkLocal, FabricSNAT or Direct`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
