package config

import (
	"net/netip"

	"github.com/nested-config/nested-config/fn/linklocal"
)

// Roles are what the nested cluster reaches in the underlay, in the order in
// which service IPs are given: config, analytics, message queue, config DB,
// Keystone. The names are the guide's.
func (s Spec) Roles() []linklocal.Role {
	u := s.Underlay
	roles := []linklocal.Role{
		{Kind: linklocal.Config, Name: "Contrail Config", Path: "spec.underlay.config", Fabrics: hosts(u.Config.Nodes), Port: u.Config.Port},
		{Kind: linklocal.Analytics, Name: "Contrail Analytics", Path: "spec.underlay.analytics", Fabrics: hosts(u.Analytics.Nodes), Port: u.Analytics.Port},
		{Kind: linklocal.RabbitMQ, Name: "Contrail Msg Queue", Path: "spec.underlay.rabbitmq", Fabrics: hosts(u.RabbitMQ.Nodes), Port: u.RabbitMQ.Port},
		{Kind: linklocal.ConfigDB, Name: "Contrail VNC DB", Path: "spec.underlay.configDB", Fabrics: hosts(u.ConfigDB.Nodes), Port: u.ConfigDB.Port},
	}
	if s.Auth.Mode == Keystone {
		roles = append(roles, linklocal.Role{Kind: linklocal.Keystone, Name: "Keystone", Path: "spec.underlay.keystone", Fabrics: []linklocal.Host{u.Keystone.Host}, Port: u.Keystone.Port})
	}
	return roles
}

func hosts(ips []netip.Addr) []linklocal.Host {
	out := make([]linklocal.Host, len(ips))
	for i, ip := range ips {
		out[i] = linklocal.HostAt(ip)
	}
	return out
}

// Request asks for the service IPs that the config needs: with LinkLocal one
// for each distinct fabric host, otherwise for the vRouter agent alone.
func (c Config) Request() linklocal.Request {
	r := linklocal.Request{
		Pool:       c.Spec.LinkLocal.Pool,
		Exclude:    c.Spec.LinkLocal.Exclude,
		Pins:       c.Spec.LinkLocal.ServiceIPs,
		VRouterPin: c.Spec.LinkLocal.VRouterServiceIP,
	}
	if c.Spec.Connectivity != LinkLocalMode {
		return r
	}
	seen := map[linklocal.Host]bool{}
	for _, role := range c.Spec.Roles() {
		for _, f := range role.Fabrics {
			if !seen[f] {
				seen[f] = true
				r.Fabrics = append(r.Fabrics, f)
			}
		}
	}
	return r
}

// Dial is what the pods of the nested cluster dial for a fabric host: with
// LinkLocal the service IP of an address, otherwise the host itself. A name
// stays in any case, because certificates hold it; the pod gets a host alias.
func (c Config) Dial(fabric linklocal.Host) string {
	if ip := c.ServiceIPs.ServiceIP(fabric); ip.IsValid() && fabric.Name() == "" {
		return ip.String()
	}
	return fabric.String()
}
