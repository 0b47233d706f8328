package importer

import (
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// splitImage takes a reference apart. Whether the parts are valid is judged where
// they end up.
func splitImage(image string) (registry, name, tag, digest string) {
	image, digest, _ = strings.Cut(image, "@")
	slash := strings.LastIndexByte(image, '/')
	if colon := strings.LastIndexByte(image, ':'); colon > slash {
		image, tag = image[:colon], image[colon+1:]
	}
	if slash < 0 {
		return "", image, tag, digest
	}
	return image[:slash], image[slash+1:], tag, digest
}

// images says in fields which images run.
func (m *manifest) images(kubeManager, cni *pod) {
	registry, name, tag, digest := splitImage(yamlnode.LastText(kubeManager.container, "image"))
	place := "image of " + kubeManager.String()
	if strings.Contains(yamlnode.LastText(kubeManager.container, "image"), "{{") {
		m.tell(config.Error, kubeManager.container.Line, kubeManager.String(), "%s", template)
		return
	}
	if registry == "" {
		m.tell(config.Error, kubeManager.container.Line, kubeManager.String(), "has an image without a registry: write the registry, such as docker.io/opencontrailnightly")
		return
	}
	m.set(registry, place, "images", "registry")
	if tag == "" && digest == "" {
		tag = "latest" // as for whoever pulls it
	}
	if tag != "" {
		m.set(tag, place, "images", "tag")
	}
	m.image("kubeManager", place, name, "", digest)
	m.pull(kubeManager)
	if cni == nil {
		return
	}
	cniRegistry, cniName, cniTag, cniDigest := splitImage(yamlnode.LastText(cni.container, "image"))
	if cniTag == "" && cniDigest == "" {
		cniTag = "latest"
	}
	if cniTag == tag {
		cniTag = ""
	}
	if rest, below := strings.CutPrefix(cniRegistry, registry+"/"); below {
		cniRegistry, cniName = registry, rest+"/"+cniName
	}
	if cniRegistry != registry {
		m.tell(config.Error, cni.container.Line, cni.String(), "has its image from another registry than %s: a NestedConfig has one, with both images below it", kubeManager)
		return
	}
	m.image("cniInit", "image of "+cni.String(), cniName, cniTag, cniDigest)
	m.pull(cni)
}

func (m *manifest) image(field, place, name, tag, digest string) {
	for _, part := range [][2]string{{"name", name}, {"tag", tag}, {"digest", digest}} {
		if part[1] != "" {
			m.set(part[1], place, "images", field, part[0])
		}
	}
}

// pull says how and with what the kubelet pulls.
func (m *manifest) pull(p *pod) {
	policy := yamlnode.LastText(p.container, "imagePullPolicy")
	_, _, tag, digest := splitImage(yamlnode.LastText(p.container, "image"))
	if policy == "" && (tag == "latest" || tag == "") && digest == "" {
		policy = "Always" // as the API server sets it
	}
	switch old := yamlnode.LastText(m.fields, "images", "pullPolicy"); {
	case policy == "":
	case old == "" || old == policy:
		m.set(policy, "imagePullPolicy of "+p.String(), "images", "pullPolicy")
	default:
		m.drop(p.container.Line, p.String(), "has another imagePullPolicy than the other workload, but a NestedConfig has one")
	}
	for _, s := range yamlnode.LastItems(p.spec, "imagePullSecrets") {
		name := yamlnode.LastText(s, "name")
		if name == "" {
			m.tell(config.Warning, s.Line, p.String(), "has an imagePullSecret without a name, with which a second kubectl apply fails: it is left out")
			continue
		}
		list := yamlnode.Last(m.fields, "images", "pullSecrets")
		if list == nil {
			list = yamlnode.List()
			m.setNode(list, "imagePullSecrets of "+p.String(), "images", "pullSecrets")
		}
		if !slices.ContainsFunc(list.Content, func(n *yaml.Node) bool { return n.Value == name }) {
			list.Content = append(list.Content, yamlnode.Of(name))
		}
	}
}

// What the manifest of a NestedConfig has in place of these, or what the API
// server adds by itself, is no loss.
var (
	podFields       = []string{"containers", "imagePullSecrets", "affinity", "tolerations", "nodeSelector", "volumes", "hostNetwork", "automountServiceAccountToken", "enableServiceLinks", "restartPolicy", "dnsPolicy", "schedulerName", "securityContext", "terminationGracePeriodSeconds", "serviceAccount", "serviceAccountName", "priorityClassName"}
	containerFields = []string{"name", "image", "imagePullPolicy", "env", "envFrom", "volumeMounts", "resources", "securityContext", "terminationMessagePath", "terminationMessagePolicy"}
	knownVolumes    = []string{"contrail-logs", "kube-manager-logs", "pod-secret", "etc-cni", "opt-cni-bin", "var-lib-contrail", "unpacked-plugins"}
	nodeLabels      = []string{"node-role.opencontrail.org/config", "node-role.opencontrail.org/controller", "node-role.kubernetes.io/master", "node-role.kubernetes.io/control-plane"}
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
