// Package guard does all HTTP requests of the underlay commands. A request with a
// password or a token goes only to the scheme, host and port that the operator has
// named, whatever a redirect, a version document, a service catalog or a library
// says. Answers are bounded, in bytes and in time.
package guard

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/nested-config/nested-config/internal/pattern"
)

// Options of a Client.
type Options struct {
	// Base does the requests: a Transport, or what a test puts in its place.
	Base http.RoundTripper
	// Timeout of one request, its answer included.
	Timeout time.Duration
	// Limit of one answer, in bytes as they are read, whatever was sent for them.
	Limit int64
	// URLs whose origins requests may go to.
	URLs []string
	// Login: also the bodies of requests hold secrets.
	Login bool
}

// Client is an HTTP client that follows no redirect, keeps no cookie, and obeys
// the Options.
func Client(o Options) http.Client {
	g := guard{Options: o}
	for _, raw := range o.URLs {
		if u, err := url.Parse(raw); err == nil {
			g.origins = append(g.origins, origin(u))
		}
	}
	return http.Client{
		Transport:     g,
		Timeout:       o.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Elsewhere says that a request was not sent, because it would have left the
// origins that it belongs to.
type Elsewhere struct{ Origin string }

func (e *Elsewhere) Error() string {
	return fmt.Sprintf("%s is another scheme, host or port: nothing was sent there", e.Origin)
}

// ErrTooLong says that an answer is longer than the Limit.
var ErrTooLong = errors.New("the answer is too long")

// ErrEncoded says that an answer is compressed, which nobody has asked for.
var ErrEncoded = errors.New("the answer is compressed, but compression was not requested")

// ErrProxy says that a request was not sent, because a proxy would have read the
// secrets in it.
var ErrProxy = errors.New("a proxy of the environment would read the password or the token in clear: use https, or name the host in NO_PROXY")

type guard struct {
	Options
	origins []string
}

func (g guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if origin := origin(r.URL); r.URL.User != nil || !slices.Contains(g.origins, origin) {
		return nil, &Elsewhere{origin}
	}
	secret := g.Login && r.Body != nil && r.Body != http.NoBody
	for _, name := range []string{"X-Auth-Token", "X-Subject-Token", "Authorization"} {
		secret = secret || r.Header.Get(name) != ""
	}
	if secret {
		r = r.WithContext(context.WithValue(r.Context(), carriesSecret{}, true))
	}
	resp, err := g.Base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if e := resp.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		resp.Body.Close()
		return nil, ErrEncoded
	}
	resp.Body = &bounded{resp.Body, g.Limit}
	return resp, nil
}

// carriesSecret marks the context of such a request, for the choice of a proxy.
type carriesSecret struct{}

// bounded reads no more than left bytes, and fails when there are more.
type bounded struct {
	io.ReadCloser
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrTooLong
	}
	// One more than is left, to see whether there is more.
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left+1)])
	if b.left -= int64(n); b.left < 0 {
		return n - 1, ErrTooLong
	}
	return n, err
}

// maxHeader bounds the headers of an answer, in bytes.
const maxHeader = 64 << 10

// Transport is net/http's with a limit on everything that can take long, and
// without compression: the answers are short, and a short one can grow. The proxy
// is given, such as http.ProxyFromEnvironment.
func Transport(config *tls.Config, proxy func(*http.Request) (*url.URL, error), timeout time.Duration) *http.Transport {
	return &http.Transport{
		Proxy:                  honest(proxy),
		TLSClientConfig:        config,
		DialContext:            (&net.Dialer{Timeout: min(timeout, 5*time.Second), KeepAlive: 15 * time.Second}).DialContext,
		TLSHandshakeTimeout:    min(timeout, 10*time.Second),
		ResponseHeaderTimeout:  timeout,
		MaxResponseHeaderBytes: maxHeader,
		DisableCompression:     true,
		IdleConnTimeout:        30 * time.Second,
		MaxIdleConnsPerHost:    1,
	}
}

// honest asks a proxy for https, which it passes on without reading it, and for
// http without secrets.
func honest(proxy func(*http.Request) (*url.URL, error)) func(*http.Request) (*url.URL, error) {
	if proxy == nil {
		return nil
	}
	return func(r *http.Request) (*url.URL, error) {
		u, err := proxy(r)
		switch {
		case err != nil: // it quotes the proxy's URL, and that may hold a password
			return nil, errors.New("HTTP_PROXY or HTTPS_PROXY is not a URL")
		case u != nil && r.URL.Scheme == "http" && r.Context().Value(carriesSecret{}) != nil:
			return nil, ErrProxy
		}
		return u, nil
	}
}

// origin is the scheme, host and port of a URL, the port also where it is the
// scheme's own.
func origin(u *url.URL) string {
	scheme, port := strings.ToLower(u.Scheme), u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[scheme]
	}
	return scheme + "://" + net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

// plain is what is shown of a URL that is refused: a host and a port, which a
// password cannot look like unless an @ follows somewhere.
var plain = pattern.Of(`^([a-z]+://)?[A-Za-z0-9.-]+(:[0-9]+)?/?$`)

// Check refuses what cannot be the URL of a server, in words that hold nothing
// of what may be a password. The field says where the URL is from, and beside are
// the others of the same list: a comma in a password may have parted them.
func Check(field, raw, example string, beside ...string) error {
	u, err := url.Parse(raw)
	if plain().MatchString(raw) && !strings.Contains(strings.Join(beside, ""), "@") {
		field += fmt.Sprintf(": %q", raw)
	}
	switch {
	case err == nil && u.User != nil, strings.Contains(raw, "@"):
		return fmt.Errorf("%s: must hold no user and no password: credentials come from OS_* variables or clouds.yaml", field)
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("%s: must be a URL such as %s", field, example)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return fmt.Errorf("%s: must end with the host, the port or a path, such as %s", field, example)
	}
	return nil
}
