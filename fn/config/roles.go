package config

import (
	"iter"
	"net/netip"
	"reflect"

	"github.com/nested-config/nested-config/fn/linklocal"
)

// role is what the tags of a field of Underlay say of a role.
type role struct {
	linklocal.Role // without what a config holds
	field          int
	when, tls      string // conditions of Spec.Meets
	protocol       string
	inherits       bool // the nodes of config
}

var roles = rolesOf(reflect.TypeFor[Underlay]())

func rolesOf(underlay reflect.Type) []role {
	var out []role
	for i := range underlay.NumField() {
		f := underlay.Field(i)
		kind, tag := f.Tag.Get("yaml"), f.Tag.Get
		if tag("protocol") == "" {
			continue
		}
		out = append(out, role{
			Role:  linklocal.Role{Kind: linklocal.Kind(kind), Name: tag("role"), Path: "spec.underlay." + kind},
			field: i, when: tag("when"), tls: tag("tls"), protocol: tag("protocol"), inherits: tag("inherit") == "true",
		})
	}
	return out
}

// site is a section of Underlay that says where a role is.
type site interface {
	site() (fabrics []linklocal.Host, port int)
}

// clustered is a site that several nodes may share.
type clustered interface{ nodes() *[]netip.Addr }

func (r *Role) site() ([]linklocal.Host, int)         { return hosts(r.Nodes), r.Port }
func (r *RabbitMQ) site() ([]linklocal.Host, int)     { return hosts(r.Nodes), r.Port }
func (r *KeystoneHost) site() ([]linklocal.Host, int) { return []linklocal.Host{r.Host}, r.Port }

func (r *Role) nodes() *[]netip.Addr     { return &r.Nodes }
func (r *RabbitMQ) nodes() *[]netip.Addr { return &r.Nodes }

// section is what the field of a role holds, by reference.
func (r role) section(s *Spec) any {
	return reflect.ValueOf(&s.Underlay).Elem().Field(r.field).Addr().Interface()
}

// Roles are the services of the underlay that the nested cluster connects to, in
// the order in which they get service IPs. The vRouter agent is not among them: it
// is on every compute node.
func (s *Spec) Roles() []linklocal.Role {
	out := make([]linklocal.Role, 0, len(roles))
	for _, r := range roles {
		if at, ok := r.section(s).(site); ok && s.Meets(r.when) {
			role := r.Role
			role.Fabrics, role.Port = at.site()
			out = append(out, role)
		}
	}
	return out
}

// SpeaksTLS reports whether connections to a kind use TLS.
func (s *Spec) SpeaksTLS(kind linklocal.Kind) bool {
	r := roleOf(kind)
	return r.tls != "" && s.Meets(r.tls)
}

// Protocol is the protocol of a kind, by its name in package verify. It is "" for
// the kind of a service that was not made from a config.
func Protocol(kind linklocal.Kind) string { return roleOf(kind).protocol }

func roleOf(kind linklocal.Kind) role {
	for _, r := range roles {
		if r.Kind == kind {
			return r
		}
	}
	return role{}
}

// NodeLists are the node lists of the roles, each by its path below spec.
func (s *Spec) NodeLists() iter.Seq2[string, *[]netip.Addr] {
	return func(yield func(string, *[]netip.Addr) bool) {
		for _, r := range roles {
			if at, ok := r.section(s).(clustered); ok && !yield("underlay."+string(r.Kind)+".nodes", at.nodes()) {
				return
			}
		}
	}
}

// inheriting are the node lists that are those of config unless they are set.
func (s *Spec) inheriting() iter.Seq[*[]netip.Addr] {
	return func(yield func(*[]netip.Addr) bool) {
		for _, r := range roles {
			if r.inherits && !yield(r.section(s).(clustered).nodes()) {
				return
			}
		}
	}
}

func hosts(ips []netip.Addr) []linklocal.Host {
	out := make([]linklocal.Host, len(ips))
	for i, ip := range ips {
		out[i] = linklocal.HostAt(ip)
	}
	return out
}

// Request asks for the service IPs that the config needs: with LinkLocal one for
// each distinct fabric host, otherwise only for the vRouter agent.
func (c *Config) Request() linklocal.Request {
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

// Dial is the host that the pods of the nested cluster connect to in place of a
// fabric host: with LinkLocal the service IP of an address, otherwise the host
// itself. A name always stays a name, because certificates hold it; the pod gets a
// host alias.
func (c *Config) Dial(fabric linklocal.Host) string {
	if ip := c.ServiceIPs.ServiceIP(fabric); ip.IsValid() && fabric.Name() == "" {
		return ip.String()
	}
	return fabric.String()
}
