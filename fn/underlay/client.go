package underlay

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/url"
	"time"

	"github.com/nested-config/nested-config/internal/secret"
	"github.com/nested-config/nested-config/internal/underlay/configapi"
	"github.com/nested-config/nested-config/internal/underlay/guard"
)

// ClientOptions say where the config API is and how to talk to it.
type ClientOptions struct {
	// URLs of the servers, such as http://192.168.1.100:8082. The first that
	// answers is used, and stays in use as long as it answers.
	URLs []string
	// TLS are the settings for https, and Proxy chooses a proxy, such as
	// http.ProxyFromEnvironment. Both are optional. No token goes through a proxy
	// that could read it.
	TLS   *tls.Config
	Proxy func(*http.Request) (*url.URL, error)
	// Transport does the requests in place of one that is made of TLS and Proxy.
	// Optional.
	Transport http.RoundTripper
	// Timeout of one request, its answer included; 0 is 30 seconds.
	Timeout time.Duration
	// Token gives the token of Keystone to send; with renew, a new one in place of
	// one that was refused. An empty token sends none. Nil: the config API asks
	// for none.
	Token func(ctx context.Context, renew bool) (string, error)
	// User names who the token belongs to, for messages. Optional.
	User string
	// Secrets are passwords that no message and no report may show, beside the
	// token. Optional.
	Secrets []string
	// MaxRequest is the longest request that the server accepts, in bytes, if it is
	// another than the server's default.
	MaxRequest int
}

// defaultTimeout is that of the command line.
const defaultTimeout = 30 * time.Second

// Client is one config API with its servers. It is not safe for concurrent use.
type Client struct{ api *configapi.Client }

// NewClient checks the URLs; it sends nothing.
func NewClient(o ClientOptions) (*Client, error) {
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.Transport == nil {
		o.Transport = guard.Transport(o.TLS, o.Proxy, o.Timeout)
	}
	secrets := &secret.Set{}
	secrets.Add(o.Secrets...)
	api, err := configapi.New(configapi.Options{URLs: o.URLs, Transport: o.Transport, Timeout: o.Timeout,
		Token: o.Token, User: o.User, Secrets: secrets, MaxRequest: o.MaxRequest})
	if err != nil {
		return nil, err
	}
	return &Client{api}, nil
}
