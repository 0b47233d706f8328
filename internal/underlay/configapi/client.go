// Package configapi talks to Contrail's config API: the few calls that link-local
// services and Fabric SNAT need, over HTTP or HTTPS, to one of several servers.
//
// The behaviour of the server was recorded from a real one. The server has no
// compare-and-swap, so this package never sends a PUT twice: a caller that gets no
// answer has to read again.
package configapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
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

// answer is what a server said, its body read in full.
type answer struct {
	status int
	etag   string
	body   []byte
}

// safe calls change nothing on the server, or the same thing however often they
// are sent: they go to the next server when one does not answer.
const (
	safe   = true
	unsafe = false
)

// call sends one request and gives its answer when it is one of the statuses
// wanted. A token that is refused is renewed; the request is then sent again
// only if it is safe, because for the others the caller must look again first.
func (c *Client) call(ctx context.Context, isSafe bool, method, path string, header http.Header, body []byte, want ...int) (answer, error) {
	a, err := c.send(ctx, isSafe, method, path, header, body)
	if err == nil && a.status == http.StatusUnauthorized && c.Token != nil {
		if _, err := c.Token(ctx, true); err != nil {
			return answer{}, err
		}
		if !isSafe {
			return answer{}, ErrTokenRenewed
		}
		a, err = c.send(ctx, isSafe, method, path, header, body)
	}
	if err != nil {
		return answer{}, err
	}
	for _, w := range want {
		if a.status == w {
			return a, nil
		}
	}
	return answer{}, c.statusError(method, path, a)
}

// send tries the servers in turn, beginning with the one in use. Only a safe
// request goes on to the next.
func (c *Client) send(ctx context.Context, isSafe bool, method, path string, header http.Header, body []byte) (answer, error) {
	// Once for all of them: another config API does not make a password right, and Keystone may lock a user after a few wrong ones.
	token, err := c.bearer(ctx)
	if err != nil {
		return answer{}, err
	}
	var errs []error
	for range c.URLs {
		a, err := c.once(ctx, token, method, path, header, body)
		unavailable := err == nil && (a.status == http.StatusServiceUnavailable || a.status == http.StatusBadGateway)
		if err == nil && !unavailable {
			return a, nil
		}
		if unavailable {
			err = c.statusError(method, path, a)
		}
		if !isSafe || ctx.Err() != nil {
			return answer{}, err
		}
		errs = append(errs, err)
		c.current = (c.current + 1) % len(c.URLs)
	}
	return answer{}, errors.Join(errs...)
}

// bearer is the token to send; empty for none.
func (c *Client) bearer(ctx context.Context) (string, error) {
	if c.Token == nil {
		return "", nil
	}
	token, err := c.Token(ctx, false)
	if err != nil {
		return "", err
	}
	if token != "" && token != c.token {
		c.token = token
		c.Secrets.Add(token)
	}
	return token, nil
}

func (c *Client) once(ctx context.Context, token, method, path string, header http.Header, body []byte) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.URL()+path, bytes.NewReader(body))
	if err != nil {
		return answer{}, c.noAnswer(method, path, "", err)
	}
	for k, v := range header {
		req.Header[k] = v
	}
	if body != nil {
		// Without it the server answers 200 and stores nothing.
		req.Header.Set("Content-Type", `application/json; charset="UTF-8"`)
	}
	if token != "" {
		req.Header.Set("X-Auth-Token", token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return answer{}, c.noAnswer(method, path, "", err)
	}
	defer resp.Body.Close()
	a := answer{status: resp.StatusCode, etag: resp.Header.Get("ETag")}
	a.body, err = io.ReadAll(resp.Body)
	switch {
	case errors.Is(err, guard.ErrTooLong):
		return answer{}, c.noAnswer(method, path, "", fmt.Errorf("%w: more than %d bytes", err, c.maxAnswer()))
	case err != nil && resp.StatusCode < 400:
		// A refusal may come without the body that it announces: the status is enough.
		return answer{}, c.noAnswer(method, path, "the answer was cut short", err)
	}
	return a, nil
}

// noAnswer makes the error of a request that has brought nothing of use. What
// net/http says of it may quote the server.
func (c *Client) noAnswer(method, path, what string, err error) *NoAnswer {
	e := &NoAnswer{c.URL(), method, path, what, err}
	if err == nil {
		return e
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // without the URL and the method, which NoAnswer says itself
	}
	cause := c.Secrets.Error(err)
	if u != nil && u.Timeout() {
		cause = "no answer in time"
	}
	if what == "" {
		e.What = cause
	} else {
		e.What = fmt.Sprintf("%s (%s)", what, cause)
	}
	return e
}

// decode reads an answer that must be JSON.
func (a answer) decode(c *Client, method, path string, v any) error {
	if err := json.Unmarshal(a.body, v); err != nil {
		return c.noAnswer(method, path, notJSON, err)
	}
	return nil
}

const notJSON = "the answer is no JSON of a config API"
