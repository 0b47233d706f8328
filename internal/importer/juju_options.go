package importer

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// The options of the charm that are variables.
var charmVariables = map[string]string{
	"log-level":                  env.LogLevel,
	"cluster_name":               env.ClusterName,
	"cluster_network":            env.ClusterNetwork,
	"cluster_project":            env.ClusterProject,
	"pod_subnets":                env.PodSubnets,
	"ip_fabric_subnets":          env.IPFabricSubnets,
	"service_subnets":            env.ServiceSubnets,
	"ip_fabric_forwarding":       env.IPFabricForwarding,
	"ip_fabric_snat":             env.IPFabricSNAT,
	"host_network_service":       env.HostNetworkService,
	"public_fip_pool":            env.FIPPool,
	"kubernetes_api_hostname":    env.APIServer,
	"kubernetes_api_secure_port": env.APISecurePort,
	"docker-registry":            env.Registry,
	"image-tag":                  env.ContainerTag,
}

// What the charm takes for images when nobody says it.
const (
	charmRegistry = "opencontrailnightly"
	charmTag      = "latest"
)

// The options that are about the machine of the charm.
var charmMachine = []string{
	"control-network", "docker_runtime", "docker_runtime_key_url", "docker_runtime_package", "docker_runtime_repo", "docker-opts", "docker-log-driver",
	"docker-log-options", "http_proxy", "https_proxy", "no_proxy", "nagios_context", "nagios_servicegroups", "container_runtime", "containerd_opts",
}

// variables makes settings of the options, the dictionary first: options win over it.
func (j *juju) variables() {
	if e, ok := j.options[nestedDict]; ok {
		j.nestedConfig(e)
	}
	names := slices.SortedFunc(maps.Keys(j.options), func(a, b string) int {
		return cmp.Or(cmp.Compare(j.options[a].line, j.options[b].line), strings.Compare(a, b))
	})
	for _, name := range names {
		j.option(j.options[name])
	}
	if len(j.options) > 0 {
		j.images()
		j.notNested(j.line)
	}
	j.clusterName()
	j.project(j.options["cluster_project"].line)
	j.serviceSubnets()
}

func (j *juju) option(e entry) {
	variable, known := charmVariables[e.key]
	value := ""
	if e.node.Kind == yaml.ScalarNode && e.node.ShortTag() != yaml.NodeTagNull {
		value = e.node.Value
	}
	switch {
	case e.key == nestedDict, e.key == "service-cidr":
	case known:
		j.variable(e, variable)
	case e.key == "docker-registry-insecure":
		j.insecure(e.key, value, e.line)
	case e.key == "nested_mode":
		switch truth, ok := env.ParseBool(value); {
		case !ok:
			j.tell(config.Error, e.line, e.key, "must be true or false")
		case truth:
			j.put(env.NestedMode, "1", e.line)
		}
	case e.key == "docker-user", e.key == "docker-password":
		if value != "" {
			j.drop(e.line, e.key, ofRegistry)
		}
	case slices.Contains(charmMachine, e.key):
		if value != "" {
			j.note(e.key, "is for the machine of the charm")
		}
	default:
		j.drop(e.line, e.key, unknownThere)
	}
}

// variable is an option that the charm writes behind what nested_mode_config says.
func (j *juju) variable(e entry, name string) {
	value, ok := j.scalar(e, name)
	if !ok || value == "" {
		return
	}
	if other, both := j.dict[name]; both && other != value {
		j.tell(config.Warning, e.line, e.key, "differs from %s in %s, which the CNI pods got: the option counts, for both", name, nestedDict)
	}
	j.putFrom(e.key, name, value, e.line)
}

// images are those of the charm where the options do not say which.
func (j *juju) images() {
	for _, d := range []struct{ variable, value, option string }{
		{env.Registry, charmRegistry, "docker-registry"},
		{env.ContainerTag, charmTag, "image-tag"},
	} {
		if !j.has(d.variable) {
			j.putFrom("default of "+d.option, d.variable, d.value, j.line)
			j.tell(config.Warning, j.line, d.option, "is not set: the import uses %s, the default of the charm", d.value)
		}
	}
	j.cniImage()
}

// cniImage is that of the charm of the CNI plugin, which has options of its own.
func (j *juju) cniImage() {
	if j.cni == nil {
		return
	}
	registry, tag := yamlnode.LastText(j.cni.node, "options", "docker-registry"), yamlnode.LastText(j.cni.node, "options", "image-tag")
	if ours := j.value(env.Registry); cmp.Or(registry, charmRegistry) != ours {
		j.tell(config.Warning, j.cni.line, j.cni.key, "has another docker-registry (%s by default): a NestedConfig has one, that of %s", charmRegistry, masterCharm)
	}
	switch ours := j.value(env.ContainerTag); {
	case cmp.Or(tag, charmTag) == ours:
	case tag == "":
		j.tell(config.Warning, j.cni.line, j.cni.key, "has no image-tag, so the CNI pods got %s: the NestedConfig gives them that of %s", charmTag, masterCharm)
	default:
		j.set(tag, "image-tag of "+j.cni.key, "images", "cniInit", "tag")
	}
}

// clusterName is what the charm gives kube-manager alone.
func (j *juju) clusterName() {
	name := j.value(env.ClusterName)
	if given := j.dict[env.ClusterName]; name != "" && name != "k8s" && given != name {
		j.tell(config.Warning, j.lineOf(env.ClusterName), env.ClusterName, "is not set for the CNI pods by the charm, so from R2008 on they ask for pods by names that begin with k8s__ and find none: a NestedConfig sets it for both")
	}
}

// serviceSubnets must be those of the API server.
func (j *juju) serviceSubnets() {
	e, ok := j.options["service-cidr"]
	if !ok {
		return
	}
	subnets := cmp.Or(j.value(env.ServiceSubnets), "10.96.0.0/12")
	if strings.Join(strings.Fields(strings.ReplaceAll(e.node.Value, ",", " ")), " ") != strings.Join(strings.Fields(subnets), " ") {
		j.tell(config.Warning, e.node.Line, "service-cidr", "of Kubernetes differs from service_subnets of Contrail, which is kept: pods cannot reach services that are only in the first")
	}
}
