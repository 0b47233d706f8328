// Package verify checks, from the machine where it runs, that every address of the
// underlay that a nested cluster needs answers. It sends no credentials.
package verify

import (
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"time"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/secret"
	"github.com/nested-config/nested-config/internal/underlay/plan"
	"github.com/nested-config/nested-config/internal/workers"
)

// Protocol is how a target can be greeted.
type Protocol string

// The protocols; the roles of package config name theirs.
const (
	ConfigAPI Protocol = "config API"
	Keystone  Protocol = "Keystone"
	AMQP      Protocol = "AMQP"
	Thrift    Protocol = "Thrift"
	Agent     Protocol = "vRouter agent"
	TCP       Protocol = "TCP" // the role speaks last, as a collector does, or is unknown: connecting has to do
)

// Target is one address that has to answer.
type Target struct {
	Cluster string
	Kind    linklocal.Kind // what it has to be; unknown where only its name is known
	Name    string         // of the link-local service, or the role
	Host    string         // IP or DNS name to dial
	Port    int
	// Fabric is where a link-local service leads; empty for a direct address.
	Fabric   string
	SNAT     bool // a direct address, reached by Fabric SNAT
	Protocol Protocol
	TLS      bool
	// ServerName is for TLS and HTTP where it is another than Host.
	ServerName string
	Path       string // of HTTP
}

// Result is what became of a target.
type Result struct {
	Target
	OK      bool
	Latency time.Duration // until the greeting was answered, connecting included
	Seen    string        // what answered, such as a version
	Problem string        // what was seen instead
	Cause   string        // what it is likely to come from, and what to do
}

// Options of Probe.
type Options struct {
	Dial     func(ctx context.Context, network, address string) (net.Conn, error)
	TLS      *tls.Config   // nil: certificates are not checked
	Timeout  time.Duration // of one target, all in all
	Parallel int
}

// protocolOf says how a kind is greeted. A service of which only the name is known,
// because it was read from a rendered declaration, is greeted by TCP: a guess from a
// name or a port could call a service broken that is not.
func protocolOf(kind linklocal.Kind) Protocol {
	return cmp.Or(Protocol(config.Protocol(kind)), TCP)
}

// Services are the targets of declared link-local services.
func Services(cluster string, services []linklocal.Service) []Target {
	var out []Target
	for _, s := range services {
		out = append(out, Target{Cluster: cluster, Kind: s.Kind, Name: s.Name, Host: s.ServiceIP.String(), Port: int(s.ServicePort),
			Fabric: plan.Target(s), Protocol: protocolOf(s.Kind), ServerName: s.FabricDNSName, Path: "/"})
	}
	return out
}

// Config are the targets of a NestedConfig: its link-local services and, where
// it has no service IPs, the nodes themselves.
func Config(c config.Config) []Target {
	var out []Target
	if c.Spec.Connectivity != config.LinkLocalMode {
		for _, role := range c.Spec.Roles() {
			for _, host := range role.Fabrics {
				out = append(out, Target{Cluster: c.Name, Kind: role.Kind, Name: role.Name, Host: host.String(), Port: role.Port,
					SNAT: c.Spec.Connectivity == config.FabricSNATMode, Path: "/", Protocol: protocolOf(role.Kind)})
			}
		}
	}
	out = append(out, Services(c.Name, c.Services)...)
	for i := range out {
		t := &out[i]
		t.TLS = c.Spec.SpeaksTLS(t.Kind)
		if t.Kind == linklocal.Keystone {
			t.Path = c.Spec.Auth.URLVersion
		}
	}
	return out
}

// Probe greets every target, several at a time, and gives the results in the
// order of the targets. An address that several clusters share is greeted once
// for each: it is a fact of each.
func Probe(ctx context.Context, targets []Target, o Options) []Result {
	results := make([]Result, len(targets))
	// The end of ctx ends every probe, each with its result.
	workers.Each(context.WithoutCancel(ctx), o.Parallel, len(targets), func() func(int) bool {
		return func(i int) bool {
			results[i] = probe(ctx, targets[i], o)
			return true
		}
	})
	return results
}

func probe(ctx context.Context, t Target, o Options) Result {
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	r := Result{Target: t}
	start := time.Now()
	var said *secret.Set // none is sent; it cuts what a peer says to a line that can be shown
	seen, err := greet(ctx, t, o)
	if err != nil {
		r.Problem, r.Cause = explain(t, err)
		r.Problem = said.Foreign(r.Problem)
		return r
	}
	r.OK, r.Seen, r.Latency = true, said.Foreign(seen), time.Since(start)
	return r
}
