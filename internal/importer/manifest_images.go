package importer

import (
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
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
