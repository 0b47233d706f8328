package importer

import (
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// host reads an instance.
func (i *instances) host(e entry) {
	h := instance{entry: e, roles: map[string]*yaml.Node{}}
	var own, roles, public, private entry
	for f := range i.entries(e.node, "instance "+e.key) {
		switch f.key {
		case "ip":
			public = f
		case "private_ip":
			private = f
		case "roles":
			roles = f
		case "contrail_configuration":
			own = f
		case "provider", "host", "bridge", "ssh_user", "ssh_pwd", "ssh_public_key", "ssh_private_key", "additional_interfaces", "routes", "instance_type", "image", "domainsuffix", "ntpserver":
			i.note("instances", ofDeployer)
		default:
			i.drop(f.line, "instance "+e.key, "has a field "+f.key+", which "+unknownThere)
		}
	}
	for _, f := range []entry{public, private} { // the last one that is there
		if f.node != nil {
			if value, ok := i.scalar(f, ""); ok && value != "" {
				h.ip, h.line = value, f.line
			}
		}
	}
	if strings.Contains(h.ip, "{{") {
		i.tell(config.Error, h.line, "instance "+e.key, "%s", template)
		return
	}
	if roles.node == nil {
		i.drop(e.line, "instance "+e.key, "has no roles: some releases of the deployer give it all roles, others none; it is left out")
		return
	}
	for f := range i.entries(roles.node, "the roles of instance "+e.key) {
		h.roles[f.key] = f.node
	}
	if own.node != nil {
		h.roles["contrail_configuration"] = own.node
	}
	i.hosts = append(i.hosts, h)
}

// overrides are what the deployer gives the machine of kube-manager alone: of the
// instance, and then of the role.
func (i *instances) overrides() {
	first := ""
	for _, h := range i.hosts {
		role, manages := h.roles[kubeManager]
		own := h.roles["contrail_configuration"]
		switch {
		case !manages && own != nil:
			i.drop(h.line, "instance "+h.key, "has a contrail_configuration of its own, but no kube-manager: it is left out")
		case manages && first != "" && (hasEntries(role) || hasEntries(own)):
			i.tell(config.Warning, h.line, "instance "+h.key, "has settings of its own for kube-manager, but a nested cluster has one kube-manager: those of instance %s count", first)
			i.note("instance "+h.key, "has settings of its own for kube-manager")
		case manages && first == "":
			first = h.key
			for e := range i.entries(own, "contrail_configuration of instance "+h.key) {
				i.setting(e)
			}
			for e := range i.entries(role, "the role "+kubeManager+" of instance "+h.key) {
				i.setting(e)
			}
		}
		for _, name := range []string{k8sNode, k8sMaster} {
			if hasEntries(h.roles[name]) {
				i.drop(h.line, "instance "+h.key, "has settings of its own for the role "+name+": a NestedConfig gives all pods the same settings")
			}
		}
	}
}

func hasEntries(n *yaml.Node) bool {
	n = yamlnode.Target(n)
	return n != nil && len(n.Content) > 0
}

// with gives the machines of a role.
func (i *instances) with(role string) []instance {
	var out []instance
	for _, h := range i.hosts {
		if _, ok := h.roles[role]; ok && h.ip != "" {
			out = append(out, h)
		}
	}
	return out
}

// lists are made of the roles where CONTROLLER_NODES is not there, each unless it is
// there itself.
func (i *instances) lists() {
	if i.has(env.ControllerNodes) {
		return
	}
	for _, l := range roleLists {
		hosts := i.with(l.role)
		if len(hosts) == 0 || i.has(l.variable) {
			continue
		}
		var ips []string
		for _, h := range hosts {
			ips = append(ips, h.ip)
		}
		i.putFrom(withRole+l.role, l.variable, strings.Join(ips, ","), hosts[0].line)
	}
}

// withRole begins the place of what comes from a role.
const withRole = "instances with the role "

// apiServer is that of the one master, where nothing names it: the images take the
// address of their own machine.
func (i *instances) apiServer() {
	const variable = env.APIServer
	masters := i.with(k8sMaster)
	if i.has(variable) || len(masters) == 0 {
		return
	}
	if len(masters) > 1 {
		i.fault(masters[0].line, variable, "is missing, and %d instances have the role %s: write it into contrail_configuration", len(masters), k8sMaster)
		return
	}
	i.putFrom(withRole+k8sMaster, variable, masters[0].ip, masters[0].line)
}

// nodes are the machines of the nested cluster. Those with a name that is none of a
// host are left out.
func (i *instances) nodes() {
	list := yamlnode.List()
	for _, h := range i.hosts {
		_, master := h.roles[k8sMaster]
		_, node := h.roles[k8sNode]
		switch {
		case !master && !node || h.ip == "":
		case !isLabel(h.key):
			i.drop(h.line, "instance "+h.key, "has a name that is not a host name: it is not among the nodes")
		default:
			list.Content = append(list.Content, yamlnode.Map("name", h.key, "ip", h.ip))
		}
	}
	if len(list.Content) > 0 {
		i.setNode(list, "instances with the role "+k8sMaster+" or "+k8sNode, "nodes")
	}
}

// keystone is where kolla made it, if OpenStack is of the same file.
func (i *instances) keystone(sections map[string]entry) {
	if e := sections["orchestrator"]; e.node != nil {
		value, _ := i.scalar(e, "")
		i.openstack = i.openstack || value == "openstack"
	}
	kolla := sections["kolla_config"].node
	if kolla == nil {
		return
	}
	i.note("kolla_config", ofUnderlay)
	if !i.openstack {
		return
	}
	if !i.has(env.KeystoneHost) {
		for e := range i.entries(yamlnode.Last(kolla, "kolla_globals"), "kolla_globals") {
			if e.key == "kolla_internal_vip_address" {
				i.take(e, env.KeystoneHost)
			}
		}
		if hosts := append(i.with("openstack"), i.with("openstack_control")...); !i.has(env.KeystoneHost) && len(hosts) == 1 {
			i.putFrom(withRole+"openstack", env.KeystoneHost, hosts[0].ip, hosts[0].line)
		}
	}
	// This one wins over contrail_configuration.
	for e := range i.entries(yamlnode.Last(kolla, "kolla_passwords"), "kolla_passwords") {
		if e.key == "keystone_admin_password" {
			i.take(e, env.KeystonePassword)
		}
	}
	for _, name := range []string{env.KeystoneUser, env.KeystoneAdminTenant} {
		if !i.has(name) {
			i.put(name, "admin", sections["kolla_config"].line)
		}
	}
}

// take makes a setting of a value of another section.
func (i *instances) take(e entry, variable string) {
	value, ok := i.scalar(e, variable)
	if !ok || value == "" {
		return
	}
	i.putFrom(e.key, variable, value, e.line)
}
