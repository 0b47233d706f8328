package verify

import (
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"strconv"
)

// stage is how far a greeting came; failures at different stages have
// different causes.
type stage int

const (
	connecting stage = iota
	securing
	greeting
	reading // an answer came, and is not what the protocol has
)

type failure struct {
	stage stage
	err   error
}

func (f failure) Error() string { return f.err.Error() }
func (f failure) Unwrap() error { return f.err }

func greet(ctx context.Context, t Target, o Options) (string, error) {
	conn, err := o.Dial(ctx, "tcp", net.JoinHostPort(t.Host, strconv.Itoa(t.Port)))
	if err != nil {
		return "", failure{connecting, err}
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return "", failure{connecting, err}
		}
	}
	if t.TLS {
		config := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}
		if o.TLS != nil {
			config = o.TLS.Clone()
		}
		config.ServerName = cmp.Or(t.ServerName, t.Host)
		secured := tls.Client(conn, config)
		if err := secured.HandshakeContext(ctx); err != nil {
			return "", failure{securing, err}
		}
		conn = secured
	}
	return greetings[t.Protocol](conn, t)
}

var greetings = map[Protocol]func(net.Conn, Target) (string, error){
	ConfigAPI: greetConfigAPI, Keystone: greetKeystone, AMQP: greetAMQP, Thrift: greetThrift, Agent: greetAgent, TCP: greetTCP,
}
