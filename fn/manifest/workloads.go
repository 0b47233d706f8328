package manifest

import (
	"maps"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// deployment is kube-manager: one pod on a control-plane node.
func deployment(c *config.Config, settings []env.Setting) object {
	o := template("Deployment", kubeManager)
	pods := o.at("spec", "template")
	pods.set(yamlnode.Quoted(sum(settings)), "metadata", "annotations", ChecksumAnnotation)
	pod := pods.at("spec")
	container := pod.at("containers", "0")
	image(container, c, c.Spec.Images.KubeManager)
	if minor, known := c.Spec.Kubernetes.Minor(); known && minor >= 24 {
		dropMasterTerm(pod)
	}
	km := c.Spec.KubeManager
	resources(container, km.Resources)
	tolerations(pod, km.Tolerations)
	if len(km.NodeSelector) > 0 {
		pod.set(stringMap(km.NodeSelector), "nodeSelector")
	}
	for _, name := range credentialSecrets(c) {
		container.at("envFrom").add(yamlnode.Map("secretRef", yamlnode.Map("name", name)))
	}
	if ip, name, ok := keystoneAlias(c); ok {
		pod.set(yamlnode.List(yamlnode.Map("ip", ip, "hostnames", yamlnode.List(name))), "hostAliases")
	}
	if s := c.Spec.Auth; s.Mode == config.Keystone && s.CASecret != "" {
		mountSecret(pod, "keystone-ca", s.CASecret, "/etc/contrail/keystone", [][2]string{{"ca.pem", "ca.pem"}})
	}
	if tls := c.Spec.TLS; tls.Enabled() {
		mountSecret(pod, "contrail-tls", tls.SecretName, "/etc/contrail/ssl", [][2]string{
			{"server.pem", "certs/server.pem"},
			{"server-privkey.pem", "private/server-privkey.pem"},
			{"ca-cert.pem", "certs/ca-cert.pem"},
		})
	}
	pullSecrets(pod, c)
	return o
}

// dropMasterTerm leaves out the name that control-plane nodes had before
// Kubernetes 1.24: the API server warns of it. Its toleration stays, of which
// nobody warns, for nodes that an upgrade has left tainted.
func dropMasterTerm(pod object) {
	terms := pod.at("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
	terms.Content = slices.DeleteFunc(terms.Content, func(n *yaml.Node) bool {
		return object{n}.text("matchExpressions", "0", "key") == "node-role.kubernetes.io/master"
	})
}

// daemonSet installs the CNI plugin on every node.
func daemonSet(c *config.Config, settings []env.Setting) object {
	o := template("DaemonSet", cniAgent)
	pods := o.at("spec", "template")
	pods.set(yamlnode.Quoted(sum(settings)), "metadata", "annotations", ChecksumAnnotation)
	pod := pods.at("spec")
	if c.Spec.CNI.HostPlugins == config.Overwrite {
		overwritePlugins(pod)
	} else {
		init := pod.at("initContainers", "0")
		image(init, c, c.Spec.Images.CNIInit)
		resources(init, c.Spec.CNI.Resources)
	}
	container := pod.at("containers", "0")
	image(container, c, c.Spec.Images.CNIInit)
	resources(container, c.Spec.CNI.Resources)
	tolerations(pod, c.Spec.CNI.Tolerations)
	pullSecrets(pod, c)
	return o
}

// overwritePlugins lets the image's entrypoint at the host's own plugins.
func overwritePlugins(pod object) {
	pod.drop("initContainers")
	for _, m := range pod.at("containers", "0", "volumeMounts").Content {
		if name := (object{m}).at("name"); name.Value == "unpacked-plugins" {
			name.Value = "opt-cni-bin"
		}
	}
	volumes := pod.at("volumes")
	volumes.Content = slices.DeleteFunc(volumes.Content, func(v *yaml.Node) bool {
		return object{v}.text("name") == "unpacked-plugins"
	})
}

func image(container object, c *config.Config, i config.Image) {
	tag := i.Tag
	if tag == "" {
		tag = c.Spec.Images.Tag
	}
	ref := c.Spec.Images.Registry + "/" + i.Name
	if i.Digest != "" {
		ref += "@" + i.Digest
	} else {
		ref += ":" + tag
	}
	container.set(ref, "image")
	container.set(c.Spec.Images.PullPolicy, "imagePullPolicy")
}

// resources takes the place of what stands in bases, which is the default of the
// fields.
func resources(container object, r config.Resources) {
	n := yamlnode.Map()
	for _, part := range []struct {
		name string
		m    map[string]config.Quantity
	}{{"requests", r.Requests}, {"limits", r.Limits}} {
		if len(part.m) == 0 {
			continue
		}
		m := yamlnode.Map()
		for _, name := range slices.Sorted(maps.Keys(part.m)) {
			yamlnode.Set(m, name, string(part.m[name]))
		}
		object{n}.set(m, part.name)
	}
	if len(n.Content) == 0 {
		container.drop("resources")
		return
	}
	container.set(n, "resources")
}

func tolerations(pod object, ts []config.Toleration) {
	for _, t := range ts {
		n := object{yamlnode.Map()}
		for _, f := range [][2]string{{"key", t.Key}, {"operator", t.Operator}, {"value", t.Value}, {"effect", t.Effect}} {
			if f[1] != "" {
				n.set(f[1], f[0])
			}
		}
		if t.TolerationSeconds != nil {
			n.set(*t.TolerationSeconds, "tolerationSeconds")
		}
		pod.at("tolerations").add(n.Node)
	}
}

func stringMap(m map[string]string) *yaml.Node {
	n := yamlnode.Map()
	for _, k := range slices.Sorted(maps.Keys(m)) {
		yamlnode.Set(n, k, m[k])
	}
	return n
}

// credentialSecrets are the Secrets whose keys become kube-manager's variables.
func credentialSecrets(c *config.Config) []string {
	var names []string
	if c.Spec.Auth.Mode == config.Keystone || len(c.Credentials) > 0 {
		names = append(names, c.Spec.Auth.CredentialsSecret)
	}
	if s := c.Spec.Underlay.RabbitMQ.CredentialsSecret; s != "" && !slices.Contains(names, s) {
		names = append(names, s)
	}
	return names
}

// keystoneAlias makes the name of a Keystone behind a service IP resolve. The API
// server takes aliases in lower case alone; resolving ignores the case.
func keystoneAlias(c *config.Config) (ip, name string, ok bool) {
	host := c.Spec.Underlay.Keystone.Host
	serviceIP := c.ServiceIPs.ServiceIP(host)
	return serviceIP.String(), strings.ToLower(host.Name()), host.Name() != "" && serviceIP.IsValid()
}

// mountSecret mounts keys of a Secret as files, each as {key, path}. The mode is
// 0444 because the process is not root but uid 1999.
func mountSecret(pod object, volume, secret, path string, files [][2]string) {
	items := yamlnode.List()
	for _, f := range files {
		items.Content = append(items.Content, yamlnode.Map("key", f[0], "path", f[1]))
	}
	pod.at("containers", "0", "volumeMounts").add(yamlnode.Map(
		"name", volume, "mountPath", path, "readOnly", true))
	pod.at("volumes").add(yamlnode.Map("name", volume, "secret", yamlnode.Map(
		"secretName", secret, "defaultMode", 0o444, "items", items)))
}

func pullSecrets(pod object, c *config.Config) {
	if len(c.Spec.Images.PullSecrets) == 0 {
		return
	}
	secrets := yamlnode.List()
	for _, s := range c.Spec.Images.PullSecrets {
		secrets.Content = append(secrets.Content, yamlnode.Map("name", s))
	}
	pod.set(secrets, "imagePullSecrets")
}
