package fn_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/krm"
	"github.com/nested-config/nested-config/fn/manifest"
)

const packaged = `apiVersion: nested.opencontrail.org/v1alpha1
kind: NestedConfig
metadata:
  name: k8s
  annotations: {internal.config.kubernetes.io/path: nested-config.yaml, internal.config.kubernetes.io/package-path: /site}
spec:
  connectivity: LinkLocal
  namespace: contrail
  images: {registry: docker.io/opencontrailnightly, tag: R21.4}
  underlay:
    config: {nodes: [192.168.1.100]}
    keystone: {host: 192.168.1.200}
    virtualNetwork: {domain: default-domain, project: admin, name: k8s-vms}
  linkLocal: {serviceIPs: {192.168.1.100: 10.10.10.1, 192.168.1.200: 10.10.10.2}, vrouterServiceIP: 10.10.10.5}
  kubernetes: {apiServer: 10.84.31.67}
  commonEnv: |
    AUTH_MODE=keystone
    KEYSTONE_AUTH_ADMIN_PASSWORD=hunter2
`

const kptfile = `apiVersion: kpt.dev/v1
kind: Kptfile
metadata:
  name: site
  annotations: {internal.config.kubernetes.io/path: Kptfile, internal.config.kubernetes.io/package-path: /site}
`

// Each case starts from a package that is rendered, changes it, and renders it
// again. What the list has more and less after that is the whole of what happens
// to anybody's file, beside updates, and the results are what is said about it.
func TestWhatIsDeleted(t *testing.T) {
	cases := map[string]struct {
		reason string
		config func(string) string                          // changes the NestedConfig
		more   func(t *testing.T, before []string) []string // more resources, made of those that were rendered
		want   []string
	}{
		"nothing changes": {reason: "a second run changes nothing"},
		"copy with another name": {
			reason: "it serves somebody else, whatever annotation it was copied with",
			more: func(t *testing.T, b []string) []string {
				return []string{copied(t, b, "ConfigMap contrail-cni-env", "my-settings")}
			},
			want: claims("ConfigMap my-settings"),
		},
		"copies of what may have any name": {
			reason: "a Namespace is deleted with all that is in it, and a Secret is the only copy of a password",
			more: func(t *testing.T, b []string) []string {
				return []string{
					copied(t, b, "Namespace contrail", "shop"), copied(t, b, "Secret contrail-credentials", "shop-db"),
					copied(t, b, "LinkLocalService keystone", "ntp"), copied(t, b, "LinkLocalService keystone", "my-keystone"),
				}
			},
			want: claims("Namespace shop", "Secret shop-db", "LinkLocalService ntp", "LinkLocalService my-keystone"),
		},
		"copy in another namespace": {
			reason: "all that one config renders is in one namespace",
			more: func(t *testing.T, b []string) []string {
				return []string{strings.Replace(copied(t, b, "ConfigMap contrail-cni-env", "contrail-cni-env"), "namespace: contrail", "namespace: shop", 1)}
			},
			want: claims("ConfigMap contrail-cni-env"),
		},
		"another kind": {
			reason: "we render no such thing",
			more: func(t *testing.T, b []string) []string {
				return []string{strings.Replace(copied(t, b, "ServiceAccount contrail-kube-manager", "contrail-kube-manager"), "kind: ServiceAccount", "kind: Service", 1)}
			},
			want: claims("Service contrail-kube-manager"),
		},
		"an owner that nobody knows": {
			reason: "any resource can be annotated",
			more: func(*testing.T, []string) []string {
				return []string{"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations: {nested.opencontrail.org/owner: nobody, " +
					"internal.config.kubernetes.io/path: a.yaml, internal.config.kubernetes.io/package-path: /site}\n"}
			},
			want: claims("ConfigMap a of nobody"),
		},
		"the same resource twice": {
			reason: "an older version wrote a document more at each run of a list that was not whole",
			more: func(t *testing.T, b []string) []string {
				return []string{copied(t, b, "ConfigMap contrail-cni-env", "contrail-cni-env")}
			},
			want: []string{"- copy.yaml", "info: ConfigMap contrail-cni-env: is no longer rendered for k8s: deleted"},
		},
		"other nodes, prefix and namespace": {
			reason: "that is what pruning is for",
			config: replacing("namespace: contrail", "namespace: other", "linkLocal: {", "linkLocal: {namePrefix: 'East ', "),
			want:   slices.Concat(deletions(append(services(t, ""), "Namespace contrail")...), added("k8s", append(services(t, "east-"), "Namespace other")...)),
		},
		"no password any more": {
			reason: "the Deployment of the last run says which Secret was rendered",
			config: replacing("    KEYSTONE_AUTH_ADMIN_PASSWORD=hunter2\n", ""),
			want:   deletions("Secret contrail-credentials"),
		},
		"another Secret": {
			reason: "likewise",
			config: replacing("  commonEnv", "  auth: {credentialsSecret: other}\n  commonEnv"),
			want:   slices.Concat(deletions("Secret contrail-credentials"), added("k8s", "Secret other")),
		},
		"renamed": {
			reason: "its files go where its new name says",
			config: replacing("name: k8s\n", "name: blue\n"),
			want:   slices.Concat(deletions(everything(t)...), added("blue", everything(t)...)),
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			before := rendered(t, kptfile, packaged)
			input := slices.Clone(before)
			if c.config != nil {
				input[1] = c.config(input[1])
			}
			if c.more != nil {
				input = append(input, c.more(t, before)...)
			}
			rl := list(t, input...)
			if err := fn.Process(rl); err != nil {
				t.Fatalf("%s: %v: %v", c.reason, err, fn.Lines(rl.Results))
			}
			got := difference(paths(list(t, input...)), paths(rl))
			for _, r := range rl.Results {
				if !strings.Contains(r.Message, "password") { // which the config itself is warned of
					got = append(got, string(r.Severity)+": "+r.Message)
				}
			}
			if diff := cmp.Diff(sorted(c.want), sorted(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// everything are the resources that packaged renders.
func everything(t *testing.T) (resources []string) {
	t.Helper()
	for _, text := range rendered(t, kptfile, packaged)[2:] {
		n := yaml.MustParse(text)
		resources = append(resources, n.GetKind()+" "+n.GetName())
	}
	return resources
}

// services are the LinkLocalServices of packaged, with a prefix.
func services(t *testing.T, prefix string) (resources []string) {
	t.Helper()
	c, problems := config.Load(yaml.MustParse(packaged).YNode())
	if problems.Errors() {
		t.Fatal(problems)
	}
	for _, s := range c.Services {
		resources = append(resources, "LinkLocalService "+prefix+manifest.ResourceName(s.Name))
	}
	return resources
}

// claims are told of copies that stay.
func claims(resources ...string) (lines []string) {
	for _, r := range resources {
		r, owner, ok := strings.Cut(r, " of ")
		if !ok {
			owner = "k8s"
		}
		lines = append(lines, fmt.Sprintf("warning: %s: says that it was rendered for %s, which never renders such a resource: it is kept; remove its annotation nested.opencontrail.org/owner", r, owner))
	}
	return lines
}

// deletions are done, and told.
func deletions(resources ...string) (lines []string) {
	for _, r := range resources {
		lines = append(lines, "- "+file("k8s", r), "info: "+r+": is no longer rendered for k8s: deleted")
	}
	return lines
}

func added(owner string, resources ...string) (lines []string) {
	for _, r := range resources {
		lines = append(lines, "+ "+file(owner, r))
	}
	return lines
}

func file(owner, resource string) string {
	kind, name, _ := strings.Cut(resource, " ")
	return owner + "/" + manifest.FileName(kind, name)
}

func replacing(oldnew ...string) func(string) string { return strings.NewReplacer(oldnew...).Replace }

// rendered is a package after a run: each item as a text.
func rendered(t *testing.T, items ...string) (texts []string) {
	t.Helper()
	rl := list(t, items...)
	if err := fn.Process(rl); err != nil {
		t.Fatal(err, fn.Lines(rl.Results))
	}
	for _, n := range rl.Items {
		text, err := n.String()
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, text)
	}
	return texts
}

func list(t *testing.T, items ...string) *krm.ResourceList {
	t.Helper()
	rl := &krm.ResourceList{}
	for _, text := range items {
		n, err := yaml.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		rl.Items = append(rl.Items, n)
	}
	return rl
}

// copied is a copy of a resource that was rendered, with another name, in copy.yaml
// or another file of its own.
func copied(t *testing.T, items []string, resource, name string) string {
	t.Helper()
	for _, text := range items {
		n := yaml.MustParse(text)
		if n.GetAnnotations()["internal.config.kubernetes.io/path"] != file("k8s", resource) {
			continue
		}
		to := "copy.yaml"
		if n.GetName() != name {
			to = name + ".yaml"
		}
		for _, change := range []yaml.Filter{
			yaml.SetK8sName(name), yaml.SetAnnotation("internal.config.kubernetes.io/path", to), yaml.SetAnnotation("config.kubernetes.io/path", to),
		} {
			if err := n.PipeE(change); err != nil {
				t.Fatal(err)
			}
		}
		return n.MustString()
	}
	t.Fatal(resource + " was not rendered")
	return ""
}

func paths(rl *krm.ResourceList) (out []string) {
	for _, n := range rl.Items {
		out = append(out, n.GetAnnotations()["internal.config.kubernetes.io/path"])
	}
	return out
}

func difference(before, after []string) (lines []string) {
	for _, p := range before {
		if !slices.Contains(after, p) {
			lines = append(lines, "- "+p)
		}
	}
	for _, p := range after {
		if !slices.Contains(before, p) {
			lines = append(lines, "+ "+p)
		}
	}
	return lines
}

func sorted(lines []string) []string { return slices.Sorted(slices.Values(lines)) }
