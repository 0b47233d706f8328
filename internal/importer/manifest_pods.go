package importer

import (
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// pod is one of the two workloads.
type pod struct {
	object
	image     env.Image
	spec      *yaml.Node
	container *yaml.Node
}

// refersTo reports whether the pod gets variables from a Secret.
func (p *pod) refersTo(secret string) bool {
	for _, from := range yamlnode.LastItems(p.container, "envFrom") {
		if short(yamlnode.LastText(from, "secretRef", "name")) == secret {
			return true
		}
	}
	for _, e := range yamlnode.LastItems(p.container, "env") {
		if short(yamlnode.LastText(e, "valueFrom", "secretKeyRef", "name")) == secret {
			return true
		}
	}
	return false
}

// The two images by their names in every release, and the containers of the old
// script, whose image may have another name.
var imageNames = []struct {
	image            env.Image
	suffix, workload string
	container        string
}{
	{env.KubeManager, "kubernetes-kube-manager", "kube-manager", "contrail-kube-manager"},
	{env.CNI, "kubernetes-cni-init", "CNI", "contrail-kubernetes-cni-init"},
}

// pods finds the two workloads; nil for one that is not there. A manifest without
// any may hold the ConfigMaps alone.
func (m *manifest) pods() (kubeManager, cni *pod) {
	found := map[env.Image]*pod{}
	for _, o := range m.objects {
		if !slices.Contains([]string{"DaemonSet", "Deployment", "StatefulSet"}, o.kind) {
			continue
		}
		spec := yamlnode.Last(o.node, "spec", "template", "spec")
		for _, c := range yamlnode.LastItems(spec, "containers") {
			_, name, _, _ := splitImage(yamlnode.LastText(c, "image"))
			for _, i := range imageNames {
				if !strings.HasSuffix(name, i.suffix) && yamlnode.LastText(c, "name") != i.container {
					continue
				}
				if other := found[i.image]; other != nil && other.node != o.node {
					m.tell(config.Error, o.line(), o.String(), "is a second %s, besides %s on line %d: remove one of them", i.workload, other, other.line())
					continue
				}
				if m.small(o) {
					found[i.image] = &pod{o, i.image, spec, c}
				}
			}
		}
		if found[env.KubeManager] != nil && found[env.KubeManager].node == o.node || found[env.CNI] != nil && found[env.CNI].node == o.node {
			m.defects(o)
		}
	}
	kubeManager, cni = found[env.KubeManager], found[env.CNI]
	_, hasEnv := m.find("ConfigMap", oldConfigMaps[0], "")
	switch {
	case kubeManager == nil && cni == nil && !hasEnv:
		m.problems = append(m.problems, config.Problem{Severity: config.Error, Path: m.file,
			Message: "holds neither a workload of contrail-kube-manager nor the ConfigMap env: import needs what kubectl -n kube-system get configmap,daemonset,secret -o yaml prints, or the manifest that was applied"})
	case kubeManager == nil && cni == nil:
		m.problems = append(m.problems, config.Problem{Severity: config.Error, Path: m.file,
			Message: "holds no workload of Contrail, so the images are not known: add the DaemonSets"})
	case kubeManager == nil:
		m.problems = append(m.problems, config.Problem{Severity: config.Error, Path: m.file,
			Message: "holds no workload of contrail-kube-manager: add it"})
	}
	return kubeManager, cni
}

// defects are the mistakes of the shipped manifests that no API server of today
// accepts. What is imported has none of them.
func (m *manifest) defects(o object) {
	for _, i := range keyed(o.node, "spec")[1:] {
		m.tell(config.Warning, o.node.Content[i].Line, o.String(), "has a second spec, which no API server accepts: the last one was read, and the NestedConfig has one")
	}
	if v := yamlnode.LastText(o.node, "apiVersion"); v == "extensions/v1beta1" || v == "apps/v1beta1" || v == "apps/v1beta2" {
		m.tell(config.Warning, o.line(), o.String(), "is of %s, which Kubernetes 1.16 removed: the NestedConfig renders apps/v1", v)
	}
	selector, labels := yamlnode.Last(o.node, "spec", "selector", "matchLabels"), yamlnode.Last(o.node, "spec", "template", "metadata", "labels")
	if selector == nil || selector.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(selector.Content); i += 2 {
		key := yamlnode.Target(selector.Content[i]).Value
		if yamlnode.LastText(labels, key) != yamlnode.Target(selector.Content[i+1]).Value {
			m.tell(config.Warning, selector.Content[i].Line, o.String(), "selects by a label %s that its pods do not have, which no API server accepts: the NestedConfig selects its pods", short(key))
		}
	}
}

// keyed are the places of a key in a mapping.
func keyed(n *yaml.Node, key string) []int {
	var out []int
	for i := 0; i+1 < len(n.Content); i += 2 {
		if yamlnode.Target(n.Content[i]).Value == key {
			out = append(out, i)
		}
	}
	return out
}

// namespace is that of the workloads.
func (m *manifest) namespace(kubeManager, cni *pod) {
	if cni != nil && cni.namespace != kubeManager.namespace {
		m.tell(config.Error, cni.line(), cni.String(), "is in another namespace than %s on line %d: a NestedConfig has one", kubeManager, kubeManager.line())
	}
	if kubeManager.namespace != "" {
		m.set(kubeManager.namespace, "namespace of "+kubeManager.String(), "namespace")
	}
}
