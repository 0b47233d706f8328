package build

import (
	"fmt"

	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/kyaml/resid"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/nested-config/nested-config/fn/manifest"
	"github.com/nested-config/nested-config/internal/printable"
	"github.com/nested-config/nested-config/internal/yamlnode"
)

// isWorkload reports whether a resource is a workload of ours. One whose checksum somebody has removed still says who manages it.
func isWorkload(r *yaml.RNode) bool {
	template, _ := r.Pipe(yaml.Lookup("spec", "template"))
	return template != nil && (template.GetAnnotations()[manifest.ChecksumAnnotation] != "" || r.GetLabels()["app.kubernetes.io/managed-by"] == "nested-config")
}

// alone: two kube-managers write the same objects of the underlay. None is what an operator may want.
func (w workload) alone() string {
	if w.GetKind() != "Deployment" {
		return ""
	}
	if n := yamlnode.Text(w.YNode(), "spec", "replicas"); n != "" && n != "0" && n != "1" {
		return fmt.Sprintf("spec.replicas: %s: must be 1, or 0 to stop it, because two kube-managers write the same objects of the underlay", printable.Text(n))
	}
	if s := yamlnode.Text(w.YNode(), "spec", "strategy", "type"); s != "Recreate" {
		return fmt.Sprintf("spec.strategy.type: %q: must be Recreate, because an update would run two kube-managers, which write the same objects of the underlay", s)
	}
	return ""
}

// missing says what the pods cannot start without and the build does not have: a patch has deleted, renamed or moved it.
func (w workload) missing() string {
	var wanted [][2]string
	if account := w.text("spec", "serviceAccountName"); account != "" {
		wanted = append(wanted, [2]string{"ServiceAccount", account})
	}
	volumes, _ := w.template.Pipe(yaml.Lookup("spec", "volumes"))
	for _, v := range elements(volumes) {
		if secret := yamlnode.Text(v.YNode(), "secret", "secretName"); yamlnode.Text(v.YNode(), "name") == tokenVolume && secret != "" {
			wanted = append(wanted, [2]string{"Secret", secret})
		}
	}
	if cm := w.environmentName(); cm != "" {
		wanted = append(wanted, [2]string{"ConfigMap", cm})
	}
	for _, x := range wanted {
		if w.find(x[0], x[1]) == nil {
			return fmt.Sprintf("its pods do not start without %s %s, which this build does not have in the namespace %q: take out what deletes, renames or moves it",
				x[0], printable.Text(x[1]), w.GetNamespace())
		}
	}
	return ""
}

// rights: a role that is bound to an account of this name elsewhere is not this one's. Where the build binds none, somebody else may.
func (w workload) rights() string {
	account, elsewhere := w.text("spec", "serviceAccountName"), ""
	for _, r := range w.all.Resources() {
		if account == "" || r.GetKind() != "ClusterRoleBinding" {
			continue
		}
		subjects, _ := r.Pipe(yaml.Lookup("subjects"))
		for _, s := range elements(subjects) {
			switch {
			case yamlnode.Text(s.YNode(), "kind") != "ServiceAccount" || yamlnode.Text(s.YNode(), "name") != account:
			case yamlnode.Text(s.YNode(), "namespace") == w.GetNamespace():
				return ""
			default:
				elsewhere = fmt.Sprintf("ClusterRoleBinding %s is for ServiceAccount %s in the namespace %q, and its pods run in %q: give both one namespace",
					printable.Text(r.GetName()), printable.Text(account), yamlnode.Text(s.YNode(), "namespace"), w.GetNamespace())
			}
		}
	}
	return elsewhere
}

// tokenVolume is what bases/nested calls the volume with the token of kube-manager.
const tokenVolume = "pod-secret"

// environmentName is the ConfigMap that the function has put first. Those behind it are the user's, and may come from elsewhere.
func (w workload) environmentName() string {
	containers, _ := w.template.Pipe(yaml.Lookup("spec", "containers"))
	for _, c := range elements(containers) {
		sources, _ := c.Pipe(yaml.Lookup("envFrom"))
		for _, source := range elements(sources) {
			if name := yamlnode.Text(source.YNode(), "configMapRef", "name"); name != "" {
				return name
			}
		}
	}
	return ""
}

// doubles refuses resources that differ only in the version of their API. kustomize takes them for two, and a cluster for one: the last that is
// applied stays.
func (b *builder) doubles(m resmap.ResMap) (problems []error) {
	if len(b.written) == 0 {
		return nil
	}
	first := map[resid.ResId]string{}
	for _, r := range m.Resources() {
		id := r.CurId()
		version := id.ApiVersion()
		id.Version, id.Namespace = "", r.GetNamespace()
		other, double := first[id]
		if !double {
			first[id] = version
			continue
		}
		problems = append(problems, fmt.Errorf("%s: %s: is there twice, as %s and as %s, and a cluster keeps one of them: take one out", b.top, printable.Text(shownID(id)),
			printable.Text(other), printable.Text(version)))
	}
	return problems
}
