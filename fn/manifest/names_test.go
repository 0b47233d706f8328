package manifest_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/manifest"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// whole is a config in which every Secret has an effect.
const whole = `
apiVersion: nested.opencontrail.org/v1alpha1
kind: NestedConfig
metadata: {name: k8s}
spec:
  connectivity: LinkLocal
  images: {registry: docker.io/opencontrailnightly, tag: R21.4-latest}
  underlay:
    config: {nodes: [192.168.1.100]}
    keystone: {host: keystone.example.com}
    virtualNetwork: {domain: default-domain, project: admin, name: k8s-vms}
  linkLocal: {pool: 10.10.10.0/24}
  kubernetes: {apiServer: 10.84.31.67}
  auth: {protocol: https}
  tls: {configAPI: true}
  commonEnv: |
    AUTH_MODE=keystone
    KEYSTONE_AUTH_ADMIN_USER=u
    KEYSTONE_AUTH_ADMIN_PASSWORD=p
`

// A Secret of the manifest has a name that no field takes for another Secret:
// two documents of one name would be applied one after the other. The fields are
// those of the type, so that a new one is asked too.
func TestNamesOfSecretsAreReserved(t *testing.T) {
	c, ps := config.Load(yaml.MustParse(whole).YNode())
	if ps.Errors() {
		t.Fatal(ps)
	}
	var rendered []string
	for _, n := range manifest.Render(&c) {
		if n.GetKind() == "Secret" {
			rendered = append(rendered, n.GetName())
		}
	}
	slices.Sort(rendered)
	if want := []string{"contrail-credentials", config.TokenSecret}; !slices.Equal(rendered, want) {
		t.Fatalf("the manifest has the Secrets %q, want %q", rendered, want)
	}

	fields := secretFields(reflect.TypeFor[config.Spec](), "spec")
	if want := []string{
		"spec.images.pullSecrets", "spec.underlay.rabbitmq.credentialsSecret", "spec.auth.credentialsSecret", "spec.auth.caSecret", "spec.tls.secretName",
	}; !slices.Equal(fields, want) {
		t.Errorf("the fields that name Secrets are %q, want %q", fields, want)
	}
	for _, field := range fields {
		for _, name := range rendered {
			n := yaml.MustParse(whole)
			value := yaml.NewStringRNode(name)
			if field == "spec.images.pullSecrets" {
				value = yaml.NewListRNode(name)
			}
			path := strings.Split(field, ".")
			parent, err := n.Pipe(yaml.LookupCreate(yaml.MappingNode, path[:len(path)-1]...))
			if err != nil {
				t.Fatal(err)
			}
			parent.YNode().Style = 0
			if err := parent.PipeE(yaml.SetField(path[len(path)-1], value)); err != nil {
				t.Fatal(err)
			}
			_, ps := config.Load(n.YNode())
			refused := slices.ContainsFunc(ps, func(p config.Problem) bool {
				return p.Severity == config.Error && strings.HasPrefix(p.Path, field)
			})
			if want := field+name != "spec.auth.credentialsSecretcontrail-credentials"; refused != want {
				t.Errorf("%s: %s: refused is %t, want %t: %v", field, name, refused, want, ps)
			}
		}
	}
}

// secretFields are the paths of the fields whose doc says that they name Secrets.
func secretFields(t reflect.Type, path string) []string {
	var out []string
	for i := range t.NumField() {
		f := t.Field(i)
		p := path + "." + f.Tag.Get("yaml")
		doc := f.Tag.Get("doc")
		switch {
		case f.Type.Kind() == reflect.Struct && f.Type.PkgPath() == t.PkgPath():
			out = append(out, secretFields(f.Type, p)...)
		case f.Tag.Get("format") == "name" && (strings.HasPrefix(doc, "Secret ") || strings.HasPrefix(doc, "Names of Secrets ")):
			out = append(out, p)
		}
	}
	return out
}
