package config

import (
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/linklocal"
)

// checker judges what takes more than one field, or the absence of one. What a
// single value may be was judged where it was read.
type checker struct {
	doc      document
	c        *Config
	set      map[string]bool
	problems Problems
	refused  []string // fields whose value in commonEnv was refused
}

func (k *checker) check() {
	k.identity()
	k.images()
	k.underlay()
	k.linkLocal()
	k.kubernetes()
	k.auth()
	k.pods()
	k.nodes()
	k.compatibility()
}

func (k *checker) errorf(path, value, format string, args ...any) {
	k.problems.errorf(path, value, format, args...)
}

func (k *checker) warnf(path, value, format string, args ...any) {
	k.problems.warnf(path, value, format, args...)
}

// missing reports an absent value, unless what stands there was refused already.
func (k *checker) missing(path, format string, args ...any) {
	for _, p := range k.problems {
		if p.Severity == Error && (p.Path == path || strings.HasPrefix(p.Path, path+".") || strings.HasPrefix(p.Path, path+"[")) {
			return
		}
		// A section that is not a mapping has none of its fields.
		if p.Severity == Error && p.Path != "" && strings.HasPrefix(path, p.Path+".") {
			return
		}
	}
	for _, r := range k.refused {
		if path == r || strings.HasPrefix(path, r+".") || strings.HasPrefix(r, path+".") {
			return
		}
	}
	k.errorf(path, "", format, args...)
}

func (k *checker) identity() {
	if k.doc.Kind != Kind {
		k.missing("kind", "must be %s", Kind)
	}
	if k.doc.APIVersion != APIVersion {
		k.errorf("apiVersion", quote(k.doc.APIVersion), "must be %s", APIVersion)
	}
	if k.c.Name == "" {
		k.missing("metadata.name", "is required: the name of the nested cluster, such as k8s")
	}
	if k.c.Spec.Connectivity == "" {
		k.missing("spec.connectivity", "is required: LinkLocal, FabricSNAT or Direct")
	}
}

func (k *checker) underlay() {
	u := k.c.Spec.Underlay
	if len(u.Config.Nodes) == 0 {
		k.missing("spec.underlay.config.nodes", "is required: the fabric addresses of the config API, such as [192.168.1.100]")
	}
	for path, nodes := range k.c.Spec.NodeLists() {
		path = "spec." + path
		if !k.set[path+"[0]"] {
			continue // inherited: judged where they come from
		}
		for i, ip := range *nodes {
			p := fmt.Sprintf("%s[%d]", path, i)
			if must := notAHost(ip); must != "" {
				k.errorf(p, quote(ip.String()), "%s", must)
			}
			if j := slices.Index(*nodes, ip); ip.IsValid() && j < i {
				k.errorf(p, quote(ip.String()), "is %s[%d] already: list each node once", path, j)
			}
		}
	}
	k.wholeName("spec.underlay.virtualNetwork", u.VirtualNetwork, true)
	host := u.Keystone.Host
	if k.c.Spec.Auth.Mode == Keystone && host == (linklocal.Host{}) {
		k.missing("spec.underlay.keystone.host", "is required with auth.mode keystone: address or DNS name of Keystone")
	}
	if must := notAHost(host.Addr()); must != "" {
		k.errorf("spec.underlay.keystone.host", quote(host.String()), "%s", must)
	}
	if name := strings.ToLower(host.Name()); name == "localhost" || strings.HasSuffix(name, ".localhost") {
		k.errorf("spec.underlay.keystone.host", quote(host.String()), "is a loopback address: write the host that other machines connect to")
	}
}

// notAHost says why an address cannot be that of a single machine elsewhere.
func notAHost(ip netip.Addr) string {
	switch {
	case !ip.IsValid():
		return "" // a name, or refused when it was read
	case ip.IsLoopback():
		return "is a loopback address: write the address that other machines connect to"
	case ip.IsMulticast():
		return "is a multicast address: write the address of one machine"
	case ip.As4()[0] == 0 || ip.As4()[0] >= 240:
		return "is not the address of a machine"
	}
	return ""
}

// wholeName demands that a name of Contrail has all its parts, or none where it
// is optional.
func (k *checker) wholeName(path string, name any, required bool) {
	v := reflect.ValueOf(name)
	var lacking, parts []string
	for i := range v.NumField() {
		part := v.Type().Field(i).Tag.Get("yaml")
		parts = append(parts, part)
		if v.Field(i).String() == "" {
			lacking = append(lacking, part)
		}
	}
	switch {
	case len(lacking) == 0, len(lacking) == len(parts) && !required:
	case len(lacking) == len(parts):
		k.missing(path, "is required: %s", strings.Join(parts, ", "))
	default:
		for _, part := range lacking {
			k.missing(path+"."+part, "is required: %s needs %s", path, strings.Join(parts, ", "))
		}
	}
}

func (k *checker) auth() {
	a, ks := k.c.Spec.Auth, k.c.Spec.Underlay.Keystone
	if a.Mode != Keystone {
		return
	}
	if a.Protocol == "http" {
		const noEffect = "has no effect: spec.auth.protocol is http"
		if a.Insecure {
			k.warnf("spec.auth.insecure", "true", noEffect)
		}
		if a.CASecret != "" {
			k.warnf("spec.auth.caSecret", quote(a.CASecret), noEffect)
		}
	}
	if a.Insecure && a.CASecret != "" {
		k.errorf("spec.auth.insecure", "true", "contradicts spec.auth.caSecret: keep one of them")
	}
	if ks.Host.Addr().IsValid() && a.Protocol == "https" && !a.Insecure && k.c.Spec.Connectivity == LinkLocalMode {
		k.warnf("spec.underlay.keystone.host", quote(ks.Host.String()), "is reached through a service IP: Keystone's certificate must contain this service IP, or write the DNS name of Keystone here")
	}
}

func (k *checker) nodes() {
	names, ips := map[string]int{}, map[netip.Addr]int{}
	for i, n := range k.c.Spec.Nodes {
		p := fmt.Sprintf("spec.nodes[%d]", i)
		if n.Name == "" {
			k.missing(p+".name", "is required: the host name of the VM")
		} else if j, twice := names[n.Name]; twice {
			k.errorf(p+".name", quote(n.Name), "is spec.nodes[%d].name already", j)
		} else {
			names[n.Name] = i
		}
		if !n.IP.IsValid() {
			k.missing(p+".ip", "is required: the address of the VM in the virtual network")
		} else if j, twice := ips[n.IP]; twice {
			k.errorf(p+".ip", quote(n.IP.String()), "is spec.nodes[%d].ip already", j)
		} else {
			ips[n.IP] = i
		}
		if must := notAHost(n.IP); must != "" {
			k.errorf(p+".ip", quote(n.IP.String()), "%s", must)
		}
		k.outsideSubnets(p+".ip", n.IP)
	}
}
