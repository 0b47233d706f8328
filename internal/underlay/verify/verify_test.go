package verify_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nested-config/nested-config/internal/underlay/apitest"
	"github.com/nested-config/nested-config/internal/underlay/verify"
)

// target is what listens at an address of loopback.
func target(t *testing.T, address string, p verify.Protocol) verify.Target {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return verify.Target{Host: host, Port: n, Protocol: p, Path: "/"}
}

func peer(t *testing.T, kind string) string {
	t.Helper()
	listener, err := apitest.Peer(kind)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener.Addr().String()
}

// TestGreetings meets what cannot be met by the scripts of the command.
func TestGreetings(t *testing.T) {
	secure := httptest.NewUnstartedServer(apitest.New())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // it is meant to be refused
	secure.StartTLS()
	defer secure.Close()
	pool := x509.NewCertPool()
	pool.AddCert(secure.Certificate())
	trusted, untrusted := &tls.Config{RootCAs: pool}, &tls.Config{RootCAs: x509.NewCertPool()}
	secureAddress := strings.TrimPrefix(secure.URL, "https://")
	named := func(t verify.Target, name string) verify.Target { t.TLS, t.ServerName = true, name; return t }

	for _, tc := range []struct {
		reason         string
		target         verify.Target
		tls            *tls.Config
		seen           string
		problem, cause string
	}{
		{"TLS with a CA", named(target(t, secureAddress, verify.ConfigAPI), ""), trusted, "4 links", "", ""},
		{"TLS without one: certificates are not checked", named(target(t, secureAddress, verify.ConfigAPI), ""), nil, "4 links", "", ""},
		{"TLS of another CA", named(target(t, secureAddress, verify.ConfigAPI), ""), untrusted, "",
			"certificate is not trusted", "give the CA that signed it with --ca-cert"},
		{"TLS for another name", named(target(t, secureAddress, verify.ConfigAPI), "keystone.invalid"), trusted, "",
			"certificate is for another name", "the certificate must contain the service IP, or the config must have the DNS name of the certificate"},
		{"TLS where there is none", named(target(t, peer(t, "config-api"), verify.ConfigAPI), ""), nil, "",
			"the service does not speak TLS", "the config says that it does (spec.tls, spec.auth.protocol)"},
		{"an old RabbitMQ", target(t, peer(t, "amqp-old"), verify.AMQP), nil, "",
			"wants AMQP 0.8.0, but kube-manager speaks 0.9.1", "another service answers: the port is wrong"},
		{"Thrift spoken to somebody else", target(t, peer(t, "banner"), verify.Thrift), nil, "",
			"the answer is not a Thrift frame", "another service answers: the port is wrong"},
		{"AMQP spoken to somebody else", target(t, peer(t, "banner"), verify.AMQP), nil, "",
			"the answer is not AMQP", "another service answers: the port is wrong"},
		{"HTTP spoken to RabbitMQ", target(t, peer(t, "amqp-old"), verify.Agent), nil, "",
			"the answer is not HTTP", "another service answers: the port is wrong"},
	} {
		r := verify.Probe(t.Context(), []verify.Target{tc.target}, verify.Options{
			Dial: new(net.Dialer).DialContext, TLS: tc.tls, Timeout: time.Second})[0]
		if d := cmp.Diff([]any{tc.seen != "", tc.seen, tc.problem, tc.cause}, []any{r.OK, r.Seen, r.Problem, r.Cause}); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.reason, d)
		}
	}
}

// TestKubectlThatFails is no count of zero.
func TestKubectlThatFails(t *testing.T) {
	broken := errors.New("kubectl: exit status 1: Unauthorized")
	_, err := verify.KubeManagers(t.Context(), func(context.Context, string, ...string) ([]byte, error) { return nil, broken }, "")
	if !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	_, err = verify.KubeManagers(t.Context(), func(context.Context, string, ...string) ([]byte, error) { return []byte("no JSON"), nil }, "")
	if err == nil || !strings.HasPrefix(err.Error(), "kubectl: the answer is not a list of pods") {
		t.Errorf("%v", err)
	}
}
