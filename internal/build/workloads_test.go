package build_test

import (
	"os"
	"path/filepath"
	"strings"
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
	selectsNone = "selects no NestedConfig: one under generators is no resource; change it in its file, or patch it in a directory that generators names"

	environmentRefused = "top: DaemonSet contrail-kubernetes-cni-agent: ConfigMap contrail-cni-env is not what was rendered, and no pod would be rolled: " +
		"make the change in the NestedConfig, or list the component overlays/roll in a kustomization around the one that makes it"
)

func deleted(apiVersion, kind, name string) string {
	namespace := ", namespace: kube-system"
	if kind == "ClusterRoleBinding" {
		namespace = ""
	}
	return "patches:\n- patch: |-\n    {$patch: delete, apiVersion: " + apiVersion + ", kind: " + kind + ", metadata: {name: " + name + namespace + "}}\n"
}

func replaced(kind, name, path, value string) string {
	return "patches:\n- target: {kind: " + kind + ", name: " + name + "}\n  options: {allowNameChange: true}\n  patch: |-\n    - {op: replace, path: " + path + ", value: " + value + "}\n"
}

func missing(workload, resource string) string {
	return "top: " + workload + ": its pods do not start without " + resource + `, which this build does not have in the namespace "kube-system": ` +
		"take out what deletes, renames or moves it"
}

// otherVersion stands beside the kustomization, for those that list it.
const otherVersion = `{apiVersion: apps/v1beta2, kind: Deployment, metadata: {name: contrail-kube-manager, namespace: kube-system}, spec: {template: {spec: {containers: [{name: a, image: b}]}}}}`

// TestWorkloads: what a kustomization does to the workloads so that no cluster could run or follow them is refused, and nothing else is.
func TestWorkloads(t *testing.T) {
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
		{"two kube-managers", "replicas:\n- {name: contrail-kube-manager, count: 2}\n", "",
			"top: Deployment contrail-kube-manager: spec.replicas: 2: must be 1, or 0 to stop it, because two kube-managers write the same objects of the underlay"},
		{"no kube-manager, as before an upgrade", "replicas:\n- {name: contrail-kube-manager, count: 0}\n", "", ""},
		{"two kube-managers for the time of an update", "patches:\n- target: {kind: Deployment}\n  patch: |-\n    - {op: replace, path: /spec/strategy/type, value: RollingUpdate}\n", "",
			`top: Deployment contrail-kube-manager: spec.strategy.type: "RollingUpdate": must be Recreate, because an update would run two kube-managers, ` +
				"which write the same objects of the underlay"},
		{"a token Secret that is deleted", deleted("v1", "Secret", "contrail-kube-manager-token"), "", missing("Deployment contrail-kube-manager", "Secret contrail-kube-manager-token")},
		{"a ServiceAccount that is deleted", deleted("v1", "ServiceAccount", "contrail-kube-manager"), "", missing("Deployment contrail-kube-manager", "ServiceAccount contrail-kube-manager")},
		{"a ConfigMap that is deleted", deleted("v1", "ConfigMap", "contrail-cni-env"), "", missing("DaemonSet contrail-kubernetes-cni-agent", "ConfigMap contrail-cni-env")},
		{"a ConfigMap that a patch renames: kustomize renames what refers to it", replaced("ConfigMap", "contrail-cni-env", "/metadata/name", "mine"), "", ""},
		{"a Secret that a replacement renames", "replacements:\n- source: {kind: ConfigMap, name: contrail-cni-env, fieldPath: data.KUBERNETES_CLUSTER_NAME}\n" +
			"  targets: [{select: {kind: Secret, name: contrail-kube-manager-token}, fieldPaths: [metadata.name]}]\n", "",
			missing("Deployment contrail-kube-manager", "Secret contrail-kube-manager-token")},
		{"a workload that a patch moves", replaced("DaemonSet", "contrail-kubernetes-cni-agent", "/metadata/namespace", "other"), "",
			strings.Replace(missing("DaemonSet contrail-kubernetes-cni-agent", "ConfigMap contrail-cni-env"), "kube-system", "other", 1)},
		{"a token Secret that a projected volume takes the place of", deleted("v1", "Secret", "contrail-kube-manager-token") +
			"- target: {kind: Deployment}\n  patch: |-\n    - op: replace\n      path: /spec/template/spec/volumes/1\n" +
			"      value: {name: pod-secret, projected: {sources: [{serviceAccountToken: {path: token}}]}}\n", "", ""},
		{"rights that somebody else gives", deleted("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "contrail-kube-manager"), "", ""},
		{"rights for an account elsewhere", replaced("ClusterRoleBinding", "contrail-kube-manager", "/subjects/0/namespace", "other"), "",
			`top: Deployment contrail-kube-manager: ClusterRoleBinding contrail-kube-manager is for ServiceAccount contrail-kube-manager in the namespace "other", ` +
				`and its pods run in "kube-system": give both one namespace`},
		{"a checksum that is taken out of a workload", "patches:\n- target: {kind: DaemonSet}\n  patch: |-\n    - {op: remove, path: /spec/template/metadata/annotations}\n", patchOfEnvironment,
			environmentRefused},
		{"a resource of ours in another version of its API", "resources: [../middle, other.yaml]\n", "",
			"top: Deployment kube-system/contrail-kube-manager: is there twice, as apps/v1 and as apps/v1beta2, and a cluster keeps one of them: take one out"},
		{"a patch of a NestedConfig that is a generator", "patches:\n- target: {kind: NestedConfig}\n  patch: |-\n    - {op: replace, path: /spec/images/tag, value: R21.3}\n", "",
			"top/kustomization.yaml: patches[0].target: " + selectsNone},
		{"a replacement in one", "", "replacements:\n- source: {kind: ConfigMap, name: contrail-cni-env, fieldPath: data.LOG_LEVEL}\n" +
			"  targets: [{select: {kind: NestedConfig}, fieldPaths: [spec.images.tag]}]\n",
			"middle/kustomization.yaml: replacements[0].targets[0].select: " + selectsNone},
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
			top := c.top
			if !strings.HasPrefix(top, "resources:") {
				top = "resources: [../middle]\n" + top
			}
			for name, text := range map[string]string{"top": top, "middle": "resources: [../examples/link-local]\n" + c.middle} {
				if err := os.Mkdir(name, 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name+"/kustomization.yaml", []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.WriteFile("top/other.yaml", []byte(otherVersion), 0o644); err != nil {
				t.Fatal(err)
			}
			_, _, err := build.Run(t.Context(), "top", build.Options{Function: fn.Process, Message: func(r krm.Result) string { return fn.Line(r, false) }})
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
