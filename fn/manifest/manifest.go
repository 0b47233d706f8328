// Package manifest writes a checked config as Kubernetes resources: it takes the
// YAML of bases/nested and sets the values in it, by name. It judges nothing;
// every value that arrives here has been checked.
package manifest

import (
	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Names of what is written; users, overlays and clusters that run the original
// manifest know them.
const (
	kubeManager   = "contrail-kube-manager"
	tokenSecret   = config.TokenSecret
	kubeManagerCM = "contrail-kube-manager-env"
	cniAgent      = "contrail-kubernetes-cni-agent"
	cniCM         = "contrail-cni-env"
	linkLocalCM   = "contrail-link-local-services"
)

// ChecksumAnnotation of a pod template holds the Checksum of the ConfigMap that
// its pods read at start.
const ChecksumAnnotation = "nested.opencontrail.org/environment-checksum"

// Render returns the resources of one config, in the order in which they must be
// applied. The caller may change the nodes.
func Render(c *config.Config) []*yaml.RNode {
	kubeManagerEnv := environment(c, env.KubeManager)
	cniEnv := environment(c, env.CNI)

	var out []object
	if c.Spec.Namespace != "kube-system" {
		out = append(out, namespace(c))
	}
	out = append(out,
		template("ServiceAccount", kubeManager),
		clusterRole(c),
		template("ClusterRoleBinding", kubeManager),
		template("Secret", tokenSecret),
		configMap(kubeManagerCM, kubeManagerEnv),
		configMap(cniCM, cniEnv),
		deployment(c, kubeManagerEnv),
		daemonSet(c, cniEnv),
		linkLocalServices(c),
	)
	for _, o := range out {
		o.setNamespace(c.Spec.Namespace)
	}
	for _, s := range c.Services {
		out = append(out, linkLocalService(s))
	}
	if c.Spec.Connectivity == config.FabricSNATMode {
		out = append(out, fabricSNAT(c))
	}
	if len(c.Credentials) > 0 {
		out = append(out, credentials(c))
	}
	nodes := make([]*yaml.RNode, len(out))
	for i, o := range out {
		o.keepDollars()
		nodes[i] = yaml.NewRNode(o.Node)
	}
	return nodes
}

func clusterRole(c *config.Config) object {
	file := "rbac.yaml"
	if c.Spec.RBAC == config.ClusterAdmin {
		file = "cluster-admin.yaml"
	}
	return template("ClusterRole", kubeManager, file)
}

func namespace(c *config.Config) object {
	o := template("Namespace", "contrail")
	o.set(c.Spec.Namespace, "metadata", "name")
	return o
}

// settingsNode is the data of a ConfigMap or Secret: every value in quotes, so that
// no reader takes a port for a number or a name for a boolean.
func settingsNode(settings []env.Setting) *yaml.Node {
	n := yamlnode.Map()
	for _, s := range settings {
		yamlnode.Set(n, s.Name, yamlnode.Quoted(s.Value))
	}
	return n
}

func configMap(name string, settings []env.Setting) object {
	o := template("ConfigMap", name)
	o.set(settingsNode(settings), "data")
	return o
}

// credentials is the Secret for what commonEnv brings; elsewhere the user makes
// it, so that no password passes through here.
func credentials(c *config.Config) object {
	return object{yamlnode.Map(
		"apiVersion", "v1",
		"kind", "Secret",
		"metadata", yamlnode.Map(
			"name", c.Spec.Auth.CredentialsSecret,
			"namespace", c.Spec.Namespace,
			"labels", yamlnode.Map(
				"app.kubernetes.io/name", kubeManager,
				"app.kubernetes.io/part-of", "contrail-nested",
				"app.kubernetes.io/managed-by", "nested-config",
			)),
		"type", "Opaque",
		"stringData", settingsNode(c.Credentials),
	)}
}

// Local reports whether a resource is not for the cluster: it declares what the
// underlay must hold.
func Local(n *yaml.RNode) bool { return n.GetApiVersion() == config.APIVersion }

// Secret reports whether a resource holds credentials.
func Secret(n *yaml.RNode) bool { return n.Field("stringData") != nil }
