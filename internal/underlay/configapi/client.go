// Package configapi talks to Contrail's config API: the few calls that link-local
// services and Fabric SNAT need, over HTTP or HTTPS, to one of several servers.
//
// The behaviour of the server was recorded from a real one. The server has no
// compare-and-swap, so this package never sends a PUT twice: a caller that gets no
// answer has to read again.
package configapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/nested-config/nested-config/internal/secret"
	"github.com/nested-config/nested-config/internal/underlay/guard"
)

// Token gives the token to send; with renew, a new one in place of one that was
// refused. An empty token sends none.
type Token func(ctx context.Context, renew bool) (string, error)

// Options say where the config API is and how to talk to it.
type Options struct {
	// URLs of the servers, such as http://192.168.1.100:8082. The first that
	// answers is used, and stays in use as long as it answers.
	URLs []string
	// Transport does the requests, such as guard.Transport; it carries the TLS and
	// proxy settings.
	Transport http.RoundTripper
	// Timeout of one request, its answer included.
	Timeout time.Duration
	// Token of the requests; nil when the config API asks for none.
	Token Token
	// User names who the token belongs to, for messages. Optional.
	User string
	// Secrets that no message may show, beside the token. Optional.
	Secrets *secret.Set
	// MaxRequest is the longest request that the server accepts, in bytes, if it is
	// another than the server's default.
	MaxRequest int
}

// Client is one config API with its servers. It is not safe for concurrent use:
// whoever reads in order to write does one thing after the other.
type Client struct {
	Options
	http    http.Client
	current int    // index of the server in use
	token   string // the last one that was sent
}

// maxAnswer bounds what is read of one answer, in bytes: four times the longest
// list that the server accepts, which leaves room for the records of ownership.
// The CronJob in examples/underlay has memory for it.
const maxAnswer = 4 << 20

func (o Options) maxAnswer() int64 { return max(maxAnswer, 4*int64(o.MaxRequest)) }

// New checks the URLs; it sends nothing.
func New(o Options) (*Client, error) {
	if len(o.URLs) == 0 {
		return nil, errors.New("--config-api: needs the URL of a config API, such as http://192.168.1.100:8082 (or set CONTRAIL_CONFIG_API)")
	}
	var errs []error
	o.URLs = append([]string(nil), o.URLs...)
	for i, raw := range o.URLs {
		if err := guard.Check(field(i, len(o.URLs)), raw, "http://192.168.1.100:8082", o.URLs...); err != nil {
			errs = append(errs, err)
		}
		o.URLs[i] = strings.TrimRight(raw, "/")
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	if o.Secrets == nil {
		o.Secrets = &secret.Set{}
	}
	return &Client{Options: o, http: guard.Client(guard.Options{
		Base: o.Transport, Timeout: o.Timeout, Limit: o.maxAnswer(), URLs: o.URLs})}, nil
}

// field names a URL by its place: what is wrong with it may be a password.
func field(i, n int) string {
	if n == 1 {
		return "--config-api"
	}
	return fmt.Sprintf("--config-api (%d of %d)", i+1, n)
}

// URL is the server in use.
func (c *Client) URL() string { return c.URLs[c.current] }

// safe calls change nothing on the server, or the same thing however often they
// are sent: they go to the next server when one does not answer.
const (
	safe   = true
	unsafe = false
)
