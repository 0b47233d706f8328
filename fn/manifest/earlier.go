package manifest

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/linklocal"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Earlier is what is known about an earlier rendering. It tells the rendered
// resources from copies that somebody made of them.
type Earlier struct {
	Owner     string   // metadata.name of the NestedConfig
	Namespace string   // spec.namespace
	Secrets   []string // names that spec.auth.credentialsSecret may have had
}

// fixed are the resources that every config renders, by apiVersion, kind and name;
// true for those that stand in spec.namespace.
var fixed = map[[3]string]bool{
	{"v1", "ServiceAccount", kubeManager}:                               true,
	{"rbac.authorization.k8s.io/v1", "ClusterRole", kubeManager}:        false,
	{"rbac.authorization.k8s.io/v1", "ClusterRoleBinding", kubeManager}: false,
	{"v1", "Secret", tokenSecret}:                                       true,
	{"v1", "ConfigMap", kubeManagerCM}:                                  true,
	{"v1", "ConfigMap", cniCM}:                                          true,
	{"v1", "ConfigMap", linkLocalCM}:                                    true,
	{"apps/v1", "Deployment", kubeManager}:                              true,
	{"apps/v1", "DaemonSet", cniAgent}:                                  true,
}

// service matches the names of the resources for link-local services, after any
// prefix: the guide's names, with a number where a role has several nodes.
var service = sync.OnceValue(func() *regexp.Regexp {
	spec := config.Spec{Auth: config.Auth{Mode: config.Keystone}}
	var names []string
	for _, r := range spec.Roles() {
		names = append(names, regexp.QuoteMeta(ResourceName(r.Name)))
	}
	for _, s := range linklocal.Services("", nil, 0, linklocal.Allocation{}) { // the vRouter agent's
		names = append(names, regexp.QuoteMeta(ResourceName(s.Name)))
	}
	return regexp.MustCompile("(" + strings.Join(names, "|") + ")(-[0-9]+)?$")
})

// Always reports whether every config renders a resource of this kind and name.
func Always(n *yaml.RNode) bool {
	_, ok := fixed[[3]string{n.GetApiVersion(), n.GetKind(), n.GetName()}]
	return ok
}

// Namespaced reports whether a resource is one that every config renders into
// spec.namespace.
func Namespaced(n *yaml.RNode) bool {
	return fixed[[3]string{n.GetApiVersion(), n.GetKind(), n.GetName()}]
}

// Holds reports whether some config of this owner, namespace and Secret renders a
// resource of this kind and name. The other fields of that config do not matter: it
// may have had any prefix of link-local services, any number of nodes, any mode.
//
// A Namespace counts only if it is Namespace, and a Secret with credentials only if
// its name is in Secrets: otherwise a copy for another purpose would count too.
func (e Earlier) Holds(n *yaml.RNode) bool {
	kind, name := n.GetKind(), n.GetName()
	switch n.GetApiVersion() {
	case config.APIVersion:
		return kind == config.FabricSNATKind && name == e.Owner || kind == config.LinkLocalServiceKind && declares(n)
	case "v1":
		switch {
		case kind == "Namespace":
			return name == e.Namespace && name != "kube-system"
		case kind == "Secret" && slices.Contains(e.Secrets, name):
			return n.GetNamespace() == e.Namespace
		}
	}
	return Always(n) && (!Namespaced(n) || n.GetNamespace() == e.Namespace)
}

// declares reports whether a LinkLocalService has a name that is made of that of
// the service, as far as it says one.
func declares(n *yaml.RNode) bool {
	said := ""
	if spec := n.Field("spec"); spec != nil && spec.Value.YNode().Kind == yaml.MappingNode {
		if f := spec.Value.Field("serviceName"); f != nil {
			said = yaml.GetValue(f.Value)
		}
	}
	return service().MatchString(n.GetName()) && (said == "" || ResourceName(said) == n.GetName())
}

// FileName is the name of the file for a resource, if each resource has its own
// file.
func FileName(kind, name string) string { return strings.ToLower(kind) + "-" + name + ".yaml" }
