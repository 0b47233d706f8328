package config

import (
	"net/netip"
	"reflect"
	"strconv"
	"strings"

	"github.com/nested-config/nested-config/fn/linklocal"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

type linkLocalServiceDoc struct {
	APIVersion ignored              `yaml:"apiVersion"`
	Kind       ignored              `yaml:"kind"`
	Metadata   ignored              `yaml:"metadata"`
	Spec       LinkLocalServiceSpec `yaml:"spec"`
}

type fabricSNATDoc struct {
	APIVersion ignored        `yaml:"apiVersion"`
	Kind       ignored        `yaml:"kind"`
	Metadata   ignored        `yaml:"metadata"`
	Spec       FabricSNATSpec `yaml:"spec"`
}

type fleetCheckDoc struct {
	APIVersion string   `yaml:"apiVersion"`
	Kind       ignored  `yaml:"kind"`
	Metadata   metadata `yaml:"metadata"`
}

// LoadFleetCheck checks one FleetCheck. Its only content is the name.
func LoadFleetCheck(n *yaml.Node) Problems {
	var doc fleetCheckDoc
	d := declared(n, reflect.ValueOf(&doc).Elem())
	if doc.APIVersion != APIVersion {
		d.problems.errorf("apiVersion", quote(doc.APIVersion), "must be %s", APIVersion)
	}
	return d.problems
}

// LoadLinkLocalService reads and checks one LinkLocalService, which somebody may
// have written by hand. With an error among the problems the Service must not
// be used.
func LoadLinkLocalService(n *yaml.Node) (linklocal.Service, Problems) {
	var doc linkLocalServiceDoc
	d := declared(n, reflect.ValueOf(&doc).Elem())
	s := doc.Spec
	d.need("spec.serviceName", s.ServiceName == "")
	d.need("spec.serviceIP", !s.ServiceIP.IsValid())
	d.need("spec.servicePort", s.ServicePort == 0)
	d.need("spec.fabricPort", s.FabricPort == 0)
	if len(d.problems) == 0 && (len(s.FabricIPs) == 0) == (s.FabricDNSName == "") {
		d.problems.errorf("spec.fabricIPs", "", "needs an address, or spec.fabricDNSName needs a name, but not both")
	}
	if strings.Contains(strings.ToLower(s.ServiceName), "metadata") {
		d.problems.errorf("spec.serviceName", quote(s.ServiceName), "must not contain metadata: the vRouter agent answers such services itself")
	}
	ips := append([]netip.Addr{s.ServiceIP}, s.FabricIPs...)
	for i, path := range append([]string{"spec.serviceIP"}, paths("spec.fabricIPs", s.FabricIPs)...) {
		ip, agent := ips[i], i > 0 && ips[i].IsLoopback()
		switch {
		case ip == metadataAddress && i == 0:
			d.problems.errorf(path, quote(ip.String()), "is the address of the metadata service: choose another")
		case ip.IsValid() && !agent && notAHost(ip) != "":
			d.problems.errorf(path, quote(ip.String()), "%s", notAHost(ip))
		}
	}
	return linklocal.Service{Name: s.ServiceName, ServiceIP: s.ServiceIP, ServicePort: uint16(s.ServicePort),
		FabricIPs: s.FabricIPs, FabricDNSName: s.FabricDNSName, FabricPort: uint16(s.FabricPort)}, d.problems
}

// LoadFabricSNAT reads and checks one FabricSNAT, as LoadLinkLocalService does.
func LoadFabricSNAT(n *yaml.Node) (Network, []linklocal.PortTranslationPool, Problems) {
	var doc fabricSNATDoc
	d := declared(n, reflect.ValueOf(&doc).Elem())
	v := doc.Spec.VirtualNetwork
	d.need("spec.virtualNetwork.domain", v.Domain == "")
	d.need("spec.virtualNetwork.project", v.Project == "")
	d.need("spec.virtualNetwork.name", v.Name == "")
	d.need("spec.portTranslationPools", len(doc.Spec.PortTranslationPools) == 0)
	var pools []linklocal.PortTranslationPool
	for i, p := range doc.Spec.PortTranslationPools {
		path := "spec.portTranslationPools[" + strconv.Itoa(i) + "]"
		d.need(path+".protocol", p.Protocol == "")
		first, last, _ := strings.Cut(p.Ports, "-")
		from, err1 := strconv.ParseUint(first, 10, 16)
		to, err2 := strconv.ParseUint(last, 10, 16)
		if err1 != nil || err2 != nil || from == 0 || to < from {
			d.problems.errorf(path+".ports", quote(p.Ports), "must be the first and last port, 1 to 65535, such as 56000-57023")
		}
		pools = append(pools, linklocal.PortTranslationPool{Protocol: p.Protocol,
			PortRange: linklocal.PortRange{Start: uint16(from), End: uint16(to)}})
	}
	return v, pools, d.problems
}

func declared(n *yaml.Node, v reflect.Value) *decoder {
	d := newDecoder()
	d.value("", n, v, "")
	return d
}

// need reports a field that is missing, unless it is there and wrong.
func (d *decoder) need(path string, lacking bool) {
	if lacking && !d.set[path] {
		d.problems.errorf(path, "", "is required")
	}
}

func paths(field string, ips []netip.Addr) []string {
	var out []string
	for i := range ips {
		out = append(out, field+"["+strconv.Itoa(i)+"]")
	}
	return out
}
