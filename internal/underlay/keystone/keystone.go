// Package keystone gets tokens for the config API as other OpenStack clients do:
// from OS_* variables, clouds.yaml with secure.yaml, or application credentials;
// with Keystone v3 and v2.0. gophercloud speaks the protocol, through package
// guard, so it sends requests only to Keystone, whatever an answer says.
// gophercloud reads no environment: it gets the variables as arguments.
package keystone

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"

	"github.com/nested-config/nested-config/internal/printable"
	"github.com/nested-config/nested-config/internal/secret"
	"github.com/nested-config/nested-config/internal/underlay/guard"
)

// Source is where tokens come from.
type Source struct {
	// TLS are the settings of clouds.yaml: a CA, a certificate, or no verification.
	// Nil: none.
	TLS *tls.Config
	// Secrets are what no message may show: those that are given, and the tokens.
	Secrets *secret.Set
	// Given are those of Secrets that are no tokens.
	Given   []string
	options gophercloud.AuthOptions
	unused  []string // credentials that are given beside those that are used
}

// maxAnswer bounds what is read of one answer, in bytes. A token with the catalog
// of a large cloud is a tenth of it.
const maxAnswer = 512 << 10

// URL is where Keystone is.
func (s *Source) URL() string { return printable.Text(s.options.IdentityEndpoint) }

// User names who the tokens belong to, and which credentials are used where there
// are several, for messages.
func (s *Source) User() string {
	if len(s.unused) > 0 {
		return fmt.Sprintf("%s (not used: %s)", s.owner(), strings.Join(s.unused, ", "))
	}
	return s.owner()
}

func (s *Source) owner() string {
	o := s.options
	switch {
	case o.ApplicationCredentialID != "":
		return fmt.Sprintf("application credential %q", o.ApplicationCredentialID)
	case o.ApplicationCredentialName != "":
		return fmt.Sprintf("application credential %q of user %q", o.ApplicationCredentialName, o.Username+o.UserID)
	case o.TokenID != "":
		return "the owner of OS_TOKEN"
	}
	return fmt.Sprintf("user %q of project %q", o.Username+o.UserID, o.TenantName+o.TenantID)
}

// Token returns a function that gives the current token, or with renew a new
// one. Base does the requests, such as guard.Transport; timeout is of one, its
// answer included. It is not safe for concurrent use. Its errors hold no secret.
func (s *Source) Token(base http.RoundTripper, timeout time.Duration) func(ctx context.Context, renew bool) (string, error) {
	client := guard.Client(guard.Options{Base: base, Timeout: timeout, Limit: maxAnswer, URLs: []string{s.options.IdentityEndpoint}, Login: true})
	var token string
	return func(ctx context.Context, renew bool) (string, error) {
		if token != "" && !renew {
			return token, nil
		}
		fresh, err := s.login(ctx, client)
		if err != nil {
			return "", err
		}
		s.Secrets.Add(fresh)
		token = fresh
		return token, nil
	}
}

func (s *Source) login(ctx context.Context, client http.Client) (string, error) {
	provider, err := openstack.NewClient(s.options.IdentityEndpoint)
	if err != nil {
		return "", s.explain(err)
	}
	provider.HTTPClient = client
	if err := openstack.Authenticate(ctx, provider, s.options); err != nil {
		return "", s.explain(err)
	}
	return provider.Token(), nil
}

// explain says what a failed login means, without anything that is secret.
func (s *Source) explain(err error) error {
	var elsewhere *guard.Elsewhere
	var status gophercloud.ErrUnexpectedResponseCode
	var network *url.Error
	say := func(format string, args ...any) error {
		return fmt.Errorf("keystone "+strings.ReplaceAll(s.URL(), "%", "%%")+": "+format, args...)
	}
	switch {
	case errors.As(err, &elsewhere):
		return say("its list of versions leads to %s, which is another scheme, host or port: nothing was sent there; set OS_AUTH_URL to the right URL, with /v3 or /v2.0 at its end", s.Secrets.Foreign(elsewhere.Origin))
	case errors.Is(err, guard.ErrTooLong):
		return say("%v: more than %d bytes", guard.ErrTooLong, maxAnswer)
	case errors.Is(err, guard.ErrEncoded), errors.Is(err, guard.ErrProxy):
		return say("%v", errors.Unwrap(err))
	case errors.As(err, &status):
		return say("%s", s.status(status.Actual))
	case errors.As(err, &network) && network.Timeout():
		return say("no answer in time")
	case errors.As(err, &network):
		return say("%s", s.Secrets.Error(network.Err))
	}
	return say("%s", s.Secrets.Error(err))
}

// status says what an answer means that is none of a login.
func (s *Source) status(code int) string {
	switch {
	case code == http.StatusUnauthorized:
		return s.User() + " is refused: check name, password, project and domains (their names are case-sensitive)"
	case code == http.StatusNotFound:
		return "no such page: OS_AUTH_URL must end with /v3 or /v2.0, as this Keystone requires"
	case slices.Contains([]int{301, 302, 303, 307, 308}, code):
		return fmt.Sprintf("%d %s: redirects are not followed, because they would carry the password away: set OS_AUTH_URL to the URL that it leads to", code, http.StatusText(code))
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", code, http.StatusText(code)))
}
