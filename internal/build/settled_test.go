package build_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/fn/krm"
	"github.com/nested-config/nested-config/internal/build"
)

const (
	patchOfEnvironment = `patches:
- patch: |
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: contrail-cni-env, namespace: kube-system}
    data: {LOG_LEVEL: SYS_INFO}
`
	mergeOfEnvironment = `configMapGenerator:
- {name: contrail-cni-env, namespace: kube-system, behavior: merge, literals: [LOG_LEVEL=SYS_INFO]}
`
	agentRefused = `: must stay {"matchLabels":{"app":"contrail-agent"}}, because nobody can change it on a running cluster: ` +
		"commonLabels, and labels with includeSelectors, change it; use labels with includeTemplates"
	managerRefused = `: must stay {"matchLabels":{"app":"contrail-kube-manager"}}, because nobody can change it on a running cluster: ` +
		"commonLabels, and labels with includeSelectors, change it; use labels with includeTemplates"
	tokenRefused = `top: Deployment east-contrail-kube-manager: spec.template.spec.serviceAccountName: "east-contrail-kube-manager": ` +
		`its token is in Secret east-contrail-kube-manager-token, whose annotation kubernetes.io/service-account.name says "contrail-kube-manager": ` +
		"list the component overlays/rename beside namePrefix and nameSuffix"
	environmentRefused = "top: DaemonSet contrail-kubernetes-cni-agent: ConfigMap contrail-cni-env is not what was rendered, and no pod would be rolled: " +
		"make the change in the NestedConfig, or list the component overlays/roll in a kustomization around the one that makes it"
)

// TestSettled: what a kustomization does to the workloads so that no cluster could run or follow them is refused, and nothing else is.
func TestSettled(t *testing.T) {
	for _, c := range []struct{ reason, top, middle, want string }{
		{"nothing done", "", "", ""},
		{"commonLabels reach selectors", "commonLabels: {team: net}\n", "",
			`top: Deployment contrail-kube-manager: spec.selector: {"matchLabels":{"app":"contrail-kube-manager","team":"net"}}` + managerRefused + "\n" +
				`top: DaemonSet contrail-kubernetes-cni-agent: spec.selector: {"matchLabels":{"app":"contrail-agent","team":"net"}}` + agentRefused},
		{"from a base too, and by a label of ours", "", "labels:\n- {pairs: {app: mine}, includeSelectors: true}\n",
			`top: Deployment contrail-kube-manager: spec.selector: {"matchLabels":{"app":"mine"}}` + managerRefused + "\n" +
				`top: DaemonSet contrail-kubernetes-cni-agent: spec.selector: {"matchLabels":{"app":"mine"}}` + agentRefused},
		{"labels without selectors", "labels:\n- {pairs: {team: net, app.kubernetes.io/part-of: mine}, includeTemplates: true}\n", "", ""},
		{"a prefix alone", "namePrefix: east-\n", "", tokenRefused},
		{"a prefix with the component", "namePrefix: east-\nnameSuffix: -one\ncomponents: [../overlays/rename]\n", "", ""},
		{"two prefixes, the component at the inner one", "namePrefix: a-\n", "namePrefix: b-\ncomponents: [../overlays/rename]\n", ""},
		{"a patched ConfigMap", patchOfEnvironment, "", environmentRefused},
		{"a merged ConfigMap", mergeOfEnvironment, "", environmentRefused},
		{"a patch around which the component stands", "components: [../overlays/roll]\n", patchOfEnvironment, ""},
		{"a merge around which the component stands", "components: [../overlays/roll]\n", mergeOfEnvironment, ""},
		{"a patch beside the component, which the component does not see", "components: [../overlays/roll]\n" + patchOfEnvironment, "", environmentRefused},
		{"the component where nothing is changed", "components: [../overlays/roll]\n", "", ""},
		{"the ConfigMap set back to what was rendered", "patches:\n- patch: |\n    {apiVersion: v1, kind: ConfigMap, " +
			"metadata: {name: contrail-cni-env, namespace: kube-system}, data: {LOG_LEVEL: SYS_NOTICE}}\n", patchOfEnvironment, ""},
		{"another namespace, another image, an annotation", "namespace: contrail\ncommonAnnotations: {a: b}\n" +
			"images:\n- {name: docker.io/opencontrailnightly/contrail-kubernetes-cni-init, newTag: R21.4.1}\n", "", ""},
		{"a Secret without a namespace, which kustomize names anew and nobody finds", "secretGenerator:\n- {name: contrail-credentials, literals: [a=b]}\n", "",
			"top: Deployment contrail-kube-manager: Secret contrail-credentials-k695gkmbtk is made by a secretGenerator without a namespace, " +
				"and its pods look for contrail-credentials in kube-system: write namespace: kube-system into the secretGenerator"},
		{"a Secret with the namespace", "secretGenerator:\n- {name: contrail-credentials, namespace: kube-system, literals: [a=b]}\n", "", ""},
		{"a Secret without a namespace and without a hash: where it goes is said later, as by Argo CD",
			"secretGenerator:\n- {name: contrail-credentials, literals: [a=b], options: {disableNameSuffixHash: true}}\n", "", ""},
		{"a Secret that gets the namespace with all others", "namespace: contrail\nsecretGenerator:\n- {name: contrail-credentials, literals: [a=b]}\n", "", ""},
		{"all at once, in another namespace", "namespace: contrail\nnamePrefix: east-\ncomponents: [../overlays/rename, ../overlays/roll]\n", patchOfEnvironment, ""},
	} {
		t.Run(c.reason, func(t *testing.T) {
			dir := t.TempDir()
			for _, name := range []string{"overlays/roll", "overlays/rename", "examples/link-local"} {
				if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join("../..", name))); err != nil {
					t.Fatal(err)
				}
			}
			t.Chdir(dir)
			for name, text := range map[string]string{"top": "resources: [../middle]\n" + c.top, "middle": "resources: [../examples/link-local]\n" + c.middle} {
				if err := os.Mkdir(name, 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name+"/kustomization.yaml", []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			_, _, err := build.Run(t.Context(), "top", build.Options{Function: fn.Process, Line: func(r krm.Result) string { return fn.Line(r, false) }})
			got := ""
			if err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
