package cli_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/cli"
	"github.com/nested-config/nested-config/internal/golden"
	"github.com/nested-config/nested-config/internal/underlay/apitest"
	"github.com/nested-config/nested-config/internal/underlay/verify"

	"github.com/rogpeppe/go-internal/testscript"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// site is what a script runs against: a config API, a Keystone, and peers that
// can be probed, all on loopback.
type site struct {
	api      *apitest.Server
	keystone *apitest.Keystone
	apiURL   string
	osURL    string
	peers    map[string]string // address in the script → on loopback, or an error
	pods     string            // what kubectl gives
}

type siteKey struct{}

// TestUnderlay runs the scripts: each is a document, with commands against a
// config API that answers as the real one was recorded to answer.
//
//	underlay STATUS plan|apply|verify|remove …
//	nested STATUS COMMAND…
//	api set PROPERTY VALUE|FILE [FQNAME], api get PROPERTY [FQNAME], api log
//	api auth|revoke
//	peer ADDRESS PROTOCOL, peers FILE
func TestUnderlay(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/underlay",
		UpdateScripts:       golden.Update(),
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			s := &site{api: apitest.New(), peers: map[string]string{}}
			s.keystone = &apitest.Keystone{Server: s.api}
			api, keystone := httptest.NewServer(s.api), httptest.NewServer(s.keystone)
			env.Defer(api.Close)
			env.Defer(keystone.Close)
			s.apiURL, s.osURL = api.URL, keystone.URL
			env.Setenv("API", api.URL)
			env.Setenv("KEYSTONE", keystone.URL)
			env.Values[siteKey{}] = s
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"underlay": runUnderlay,
			"nested":   runNested,
			"api":      runAPI,
			"peer":     runPeer,
			"peers":    runPeers,
		},
	})
}

func theSite(ts *testscript.TestScript) *site { return ts.Value(siteKey{}).(*site) }

var duration = regexp.MustCompile(`\b[0-9]+(\.[0-9]+)?(µs|ms|s)\b`)

// runUnderlay calls the command line in process, and makes what differs from run
// to run the same: addresses of servers, times.
func runUnderlay(ts *testscript.TestScript, neg bool, args []string) {
	runNested(ts, neg, slices.Insert(args, 1, "underlay"))
}

// runNested is runUnderlay for any command.
func runNested(ts *testscript.TestScript, neg bool, args []string) {
	s := theSite(ts)
	want, err := strconv.Atoi(args[0])
	if err != nil || neg {
		ts.Fatalf("usage: nested STATUS COMMAND…")
	}
	var out, stderr bytes.Buffer
	var in io.Reader = strings.NewReader("")
	if slices.Contains(args, "-") {
		in = strings.NewReader(ts.ReadFile("stdin.yaml"))
	}
	for i, a := range args {
		if strings.HasSuffix(a, ".yaml") || strings.HasSuffix(a, ".env") || strings.HasSuffix(a, ".ini") || strings.HasSuffix(a, "/") {
			args[i] = ts.MkAbs(a)
		}
	}
	status := cli.Run(args[1:], cli.Env{
		In: in, Out: &out, Err: &stderr, Getenv: ts.Getenv, InIsTerminal: true,
		Dial: s.dial, Exec: s.exec, Interrupt: context.WithCancel,
	})
	clean := strings.NewReplacer(s.apiURL, "http://192.168.1.100:8082", s.osURL, "http://192.168.1.200:5000", ts.MkAbs(".")+"/", "").Replace
	fmt.Fprint(ts.Stdout(), duration.ReplaceAllString(clean(out.String()), "1.2ms"))
	fmt.Fprint(ts.Stderr(), clean(stderr.String()))
	for _, secret := range []string{"p%ss", "b0b", "s3cret", "token-"} {
		if strings.Contains(out.String()+stderr.String(), secret) {
			ts.Fatalf("shows the secret %q:\n%s%s", secret, out.String(), stderr.String())
		}
	}
	if status != want {
		ts.Fatalf("status %d, want %d\n%s%s", status, want, out.String(), stderr.String())
	}
}

func runAPI(ts *testscript.TestScript, _ bool, args []string) {
	s := theSite(ts)
	switch args[0] {
	case "set":
		value := args[2]
		if strings.HasSuffix(value, ".json") {
			value = ts.ReadFile(value)
		}
		s.api.Set(args[1], value, args[3:]...)
	case "get":
		// One entry a line.
		fmt.Fprintln(ts.Stdout(), strings.NewReplacer("}, {", "},\n{", "[{", "[\n{", "}]", "}\n]").Replace(s.api.Get(args[1], args[2:]...)))
	case "create":
		s.api.Create(args[1], args[2:]...)
	case "log":
		fmt.Fprintln(ts.Stdout(), strings.Join(s.api.Log(), "\n"))
	case "logins":
		fmt.Fprintln(ts.Stdout(), strings.Join(s.keystone.Logins, "\n"))
	case "auth":
		s.api.Tokens = map[string]apitest.Role{}
	case "v2only":
		s.keystone.V2Only = true
	case "revoke":
		s.api.Revoke()
	default:
		ts.Fatalf("unknown: api %s", args[0])
	}
}

// runPeer starts something that answers at an address, or fails at it.
func runPeer(ts *testscript.TestScript, _ bool, args []string) {
	s := theSite(ts)
	address, kind := args[0], args[1]
	if kind == "kubectl" {
		s.pods = ts.ReadFile(address)
		return
	}
	if kind == "refused" || kind == "silent" {
		s.peers[address] = kind
		return
	}
	listener, err := apitest.Peer(kind)
	if err != nil {
		ts.Fatalf("%v", err)
	}
	ts.Defer(func() { listener.Close() })
	s.peers[address] = listener.Addr().String()
}

// runPeers starts what a NestedConfig wants to reach.
func runPeers(ts *testscript.TestScript, _ bool, args []string) {
	services, err := servicesOf(ts.ReadFile(args[0]))
	ts.Check(err)
	stop, err := theSite(ts).serve(services)
	ts.Check(err)
	ts.Defer(stop)
}

// servicesOf are the link-local services of a NestedConfig.
func servicesOf(text string) ([]linklocal.Service, error) {
	n, err := yaml.Parse(text)
	if err != nil {
		return nil, err
	}
	c, problems := config.Load(n.YNode())
	if problems.Errors() {
		return nil, errors.New(problems[0].String())
	}
	return c.Services, nil
}

// serve starts a peer for each link-local service.
func (s *site) serve(services []linklocal.Service) (stop func(), err error) {
	var listeners []net.Listener
	for _, service := range services {
		kind := map[verify.Protocol]string{verify.ConfigAPI: "config-api", verify.AMQP: "amqp", verify.Thrift: "thrift",
			verify.Keystone: "keystone", verify.Agent: "agent", verify.TCP: "collector"}[verify.Protocol(config.Protocol(service.Kind))]
		listener, err := apitest.Peer(kind)
		if err != nil {
			return nil, err
		}
		listeners = append(listeners, listener)
		s.peers[netip.AddrPortFrom(service.ServiceIP, service.ServicePort).String()] = listener.Addr().String()
	}
	return func() {
		for _, l := range listeners {
			l.Close()
		}
	}, nil
}

func (s *site) dial(ctx context.Context, network, address string) (net.Conn, error) {
	switch to := s.peers[address]; to {
	case "refused":
		return new(net.Dialer).DialContext(ctx, network, "127.0.0.1:1")
	case "", "silent":
		<-ctx.Done()
		return nil, &net.OpError{Op: "dial", Net: network, Err: os.ErrDeadlineExceeded}
	default:
		return new(net.Dialer).DialContext(ctx, network, to)
	}
}

func (s *site) exec(_ context.Context, name string, args ...string) ([]byte, error) {
	if s.pods == "" {
		return nil, errors.New("kubectl: not found")
	}
	return []byte(s.pods), nil
}
