// Package keystone gets tokens for the config API the way OpenStack users know:
// from OS_* variables, clouds.yaml with secure.yaml, application credentials;
// Keystone v3 and v2.0. gophercloud speaks the protocol. What gophercloud would
// read of the environment by itself is handed to it.
package keystone

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"strings"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
)

// Source is where tokens come from.
type Source struct {
	// TLS are the settings that the environment asks for: a CA, or no
	// verification. Nil: none.
	TLS     *tls.Config
	options gophercloud.AuthOptions
}

// URL is where Keystone is.
func (s *Source) URL() string { return s.options.IdentityEndpoint }

// User names who the tokens belong to, for messages.
func (s *Source) User() string {
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
// one. It is not safe for concurrent use. Its errors hold no secret.
func (s *Source) Token(client http.Client) func(ctx context.Context, renew bool) (string, error) {
	var token string
	return func(ctx context.Context, renew bool) (string, error) {
		if token != "" && !renew {
			return token, nil
		}
		fresh, err := s.login(ctx, client)
		if err != nil {
			return "", err
		}
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
	where := "keystone " + s.URL() + ": "
	switch {
	case gophercloud.ResponseCodeIs(err, http.StatusUnauthorized):
		return fmt.Errorf("%s%s is refused: check name, password, project and domains (their names are case-sensitive)", where, s.User())
	case gophercloud.ResponseCodeIs(err, http.StatusNotFound):
		return fmt.Errorf("%sno such page: OS_AUTH_URL must end with /v3 or /v2.0, whichever this Keystone has", where)
	}
	for _, code := range []int{400, 403, 405, 429, 500, 502, 503, 504} {
		if gophercloud.ResponseCodeIs(err, code) {
			return fmt.Errorf("%s%d %s", where, code, http.StatusText(code))
		}
	}
	return fmt.Errorf("%s%s", where, s.redact(err.Error()))
}

// redact takes every secret out of a text that somebody else has composed.
func (s *Source) redact(text string) string {
	o := s.options
	for _, secret := range []string{o.Password, o.Passcode, o.ApplicationCredentialSecret, o.TokenID} {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	return text
}
