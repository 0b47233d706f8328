package importer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/internal/yamlnode"
)

// openShift is the inventory of openshift-ansible 3.11 with Contrail: what its
// template contrail-nested.j2 makes of the variables.
type openShift struct {
	*reading
	own map[string]assignment
}

// The variables of the inventory, and those of the images that the template makes
// of them.
var openShiftVariables = map[string]string{
	"auth_mode":                  env.AuthMode,
	"keystone_auth_host":         env.KeystoneHost,
	"keystone_auth_admin_tenant": env.KeystoneAdminTenant,
	"keystone_auth_admin_user":   env.KeystoneUser, "keystone_auth_admin_password": env.KeystonePassword,
	"keystone_auth_admin_port":   env.KeystoneAdminPort,
	"keystone_auth_url_version":  env.KeystoneURLVersion,
	mastersIP:                    env.ControllerNodes,
	"config_nodes":               env.ConfigNodes,
	"analytics_nodes":            env.AnalyticsNodes,
	"log_level":                  env.LogLevel,
	"rabbitmq_node_port":         env.RabbitMQPort,
	"cluster_name":               env.ClusterName,
	"cluster_project":            env.ClusterProject,
	"cluster_network":            env.ClusterNetwork,
	"pod_subnets":                env.PodSubnets,
	"ip_fabric_subnets":          env.IPFabricSubnets,
	"service_subnets":            env.ServiceSubnets,
	"ip_fabric_forwarding":       env.IPFabricForwarding,
	"ip_fabric_snat":             env.IPFabricSNAT,
	"public_fip_pool":            env.FIPPool,
	"k8s_nested_vrouter_vip":     env.VRouterVIP,
	"vrouter_physical_interface": env.PhysicalInterface,
	"k8s_vip":                    env.APIServer,
	"openshift_master_api_port":  env.APISecurePort, "kubernetes_api_secure_port": env.APISecurePort,
	"contrail_registry":      env.Registry,
	"contrail_container_tag": env.ContainerTag,
}

const (
	mastersIP = "contrail_nested_masters_ip"
	// What the role takes when nobody says it.
	openShiftNamespace  = "contrail-system"
	openShiftRabbitMQ   = "5672"
	openShiftAPIPort    = "8443"
	openShiftPullSecret = "contrail-registry-secret"

	ofOpenShift = "belongs to OpenShift or Ansible"
)

// Variables of Contrail that containers of the underlay read, and beginnings of those
// that are none of Contrail.
var (
	openShiftUnderlay = []string{"contrail_version", "contrail_os_release", "analyticsdb_min_diskgb", "configdb_min_diskgb", "aaa_mode", "metadata_proxy_secret",
		"zookeeper_port", "zookeeper_ports", "zookeeper_analytics_port", "zookeeper_analytics_ports", "vrouter_gateway", "api_vip", env.Orchestrator,
		env.LogLevel, env.MetadataProxySecret, "contrail_masters_ip"}
	openShiftOthers = []string{"openshift_", "r_openshift_", "ansible_", "os_", "osm_", "oreg_", "osn_", "docker_", "etcd_", "template_service_broker_", "containerized",
		"deployment_type", "debug_level", "timeout", "nfs_", "glusterfs_", "rhsub_", "skip_", "install_", "hosted_"}
)

func readOpenShift(file, text string) draft {
	o := &openShift{reading: newReading(file, text), own: map[string]assignment{}}
	inv, ok := o.inventory(text)
	if !ok {
		return o.draft
	}
	for _, a := range o.variables(inv) {
		o.own[a.name] = a
		o.variable(a)
	}
	o.hosts(inv, nil, func(name string) bool { return openShiftVariables[name] != "" })
	o.defaults()
	o.registryAccount()
	return o.draft
}

func (o *openShift) variable(a assignment) {
	name, known := openShiftVariables[a.name]
	switch {
	case a.name == "kubernetes_api_secure_port" && o.value(name) != "": // openshift_master_api_port wins
		o.note(a.name, "is overridden by openshift_master_api_port")
	case known:
		o.known(a, name)
	case a.name == "cloud_orchestrator":
		if value, ok := o.literal(a, env.Orchestrator); ok && value != "" && value != "kubernetes" {
			o.drop(a.line, a.name, "is not kubernetes, but kube-manager treats both alike: a NestedConfig has kubernetes")
		}
	case a.name == "nested_mode_contrail":
		if value, _ := o.literal(a, env.NestedMode); strings.EqualFold(value, "true") {
			o.put(env.NestedMode, "1", a.line)
		}
	case a.name == "contrail_registry_insecure":
		value, _ := o.literal(a, "")
		o.insecure(a.name, value, a.line)
	case a.name == "contrail_registry_username", a.name == "contrail_registry_password":
	case slices.Contains(openShiftUnderlay, a.name):
		o.note(a.name, ofUnderlay)
	case slices.ContainsFunc(openShiftOthers, func(p string) bool { return strings.HasPrefix(a.name, p) }):
		prefix, _, more := strings.Cut(a.name, "_")
		if more {
			prefix += "_…"
		}
		o.note(prefix, ofOpenShift)
	default:
		o.drop(a.line, a.name, unknownThere)
	}
}

// known is a variable that the template hands on.
func (o *openShift) known(a assignment, name string) {
	value, ok := o.literal(a, name)
	if !ok || value == "" {
		return
	}
	if v, _ := env.Lookup(name); v.Kind == env.Nodes {
		value = o.list(a, value)
	}
	o.putFrom(a.name, name, value, a.line)
	if name == env.ControllerNodes && o.places["spec.underlay.config.nodes"] == "" {
		o.places["spec.underlay.config.nodes"] = a.name
	}
}

// list is one of addresses. The template splits it at blanks alone, and drops what
// is no address then: of a list with commas nothing is left.
func (o *openShift) list(a assignment, value string) string {
	if strings.Contains(value, "{") {
		return value
	}
	if strings.Contains(value, ",") {
		o.tell(config.Warning, a.line, a.name, "has commas, but the template splits it only at blanks and drops the rest, so the cluster ran with another list: the import uses all addresses")
	}
	var list []string
	for _, item := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		if slices.Contains(list, item) {
			o.tell(config.Warning, a.line, a.name, "has an address twice: the import uses it once")
			continue
		}
		if list = append(list, item); len(list) > maxEntries {
			o.tell(config.Error, a.line, a.name, "has more than %d addresses", maxEntries)
			return ""
		}
	}
	return strings.Join(list, ",")
}

// defaults are those of the role, where they are not those of the images.
func (o *openShift) defaults() {
	line := max(1, o.own[mastersIP].line)
	o.note("kube-manager", "ran on nodes with the label node-role.kubernetes.io/infra: choose them with kubeManager.nodeSelector")
	o.set(openShiftNamespace, "that of openshift-ansible", "namespace")
	if !o.has(env.APISecurePort) {
		o.putFrom("default of openshift-ansible", env.APISecurePort, openShiftAPIPort, line)
	}
	if !o.has(env.RabbitMQPort) {
		o.putFrom("default of openshift-ansible", env.RabbitMQPort, openShiftRabbitMQ, line)
	}
	o.project(o.own["cluster_project"].line)
	if !o.has(env.NestedMode) {
		o.tell(config.Warning, line, "nested_mode_contrail", "is not true, so openshift-ansible makes a cluster that is not nested; the NestedConfig is nested")
	}
}

// registryAccount is what the role makes a Secret of.
func (o *openShift) registryAccount() {
	user, password := o.own["contrail_registry_username"], o.own["contrail_registry_password"]
	if user.text == "" || password.text == "" || user.text == "<>" || password.text == "<>" {
		return
	}
	o.setNode(yamlnode.List(openShiftPullSecret), "contrail_registry_username", "images", "pullSecrets")
	o.drop(password.line, password.name, fmt.Sprintf("is not imported: images.pullSecrets names the Secret %s that openshift-ansible made of it; make this Secret if it does not exist", openShiftPullSecret))
}
