package importer

import (
	"slices"

	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// podSpecs carries over what else of the pods a NestedConfig holds, and names the
// rest.
func (m *manifest) podSpecs(kubeManager, cni *pod) {
	for _, p := range []*pod{kubeManager, cni} {
		if p == nil {
			continue
		}
		m.others(p, p.spec, podFields)
		m.others(p, p.container, containerFields)
		for _, c := range yamlnode.LastItems(p.spec, "containers") {
			if c != p.container {
				m.drop(c.Line, p.String(), "has a container "+short(yamlnode.LastText(c, "name"))+", which is not Contrail's")
			}
		}
		for _, v := range yamlnode.LastItems(p.spec, "volumes") {
			if name := yamlnode.LastText(v, "name"); !slices.Contains(knownVolumes, name) {
				m.drop(v.Line, p.String(), "has a volume "+short(name)+", which is not of the old script")
			}
		}
		if affinity := yamlnode.Last(p.spec, "affinity"); affinity != nil && len(affinity.Content) > 0 && !knownAffinity(affinity) {
			m.drop(affinity.Line, p.String(), "has an affinity that is not of the old script: choose nodes with kubeManager.nodeSelector")
		}
		m.resources(p)
	}
	m.scheduling(kubeManager, cni)
}

// others tells of fields that are not carried over.
func (m *manifest) others(p *pod, n *yaml.Node, known []string) {
	if n == nil || n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := yamlnode.Target(n.Content[i]).Value
		value := yamlnode.Target(n.Content[i+1])
		empty := value.Kind == yaml.ScalarNode && value.ShortTag() == yaml.NodeTagNull || value.Kind != yaml.ScalarNode && len(value.Content) == 0
		if !empty && !slices.Contains(known, key) {
			m.drop(n.Content[i].Line, p.String(), "has "+short(key)+" in the spec of its pod")
		}
	}
}

// knownAffinity is one of the old script, that by the labels of nodes: what is
// rendered chooses the same nodes or says itself why not.
func knownAffinity(n *yaml.Node) bool {
	terms := yamlnode.LastItems(n, "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
	for _, term := range terms {
		for _, e := range yamlnode.LastItems(term, "matchExpressions") {
			if !slices.Contains(nodeLabels, yamlnode.LastText(e, "key")) {
				return false
			}
		}
		if len(term.Content) != 2 {
			return false
		}
	}
	return len(terms) > 0 && len(n.Content) == 2 && len(yamlnode.Target(n.Content[1]).Content) == 2
}

// resources of a container that has some.
func (m *manifest) resources(p *pod) {
	n := yamlnode.Last(p.container, "resources")
	if n == nil || len(n.Content) == 0 {
		return
	}
	field := "kubeManager"
	if p.image == env.CNI {
		field = "cni"
	}
	m.setNode(n, "resources of "+p.String(), field, "resources")
}

// scheduling carries over nodeSelector and tolerations of kube-manager. CNI pods
// run on every node.
func (m *manifest) scheduling(kubeManager, cni *pod) {
	if n := yamlnode.Last(kubeManager.spec, "nodeSelector"); n != nil && len(n.Content) > 0 {
		m.setNode(n, "nodeSelector of "+kubeManager.String(), "kubeManager", "nodeSelector")
	}
	if cni != nil {
		if n := yamlnode.Last(cni.spec, "nodeSelector"); n != nil && len(n.Content) > 0 {
			m.drop(n.Line, cni.String(), "has a nodeSelector: the CNI pods of a NestedConfig run on every node")
		}
	}
	list := yamlnode.List()
	for _, t := range yamlnode.LastItems(kubeManager.spec, "tolerations") {
		if !slices.Contains(toleratedKeys, yamlnode.LastText(t, "key")) || yamlnode.LastText(t, "operator") != "Exists" || yamlnode.LastText(t, "effect") != "NoSchedule" {
			list.Content = append(list.Content, t)
		}
	}
	if len(list.Content) > 0 {
		m.setNode(list, "tolerations of "+kubeManager.String(), "kubeManager", "tolerations")
	}
}

// toleratedKeys are the taints that every rendered kube-manager tolerates.
var toleratedKeys = []string{"node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master", "node.kubernetes.io/not-ready", "node.kubernetes.io/network-unavailable", "node.cloudprovider.kubernetes.io/uninitialized"}

// What the manifest of a NestedConfig has in place of these, or what the API
// server adds by itself, is no loss.
var (
	podFields       = []string{"containers", "imagePullSecrets", "affinity", "tolerations", "nodeSelector", "volumes", "hostNetwork", "automountServiceAccountToken", "enableServiceLinks", "restartPolicy", "dnsPolicy", "schedulerName", "securityContext", "terminationGracePeriodSeconds", "serviceAccount", "serviceAccountName", "priorityClassName"}
	containerFields = []string{"name", "image", "imagePullPolicy", "env", "envFrom", "volumeMounts", "resources", "securityContext", "terminationMessagePath", "terminationMessagePolicy"}
	knownVolumes    = []string{"contrail-logs", "kube-manager-logs", "pod-secret", "etc-cni", "opt-cni-bin", "var-lib-contrail", "unpacked-plugins"}
	nodeLabels      = []string{"node-role.opencontrail.org/config", "node-role.opencontrail.org/controller", "node-role.kubernetes.io/master", "node-role.kubernetes.io/control-plane"}
)
