package config

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/linklocal"
)

var metadataAddress = netip.AddrFrom4([4]byte{169, 254, 169, 254})

func (k *checker) linkLocal() {
	l := k.c.Spec.LinkLocal
	// The agent answers every service with this in its lower-cased name from its
	// metadata proxy (pkt_flow_info.cc, tf master).
	if strings.Contains(strings.ToLower(l.NamePrefix), "metadata") {
		k.errorf("spec.linkLocal.namePrefix", quote(l.NamePrefix), "must not contain metadata: the vRouter agent answers such services itself")
	}
	for i, p := range l.Exclude {
		if p.IsValid() && l.Pool.IsValid() && !p.Overlaps(l.Pool) {
			k.warnf(fmt.Sprintf("spec.linkLocal.exclude[%d]", i), quote(p.String()), "is outside spec.linkLocal.pool %s", l.Pool)
		}
	}
	needed := map[linklocal.Host]bool{}
	for _, f := range k.c.Request().Fabrics {
		needed[f] = true
	}
	taken := map[netip.Addr]string{}
	pin := func(path string, ip netip.Addr) {
		if !ip.IsValid() {
			return
		}
		if must := k.c.notAServiceIP(ip); must != "" {
			k.errorf(path, quote(ip.String()), "%s: choose an unused address", must)
		}
		if other, twice := taken[ip]; twice {
			k.errorf(path, quote(ip.String()), "is the service IP of %s already: choose another", other)
			return
		}
		taken[ip] = path
	}
	for _, f := range slices.SortedFunc(maps.Keys(l.ServiceIPs), linklocal.Host.Compare) {
		path := fmt.Sprintf("spec.linkLocal.serviceIPs[%s]", f)
		pin(path, l.ServiceIPs[f])
		if !needed[f] && l.ServiceIPs[f].IsValid() && k.c.Spec.Connectivity != "" {
			k.warnf(path, quote(l.ServiceIPs[f].String()), "is a pin of a host that is not in spec.underlay: its service IP stays reserved until you remove the pin")
		}
	}
	pin("spec.linkLocal.vrouterServiceIP", l.VRouterServiceIP)
}

// notAServiceIP says why an address cannot be a service IP. Every network of
// the underlay gets a route for it, so it must mean nothing else anywhere.
func (c *Config) notAServiceIP(ip netip.Addr) string {
	switch {
	case ip == metadataAddress:
		return "is the address of the metadata service"
	case notAHost(ip) != "":
		return strings.SplitN(notAHost(ip), ":", 2)[0]
	}
	for _, s := range c.Subnets() {
		if s.Prefix.Contains(ip) {
			return fmt.Sprintf("lies in %s %s", s.Path, s.Prefix)
		}
	}
	for _, role := range c.Spec.Roles() {
		for i, f := range role.Fabrics {
			if f == linklocal.HostAt(ip) {
				return "is the fabric address " + role.NodePath(i)
			}
		}
	}
	if c.Spec.Kubernetes.APIServer == linklocal.HostAt(ip) {
		return "is spec.kubernetes.apiServer"
	}
	for i, n := range c.Spec.Nodes {
		if n.IP == ip {
			return fmt.Sprintf("is spec.nodes[%d].ip", i)
		}
	}
	return ""
}

// Subnet is one subnet of the nested cluster with its place in the config.
type Subnet struct {
	Path   string
	Prefix netip.Prefix
}

// Subnets are all subnets of the nested cluster that are valid.
func (c *Config) Subnets() []Subnet {
	var out []Subnet
	add := func(path string, ps []netip.Prefix) {
		for i, p := range ps {
			if p.IsValid() {
				out = append(out, Subnet{fmt.Sprintf("%s[%d]", path, i), p})
			}
		}
	}
	add("spec.kubernetes.podSubnets", c.Spec.Kubernetes.PodSubnets)
	add("spec.kubernetes.serviceSubnets", c.Spec.Kubernetes.ServiceSubnets)
	add("spec.kubernetes.ipFabricSubnets", c.Spec.Kubernetes.IPFabricSubnets)
	return out
}

func (k *checker) kubernetes() {
	s := k.c.Spec.Kubernetes
	if s.APIServer == (linklocal.Host{}) {
		k.missing("spec.kubernetes.apiServer", "is required: address or DNS name of the nested cluster's own API server")
	}
	for _, l := range []struct {
		path    string
		subnets []netip.Prefix
	}{
		{"spec.kubernetes.podSubnets", s.PodSubnets}, {"spec.kubernetes.serviceSubnets", s.ServiceSubnets},
		{"spec.kubernetes.ipFabricSubnets", s.IPFabricSubnets},
	} {
		if len(l.subnets) == 0 {
			k.errorf(l.path, "", "must not be empty: kube-manager stops without it; remove the line for the default")
		}
	}
	all := k.c.Subnets()
	for i, a := range all {
		for _, b := range all[:i] {
			if a.Prefix.Overlaps(b.Prefix) {
				k.errorf(a.Path, quote(a.Prefix.String()), "overlaps %s %s: choose disjoint subnets", b.Path, b.Prefix)
			}
		}
	}
	// Loopback is right: kube-manager is on the host network of a control-plane
	// node.
	ip := s.APIServer.Addr()
	if must := notAHost(ip); must != "" && !ip.IsLoopback() {
		k.errorf("spec.kubernetes.apiServer", quote(ip.String()), "%s", must)
	}
	k.outsideSubnets("spec.kubernetes.apiServer", ip)
	k.wholeName("spec.kubernetes.publicFIPPool", s.PublicFIPPool, false)
	if s.IPFabricForwarding && s.IPFabricSNAT {
		k.warnf("spec.kubernetes.ipFabricSNAT", "true", "has no effect: spec.kubernetes.ipFabricForwarding is true, and kube-manager then ignores it")
	}
}

// outsideSubnets demands that an address of the VMs' network lies in none of the
// nested cluster's subnets: kube-manager gives those away.
func (k *checker) outsideSubnets(path string, ip netip.Addr) {
	for _, s := range k.c.Subnets() {
		if ip.IsValid() && s.Prefix.Contains(ip) {
			k.errorf(path, quote(ip.String()), "lies in %s %s: the network of the VMs and the subnets of the nested cluster must be disjoint", s.Path, s.Prefix)
			return
		}
	}
}
