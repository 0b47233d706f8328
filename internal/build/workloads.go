package build

import (
	"fmt"
	"strings"

	"github.com/nested-config/nested-config/bases"
	"github.com/nested-config/nested-config/fn/manifest"
	"github.com/nested-config/nested-config/internal/printable"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/api/hasher"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// rollAnnotation is what overlays/roll sets: the name of a copy of the ConfigMap, with kustomize's hash of its data at the end.
const rollAnnotation = "nested.opencontrail.org/environment"

// checkWorkloads says which of our workloads a kustomization has changed so that no cluster could run them, or so that a running one would not follow.
// Ours are known by their pods' checksum, whatever they are called now and however they came into the build.
func (b *builder) checkWorkloads(m resmap.ResMap) (problems []error) {
	problems = b.doubles(m)
	for _, r := range m.Resources() {
		if !isWorkload(&r.RNode) {
			continue
		}
		template, _ := r.Pipe(yaml.Lookup("spec", "template"))
		w := workload{r, template, m}
		for _, message := range []string{w.selector(), w.alone(), w.missing(), w.rights(), w.token(), w.secrets(), w.environment()} {
			if message != "" {
				problems = append(problems, fmt.Errorf("%s: %s %s: %s", b.top, printable.Text(r.GetKind()), printable.Text(r.GetName()), message))
			}
		}
	}
	return problems
}

// workload is a Deployment or DaemonSet of ours in a finished build.
type workload struct {
	*resource.Resource
	template *yaml.RNode
	all      resmap.ResMap
}

// selector: the API server lets nobody change the selector of a workload that is there.
func (w workload) selector() string {
	for _, d := range bases.Documents() {
		if d.Kind != w.GetKind() {
			continue
		}
		want, got := selectorOf(yaml.NewRNode(d.Node)), selectorOf(&w.RNode)
		if got != want {
			return fmt.Sprintf("spec.selector: %s: must stay %s, because nobody can change it on a running cluster: "+
				"commonLabels, and labels with includeSelectors, change it; use labels with includeTemplates", printable.Text(got), want)
		}
	}
	return ""
}

func selectorOf(n *yaml.RNode) string {
	s, err := n.Pipe(yaml.Lookup("spec", "selector"))
	if s == nil || err != nil {
		return "nothing"
	}
	text, err := s.MarshalJSON()
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(text))
}

// token: the token controller deletes a Secret whose ServiceAccount is not there.
func (w workload) token() string {
	account := w.text("spec", "serviceAccountName")
	if account == "" {
		return ""
	}
	volumes, _ := w.template.Pipe(yaml.Lookup("spec", "volumes"))
	for _, v := range elements(volumes) {
		secret := w.find("Secret", yamlnode.Text(v.YNode(), "secret", "secretName"))
		if secret == nil || yamlnode.Text(secret.YNode(), "type") != "kubernetes.io/service-account-token" {
			continue
		}
		const annotation = "kubernetes.io/service-account.name"
		if name := secret.GetAnnotations()[annotation]; name != account {
			return fmt.Sprintf("spec.template.spec.serviceAccountName: %q: its token is in Secret %s, whose annotation %s says %q: "+
				"list the component overlays/rename beside namePrefix and nameSuffix", account, printable.Text(secret.GetName()), annotation, name)
		}
	}
	return ""
}

// secrets: kustomize follows a reference within one namespace only, so a Secret that it makes in none gets a hash that no pod knows.
func (w workload) secrets() string {
	for _, name := range w.secretNames() {
		for _, r := range w.all.Resources() {
			if r.GetKind() != "Secret" || r.GetNamespace() != "" || w.find("Secret", name) != nil {
				continue
			}
			if hash, err := new(hasher.Hasher).Hash(&r.RNode); err == nil && r.GetName() == name+"-"+hash {
				return fmt.Sprintf("Secret %s is made by a secretGenerator without a namespace, and its pods look for %s in %s: write namespace: %[3]s into the secretGenerator",
					printable.Text(r.GetName()), printable.Text(name), printable.Text(w.GetNamespace()))
			}
		}
	}
	return ""
}

// secretNames are those that the pods of the workload name.
func (w workload) secretNames() (names []string) {
	pod, _ := w.template.Pipe(yaml.Lookup("spec"))
	if pod == nil {
		return nil
	}
	list := func(n *yaml.RNode, field string) []*yaml.RNode {
		found, _ := n.Pipe(yaml.Lookup(field))
		return elements(found)
	}
	for _, v := range list(pod, "volumes") {
		names = append(names, yamlnode.Text(v.YNode(), "secret", "secretName"))
	}
	for _, s := range list(pod, "imagePullSecrets") {
		names = append(names, yamlnode.Text(s.YNode(), "name"))
	}
	for _, c := range list(pod, "containers") {
		for _, source := range list(c, "envFrom") {
			names = append(names, yamlnode.Text(source.YNode(), "secretRef", "name"))
		}
	}
	return names
}

// environment: pods read their ConfigMap at start, so a change must change their template too: by the checksum, or by overlays/roll.
func (w workload) environment() string {
	containers, _ := w.template.Pipe(yaml.Lookup("spec", "containers"))
	changed := ""
	for _, c := range elements(containers) {
		sources, _ := c.Pipe(yaml.Lookup("envFrom"))
		for _, source := range elements(sources) {
			cm := w.find("ConfigMap", yamlnode.Text(source.YNode(), "configMapRef", "name"))
			if cm == nil {
				continue
			}
			if manifest.Checksum(cm.GetDataMap()) == w.template.GetAnnotations()[manifest.ChecksumAnnotation] || w.rolls(cm) {
				return ""
			}
			changed = cm.GetName()
		}
	}
	if changed == "" {
		return ""
	}
	return fmt.Sprintf("ConfigMap %s is not what was rendered, and no pod would be rolled: make the change in the NestedConfig, "+
		"or list the component overlays/roll in a kustomization around the one that makes it", printable.Text(changed))
}

// rolls reports whether overlays/roll has taken what the ConfigMap holds now into the template.
func (w workload) rolls(cm *resource.Resource) bool {
	hashed := yaml.MustParse("apiVersion: v1\nkind: ConfigMap\n")
	data, err := cm.Pipe(yaml.Lookup("data"))
	if err != nil || hashed.PipeE(yaml.SetField("data", data)) != nil {
		return false
	}
	hash, err := new(hasher.Hasher).Hash(hashed)
	return err == nil && strings.HasSuffix(w.template.GetAnnotations()[rollAnnotation], "-"+hash)
}

func (w workload) text(path ...string) string { return yamlnode.Text(w.template.YNode(), path...) }

// find is a resource of the workload's namespace, nil where the build has none.
func (w workload) find(kind, name string) *resource.Resource {
	for _, r := range w.all.Resources() {
		if r.GetKind() == kind && r.GetName() == name && r.GetNamespace() == w.GetNamespace() {
			return r
		}
	}
	return nil
}

func elements(list *yaml.RNode) []*yaml.RNode {
	if list == nil {
		return nil
	}
	es, _ := list.Elements()
	return es
}
