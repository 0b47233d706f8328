package configapi

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// ErrTokenRenewed says that a request was refused for its token, nothing was
// done, and the next one will carry a new token.
var ErrTokenRenewed = errors.New("the token was refused and has been renewed")

// NoAnswer says that a request may or may not have been carried out.
type NoAnswer struct {
	Server, Method, Path string
	What                 string // printable, and without secrets
	Err                  error  // for errors.Is; its text may hold anything
}

func (e *NoAnswer) Error() string {
	return fmt.Sprintf("config API %s: %s %s: %s", e.Server, e.Method, e.Path, e.What)
}

func (e *NoAnswer) Unwrap() error { return e.Err }

// StatusError is an answer that was not asked for.
type StatusError struct {
	Server, Method, Path string
	Status               int
	Message              string // the server's own, shortened; may be empty
	Remedy               string // may be empty
}

func (e *StatusError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "config API %s: %s %s: %d %s", e.Server, e.Method, e.Path, e.Status, http.StatusText(e.Status))
	if e.Message != "" {
		fmt.Fprintf(&b, " (%s)", e.Message)
	}
	if e.Remedy != "" {
		b.WriteString(": " + e.Remedy)
	}
	return b.String()
}

// Is makes a missing object findable with errors.Is(err, ErrNotFound).
func (e *StatusError) Is(target error) bool {
	return target == ErrNotFound && e.Status == http.StatusNotFound
}

// ErrNotFound is what a StatusError of 404 is.
var ErrNotFound = errors.New("not found")

// Transient reports whether the same request may well succeed a moment later,
// or may have been carried out: reading again is the way on.
func Transient(err error) bool {
	var none *NoAnswer
	var status *StatusError
	switch {
	case errors.Is(err, ErrTokenRenewed), errors.As(err, &none):
		return true
	case errors.As(err, &status):
		return status.Status >= 500 || status.Status == http.StatusTooManyRequests
	}
	return false
}

func (c *Client) statusError(method, path string, a answer) error {
	e := &StatusError{Server: c.URL(), Method: method, Path: path, Status: a.status,
		Message: c.message(a.body)}
	who := "the user"
	if c.User != "" {
		who = c.User
	}
	switch a.status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		e.Message = ""
		e.Remedy = "redirects are not followed, because they could carry the token away: give the URL that it leads to with --config-api"
	case http.StatusUnauthorized:
		e.Message = "" // it says no more than the status
		e.Remedy = "the config API wants a Keystone token: set OS_AUTH_URL and the other OS_* variables, or OS_CLOUD"
		if c.Token != nil {
			e.Remedy = "the token is refused even after renewal: check that OS_AUTH_URL is the Keystone of this Contrail"
		}
	case http.StatusForbidden:
		e.Remedy = who + " may not do this: it needs the cloud admin role (cloud_admin_role of the config API, admin by default)"
	case http.StatusRequestEntityTooLarge:
		e.Remedy = "the list is longer than the server accepts (max_request_size of the config API, 1024000 bytes by default)"
	case http.StatusServiceUnavailable:
		e.Remedy = "the config API has no connection to its database: try again later"
	}
	return e
}

// message is what the server says, in one short line. It quotes the whole list
// when it refuses one, and gives its reason last.
func (c *Client) message(body []byte) string {
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) { // an error page of the web server says no more than the status
		return ""
	}
	return c.Secrets.Foreign(string(body))
}
