package fn_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/internal/source"

	"sigs.k8s.io/yaml"
)

// secret stands wherever a config may hold one.
const secret = "s3cr3tM4rk"

// Whatever is wrong with it, no message and no result shows a secret.
func TestNoSecretInMessages(t *testing.T) {
	const head = "apiVersion: nested.opencontrail.org/v1alpha1\nkind: NestedConfig\nmetadata: {name: k8s}\nspec:\n"
	for _, c := range []struct{ reason, spec string }{
		{"everything about the text is wrong", `
  commonEnv: |
    KEYSTONE_AUTH_ADMIN_PASSWORD=$(echo s3cr3tM4rk)
    RABBITMQ_PASSWORD=${PASSWORD:-s3cr3tM4rk}
    declare -A s3cr3tM4rk
    s3cr3tM4rk
    A="s3cr3tM4rk
    B='s3cr3tM4rk
    C=s3cr3tM4rk s3cr3tM4rk
    D=(s3cr3tM4rk)
    E="\q$s3cr3tM4rk"
    F='it'\''s3cr3tM4rk'
    G=s3cr3tM4rk\
    export s3cr3tM4rk
`},
		{"values that the images cannot use", `
  commonEnv: |
    AUTH_MODE=keystone
    KEYSTONE_AUTH_ADMIN_USER='s3cr3tM4rk%'
    KEYSTONE_AUTH_ADMIN_PASSWORD='s3cr3tM4rk%'
    RABBITMQ_USER='s3cr3tM4rk ;'
    RABBITMQ_PASSWORD=' s3cr3tM4rk'
    K8S_TOKEN=s3cr3tM4rk
    METADATA_PROXY_SECRET=s3cr3tM4rk
    SITE_PASSWORD=s3cr3tM4rk
    LOG_LOCAL=s3cr3tM4rk
    LOG_DIR=s3cr3tM4rk%
`},
		{"the text is no string", "  commonEnv: {KEYSTONE_AUTH_ADMIN_PASSWORD: s3cr3tM4rk}\n"},
		{"the text is a list", "  commonEnv: [KEYSTONE_AUTH_ADMIN_PASSWORD=s3cr3tM4rk]\n"},
		{"the text has a tag of its own", "  commonEnv: !!binary s3cr3tM4rk\n"},
		{"half accounts", "  commonEnv: |\n    RABBITMQ_PASSWORD=s3cr3tM4rk\n    KEYSTONE_AUTH_ADMIN_USER=s3cr3tM4rk\n"},
		{"credentials beside the fields", "  auth: {password: s3cr3tM4rk, user: s3cr3tM4rk}\n  underlay: {rabbitmq: {password: s3cr3tM4rk}}\n"},
		{"credentials as variables", "  kubeManager: {env: {KEYSTONE_AUTH_ADMIN_PASSWORD: s3cr3tM4rk, K8S_TOKEN: s3cr3tM4rk, X: s3cr3tM4rk%, Y: [s3cr3tM4rk], Z: {a: s3cr3tM4rk}, LOG_LOCAL: s3cr3tM4rk}}\n  cni: {env: {RABBITMQ_PASSWORD: s3cr3tM4rk}}\n"},
		{"variables of a wrong type", "  kubeManager: {env: s3cr3tM4rk}\n  cni: {env: [s3cr3tM4rk]}\n"},
		{"annotations", "  connectivity: Direct\nmetadata: {name: k8s, annotations: s3cr3tM4rk}\n"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			var out bytes.Buffer
			one, problems := source.One(source.Stdin, strings.NewReader(head+c.spec))
			if problems.Errors() {
				if text := fmt.Sprint(problems); strings.Contains(text, secret) {
					t.Errorf("shows the secret: %s", text)
				}
				return
			}
			results, err := fn.RenderConfig(one.Node, &out)
			if err == nil {
				t.Error("rendered")
			}
			text, errYAML := yaml.Marshal(results)
			if errYAML != nil {
				t.Fatal(errYAML)
			}
			for _, r := range results {
				text = append(text, fn.Line(r, true)+"\n"...)
			}
			if strings.Contains(string(text)+out.String()+err.Error(), secret) {
				t.Errorf("shows the secret:\n%s", text)
			}
		})
	}
}

// What commonEnv brings of credentials is in one Secret and nowhere else.
func TestSecretsOnlyInTheSecret(t *testing.T) {
	doc := strings.Replace(base, "spec:\n", "spec:\n  commonEnv: |\n    AUTH_MODE=keystone\n    KEYSTONE_AUTH_ADMIN_USER="+secret+
		"1\n    KEYSTONE_AUTH_ADMIN_PASSWORD="+secret+"2\n    RABBITMQ_USER="+secret+"3\n    RABBITMQ_PASSWORD="+secret+"4\n", 1)
	var out bytes.Buffer
	one, problems := source.One(source.Stdin, strings.NewReader(doc))
	if problems.Errors() {
		t.Fatal(problems)
	}
	results, err := fn.RenderConfig(one.Node, &out)
	if err != nil {
		t.Fatal(err, results)
	}
	for _, r := range results {
		if strings.Contains(fn.Line(r, true), secret) {
			t.Errorf("shows the secret: %s", fn.Line(r, true))
		}
	}
	secrets := 0
	for part := range strings.SplitSeq(out.String(), "\n---\n") {
		if !strings.Contains(part, secret) {
			continue
		}
		secrets++
		if !strings.Contains(part, "kind: Secret\n") || strings.Count(part, secret) != 4 {
			t.Errorf("is in:\n%s", part)
		}
	}
	if secrets != 1 {
		t.Errorf("is in %d resources, not in one Secret", secrets)
	}
}
