package importer

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// contrailAnsible is contrail-ansible 4.x: an inventory, or the group_vars beside
// one. Both together say which service IPs it has made.
type contrailAnsible struct{ *reading }

// The groups of the inventory that count.
const (
	controllersGroup = "kubernetes-contrail-controllers"
	analyticsGroup   = "kubernetes-contrail-analytics"
	kubernetesGroup  = "contrail-kubernetes"
)

// The variables, and those of the images that they are today.
var contrailAnsibleVariables = map[string]string{
	"docker_registry":            env.Registry,
	"contrail_version":           env.ContainerTag,
	"vrouter_physical_interface": env.PhysicalInterface,
	"kubernetes_cluster_name":    env.ClusterName,
	"kubernetes_api_server":      env.APIServer,
	"api_server_port":            env.ConfigAPIPort,
	"configdb_port":              env.ConfigDBPort,
	"rabbitmq_port":              env.RabbitMQPort,
	"analytics_collector_port":   env.CollectorPort,
	"keystone_admin_port":        env.KeystoneAdminPort,
	"vrouter_agent_port":         env.VRouterPort,
}

// The fields of keystone_config and rabbitmq_config.
var contrailAnsibleFields = map[string]map[string]string{
	"keystone_config": {"admin_user": env.KeystoneUser, "admin_password": env.KeystonePassword, "admin_tenant": env.KeystoneAdminTenant,
		"admin_port": env.KeystoneAdminPort, "auth_protocol": env.KeystoneProto, "insecure": env.KeystoneInsecure, "region": env.KeystoneRegionName},
	"rabbitmq_config": {"user": env.RabbitMQUser, "password": env.RabbitMQPassword, "port": env.RabbitMQPort},
}

// The variables that are read in a way of their own.
var contrailAnsibleOwn = []string{"nested_cluster_network", "nested_cluster_private_network", "nested_mode", "docker_registry_insecure", "cloud_orchestrator"}

// Variables that say how machines are made and what runs on those of the underlay.
var contrailAnsibleOthers = []string{"docker_install_method", "docker_py_pkg_install_method", "contrail_compute_mode", "os_release", "webui_config", "global_config",
	"controller_ip", "config_ip", "analytics_ip", "cassandra_config", "contrail_apt_repo", "ceph_config", "agent_config", "analytics_config", "control_config"}

func readContrailAnsible(file, text string) draft {
	c := &contrailAnsible{reading: newReading(file, text)}
	c.allot = &allotment{}
	if sectionLine().MatchString(text) {
		c.ini()
		return c.draft
	}
	if doc, ok := c.document("must be one"); ok {
		for e := range c.entries(doc, "the file") {
			c.variable(e)
		}
	}
	return c.draft
}

// ini reads an inventory: hosts, and perhaps the variables.
func (c *contrailAnsible) ini() {
	inv, ok := c.inventory(c.text)
	if !ok {
		return
	}
	for _, a := range c.variables(inv) {
		if e, ok := c.entryOf(a); ok {
			c.variable(e)
		}
	}
	c.allot.controllers = c.addresses(inv.group(controllersGroup))
	c.allot.analytics = c.addresses(inv.group(analyticsGroup))
	c.allot.line = 1
	if masters := inv.group(kubernetesGroup).hosts; len(masters) == 1 && !c.has(env.APIServer) {
		c.allot.apiServer = masters[0].name
	}
	c.hosts(inv, []string{controllersGroup, analyticsGroup, kubernetesGroup}, isContrailAnsible)
}

// isContrailAnsible reports whether a variable is read.
func isContrailAnsible(name string) bool {
	return contrailAnsibleVariables[name] != "" || contrailAnsibleFields[name] != nil || slices.Contains(contrailAnsibleOwn, name)
}

// entryOf makes of a variable in an inventory what it would be in group_vars. A
// dictionary is one of Python, or of YAML: contrail-ansible's own example has both.
func (c *contrailAnsible) entryOf(a assignment) (entry, bool) {
	name := contrailAnsibleVariables[a.name]
	if !isContrailAnsible(a.name) {
		return entry{a.name, a.line, yamlnode.Quoted("")}, true // whatever it is, it is left out
	}
	if !strings.HasPrefix(a.text, "{") || strings.Contains(a.text, "{{") {
		value, ok := c.literal(a, name)
		n := yamlnode.Quoted(value)
		n.Line = a.line
		return entry{a.name, a.line, n}, ok
	}
	docs, ok := newReading(c.file, a.text).decode()
	if !ok || len(docs) != 1 {
		c.tell(config.Error, a.line, a.name, "is not a dictionary: write names and values in quotes, such as {'ip': '192.168.1.200'}")
		return entry{}, false
	}
	if docs[0].Kind == yaml.MappingNode {
		shift(docs[0], a.line-1)
	}
	return entry{a.name, a.line, docs[0]}, true
}

// addresses of a group. The service IPs of contrail-ansible are for addresses alone.
func (c *contrailAnsible) addresses(g *group) []netip.Addr {
	var out []netip.Addr
	for _, h := range g.hosts {
		ip, err := netip.ParseAddr(h.name)
		switch {
		case err != nil || !ip.Is4():
			c.tell(config.Error, h.line, "["+g.name+"]", "has a host that is not an IPv4 address: write the address, which contrail-ansible needs too")
		case slices.Contains(out, ip):
			c.tell(config.Warning, h.line, "["+g.name+"]", "has a host twice: the import uses it once")
		default:
			out = append(out, ip)
		}
	}
	return out
}

func (c *contrailAnsible) variable(e entry) {
	name, known := contrailAnsibleVariables[e.key]
	switch fields := contrailAnsibleFields[e.key]; {
	case known:
		if value, ok := c.scalar(e, name); ok && value != "" {
			c.set4(name, value, e)
		}
	case fields != nil:
		c.section(e, fields)
	case e.key == "nested_cluster_network":
		c.network(e)
	case e.key == "nested_cluster_private_network":
		c.private(e)
	case e.key == "nested_mode", e.key == "docker_registry_insecure":
		value, _ := c.scalar(e, "")
		truth, ok := env.ParseBool(value)
		switch {
		case !ok:
			c.tell(config.Error, e.line, e.key, "must be true or false")
		case truth && e.key == "nested_mode":
			c.put(env.NestedMode, "1", e.line)
		case truth:
			c.setNode(yamlnode.Of(true), e.key, "images", "insecure")
		}
	case e.key == "cloud_orchestrator":
		if value, _ := c.scalar(e, ""); value != "kubernetes" {
			c.drop(e.line, e.key, "is not kubernetes, which a NestedConfig has")
		}
	case e.key == "kubernetes_access_token":
		c.drop(e.line, e.key, "is a credential of the nested cluster: the rendered kube-manager has a ServiceAccount of its own")
	case strings.HasPrefix(e.key, "ansible_"), slices.Contains(contrailAnsibleOthers, e.key):
		c.note(e.key, ofDeployer)
	default:
		c.drop(e.line, e.key, unknownThere)
	}
}

// set4 makes a setting, and says what of the source it comes from.
func (c *contrailAnsible) set4(name, value string, e entry) {
	if name == env.ContainerTag {
		c.tell(config.Warning, e.line, e.key, "is of Contrail 4, whose images have other names: write a registry and a tag with contrail-kubernetes-kube-manager and contrail-kubernetes-cni-init into images")
	}
	c.putFrom(e.key, name, value, e.line)
}

// section is keystone_config or rabbitmq_config.
func (c *contrailAnsible) section(e entry, fields map[string]string) {
	for f := range c.entries(e.node, e.key) {
		name, known := fields[f.key]
		value, ok := c.scalar(f, name)
		f.key = e.key + "." + f.key
		switch {
		case !ok, value == "":
		case known:
			c.set4(name, value, f)
		case f.key == "keystone_config.ip":
			c.put(env.AuthMode, config.Keystone, f.line)
			c.set4(env.KeystoneHost, value, f)
		case f.key == "keystone_config.version":
			c.set4(env.KeystoneURLVersion, "/"+strings.TrimPrefix(value, "/"), f)
		case strings.HasPrefix(f.key, "rabbitmq_config.rabbit_ha_"), f.key == "rabbitmq_config.ssl_port":
			c.note(f.key, ofUnderlay)
		default:
			c.drop(f.line, f.key, unknownThere)
		}
	}
}

// network is the virtual network of the nodes.
func (c *contrailAnsible) network(e entry) {
	const variable = env.ClusterNetwork
	if e.node.Kind == yaml.MappingNode {
		c.set4(variable, pythonDict(e.node), e)
	} else if value, ok := c.scalar(e, variable); ok && value != "" {
		c.set4(variable, value, e)
	}
}

// private is where contrail-ansible takes its service IPs from.
func (c *contrailAnsible) private(e entry) {
	value, ok := c.scalar(e, "")
	base, _, _ := strings.Cut(value, "/") // host bits count for contrail-ansible
	ip, err := netip.ParseAddr(base)
	if !ok || err != nil || !ip.Is4() || strings.Count(value, "/") != 1 {
		c.tell(config.Error, e.line, e.key, "must be an IPv4 prefix, such as 10.10.10.0/24")
		return
	}
	c.allot.base, c.allot.line = ip, e.line
}
