package importer

import (
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/env"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// instances is the instances.yaml of contrail-ansible-deployer and of
// tf-ansible-deployer. Its contrail_configuration is the environment of every
// container, and lists that it does not have are made of the roles of instances, as
// the deployers' build_node_lists and set_contrail_variables do.
type instances struct {
	*reading
	hosts     []instance
	openstack bool // the orchestrator is that of the underlay
}

// instance is a machine with its roles.
type instance struct {
	entry
	ip    string // the private one, where there are two
	roles map[string]*yaml.Node
}

// Roles whose machines make a list.
var roleLists = []struct{ role, variable string }{
	{"config", env.ConfigNodes},
	{"control", env.ControllerNodes},
	{"config_database", env.ConfigDBNodes},
	{"analytics", env.AnalyticsNodes},
}

// Names of roles and sections, and what is said of what they have no place for.
const (
	k8sMaster   = "k8s_master"
	k8sNode     = "k8s_node"
	kubeManager = "kubemanager"

	ofDeployer   = "tells the deployer how to make and reach machines"
	ofUnderlay   = "belongs to the underlay"
	ofRegistry   = "is an account of the registry, which kubectl create secret docker-registry puts into a Secret for images.pullSecrets"
	unknownThere = "is not known"
)

func readInstances(file, text string) draft {
	i := &instances{reading: newReading(file, text)}
	if doc, ok := i.document("must be one"); ok {
		i.read(doc)
	}
	return i.draft
}

func (i *instances) read(root *yaml.Node) {
	// First, what is said for all machines, and then for those of kube-manager: that
	// wins.
	sections := map[string]entry{}
	for e := range i.entries(root, "the file") {
		sections[e.key] = e
		switch e.key {
		case "global_configuration", "contrail_configuration", "instances", "kolla_config", "orchestrator":
		case "deployment", "provider_config", "openstack_configuration":
			i.note(e.key, ofDeployer)
		case "xflow_configuration", "bgp_configuration":
			i.note(e.key, ofUnderlay)
		default:
			i.drop(e.line, e.key, unknownThere)
		}
	}
	for e := range i.entries(sections["contrail_configuration"].node, "contrail_configuration") {
		i.setting(e)
	}
	i.global(sections["global_configuration"].node)
	for e := range i.entries(sections["instances"].node, "instances") {
		i.host(e)
	}
	i.overrides()

	// Next, what the deployer makes of machines and of OpenStack.
	i.lists()
	i.apiServer()
	i.nodes()
	i.keystone(sections)

	// Last, what would break.
	i.notNested(max(1, sections["contrail_configuration"].line))
}

// setting is one of contrail_configuration.
func (i *instances) setting(e entry) {
	if !variableName().MatchString(e.key) {
		i.drop(e.line, e.key, "is not the name of a variable")
		return
	}
	value, ok := i.scalar(e, e.key)
	switch {
	case !ok, value == "":
	case e.key == env.ContrailVersion && i.value(env.ContainerTag) == "":
		i.putFrom(e.key, env.ContainerTag, value, e.line)
	case e.key == env.ContrailVersion:
	case e.key == env.Orchestrator && value != "kubernetes":
		i.openstack = i.openstack || value == "openstack"
		i.drop(e.line, e.key, ofUnderlay+", but a nested cluster has kubernetes")
	case e.key == "CONTAINER_REGISTRY":
		i.putFrom(e.key, env.Registry, value, e.line)
	case e.key == "REGISTRY_PRIVATE_INSECURE":
		i.insecure(e.key, value, e.line)
	case slices.Contains(underlayKeys, e.key) || strings.HasSuffix(e.key, "_LOG_DRIVER"):
		i.note(e.key, ofUnderlay)
	default:
		i.put(e.key, value, e.line)
	}
}

// Names that the deployers document for contrail_configuration, and that only
// containers of the underlay read.
var underlayKeys = []string{
	"AGENT_MODE", "ANALYTICS_ALARM_ENABLE", "ANALYTICS_API_PORT", "ANALYTICS_API_SSL_ENABLE", "ANALYTICS_SNMP_ENABLE", "ANALYTICSDB_ENABLE",
	"ANALYTICSDB_PORT", "ANALYTICSDB_CQL_PORT", "BARBICAN_PASSWORD", "BARBICAN_USER", "BGP_ASN", "BGP_AUTO_MESH", "BGP_PORT", "CASSANDRA_PORT",
	"CLOUD_ADMIN_ROLE", "CONFIG_API_WORKER_COUNT", "CONFIGDB_CQL_PORT", "DEVICE_MANAGER__DEFAULTS__push_mode", "DIST_SNAT_PROTO_PORT_LIST", "DNS_NODES", "DNS_SERVER_PORT",
	"DPDK_UIO_DRIVER", "EXTERNAL_ROUTERS", "FABRIC_SNAT_HASH_TABLE_SIZE", "FLOW_EXPORT_RATE", "FWAAS_ENABLE", "HUGE_PAGES", "IPFABRIC_SERVICE_HOST",
	"JVM_EXTRA_OPTS", "KUBERNETES_API_NODES", "REDIS_SERVER_PASSWORD", "REDIS_SERVER_PORT", "REDIS_SSL_ENABLE", "RNDC_KEY", "SERVER_CA_KEYFILE",
	"STDIN_OPEN", "SUBCLUSTER", "TSN_EVPN_MODE", "TSN_NODES", "TTY", "UPDATE_IMAGES", "UPGRADE_KERNEL", "VROUTER_ENCRYPTION",
	"WEBUI_HTTP_LISTEN_PORT", "WEBUI_HTTPS_LISTEN_PORT", "XMPP_SERVER_PORT", "XMPP_SSL_ENABLE",
}

// global is where images come from.
func (i *instances) global(n *yaml.Node) {
	for e := range i.entries(n, "global_configuration") {
		switch e.key {
		case "CONTAINER_REGISTRY":
			if value, ok := i.scalar(e, env.Registry); ok && value != "" {
				i.putFrom(e.key, env.Registry, value, e.line)
			}
		case "REGISTRY_PRIVATE_INSECURE":
			if value, ok := i.scalar(e, e.key); ok && value != "" {
				i.insecure(e.key, value, e.line)
			}
		case "CONTAINER_REGISTRY_USERNAME", "CONTAINER_REGISTRY_PASSWORD":
			if e.node.Kind != yaml.ScalarNode || e.node.Value != "" {
				i.drop(e.line, e.key, ofRegistry)
			}
		case "ENABLE_DESTROY", env.K8SVersion:
			i.note(e.key, ofDeployer)
		default:
			i.drop(e.line, e.key, unknownThere)
		}
	}
}
