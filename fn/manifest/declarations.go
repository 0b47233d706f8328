package manifest

import (
	"encoding/json"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/yamlnode"
)

// linkLocalServices is the ConfigMap with the declarations as the config API
// takes them.
func linkLocalServices(c *config.Config) object {
	o := template("ConfigMap", linkLocalCM)
	data := o.at("data")
	data.Style = 0
	data.set(yamlnode.Literal(indented(map[string]any{"linklocal_service_entry": c.Services})), "linklocal-services.json")
	if c.Spec.Connectivity == config.FabricSNATMode {
		n := c.Spec.Underlay.VirtualNetwork
		data.set(yamlnode.Literal(indented(map[string]any{"virtual-network": struct {
			FQName     []string `json:"fq_name"`
			FabricSNAT bool     `json:"fabric_snat"`
		}{[]string{n.Domain, n.Project, n.Name}, true}})), "virtual-network.json")
		data.set(yamlnode.Literal(indented(map[string]any{"port_translation_pool": linklocal.PortTranslationPools()})), "port-translation-pools.json")
	}
	return o
}

func indented(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // strings, numbers and booleans always encode
	}
	return b.String()
}

func linkLocalService(s linklocal.Service) object {
	o := template("LinkLocalService", "k8s-cni-to-agent")
	o.set(ResourceName(s.Name), "metadata", "name")
	spec := o.at("spec")
	spec.set(s.Name, "serviceName")
	spec.set(s.ServiceIP.String(), "serviceIP")
	spec.set(int(s.ServicePort), "servicePort")
	if s.FabricDNSName != "" {
		spec.drop("fabricIPs")
		spec.drop("fabricPort")
		spec.set(s.FabricDNSName, "fabricDNSName")
	} else {
		ips := yamlnode.List()
		for _, ip := range s.FabricIPs {
			ips.Content = append(ips.Content, yamlnode.Of(ip.String()))
		}
		spec.set(ips, "fabricIPs")
	}
	spec.set(int(s.FabricPort), "fabricPort")
	return o
}

// ResourceName is the name of the resource for a link-local service: the name of
// the service in lower case, with - in place of all characters except letters and
// digits.
func ResourceName(service string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, service)
	return strings.Trim(name, "-")
}

func fabricSNAT(c *config.Config) object {
	o := template("FabricSNAT", "k8s")
	o.set(c.Name, "metadata", "name")
	n := c.Spec.Underlay.VirtualNetwork
	vn := o.at("spec", "virtualNetwork")
	vn.set(n.Domain, "domain")
	vn.set(n.Project, "project")
	vn.set(n.Name, "name")
	pools := yamlnode.List()
	for _, p := range linklocal.PortTranslationPools() {
		pools.Content = append(pools.Content, yamlnode.Map("protocol", p.Protocol, "ports", p.PortRange.String()))
	}
	o.set(pools, "spec", "portTranslationPools")
	return o
}
