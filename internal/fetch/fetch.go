// Package fetch gets remote content: a git repository, or a file by HTTPS. Only this package starts a process or opens a connection for a build, and
// only if the operator sets the flag.
//
// The author of the repository writes the URLs. So git gets no text that git or ssh could read as an option (see Repository), git may use only https
// and ssh, also for submodules and redirects, every request is bounded in time, files are bounded in size, and no process survives the call. The
// operator's own configuration of git and ssh is trusted: keys, known hosts, credential helpers, proxies.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/nested-config/nested-config/internal/secret"
)

const (
	// MaxFile is the size of the largest file that is taken by HTTPS, unpacked.
	MaxFile = 64 << 20
	// MaxTime is what one file, or one repository with all its submodules, may take.
	MaxTime = 10 * time.Minute
	// fileTime is what one file may take.
	fileTime     = time.Minute
	maxRedirects = 5
)

// Client fetches. The zero value can do nothing.
type Client struct {
	Git       string            // path of the git program; empty for none
	Environ   []string          // what git inherits, as os.Environ gives it
	Transport http.RoundTripper // for files
}

// Get returns the file at an https URL. Redirects are followed to other https URLs only.
func (c *Client) Get(ctx context.Context, address string) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.Opaque != "" {
		return nil, errors.New("must be an https URL")
	}
	ctx, stop := context.WithTimeout(ctx, fileTime)
	defer stop()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, errors.New("must be an https URL")
	}
	response, err := (&http.Client{Transport: c.Transport, CheckRedirect: redirect}).Do(request)
	if err != nil {
		return nil, reason(u, err)
	}
	defer response.Body.Close()
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return nil, fmt.Errorf("the server has no such file: it answers %d", response.StatusCode)
	}
	content, err := io.ReadAll(io.LimitReader(response.Body, MaxFile+1))
	if err != nil {
		return nil, reason(u, err)
	}
	if len(content) > MaxFile {
		return nil, fmt.Errorf("must not be larger than %d MB", MaxFile>>20)
	}
	return content, nil
}

func redirect(to *http.Request, via []*http.Request) error {
	if to.URL.Scheme != "https" {
		return errors.New("the server redirects to a URL that is not https")
	}
	if len(via) > maxRedirects {
		return fmt.Errorf("the server redirects more than %d times", maxRedirects)
	}
	to.Header.Del("Referer") // which is the URL before with its query, a token, for the next server
	return nil
}

// reason is an error without the URL, which can hold a password or a token. It may quote the server, in a Location or a status line, and that may say
// what it was sent.
func reason(asked *url.URL, err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	secrets := secretsOf(asked)
	text := secrets.Error(err)
	if text == err.Error() {
		return err
	}
	return said{err, text}
}

// said is an error with another text.
type said struct {
	error
	text string
}

func (s said) Error() string { return s.text }
func (s said) Unwrap() error { return s.error }

// secretsOf are what of a URL is, or may be, secret: the password, or the user where there is none and it is a token, and the values of the query.
func secretsOf(u *url.URL) *secret.Set {
	var secrets secret.Set
	if password, ok := u.User.Password(); ok {
		secrets.Add(password)
	} else if name := u.User.Username(); u.Scheme == "https" && name != "git" {
		secrets.Add(name)
	}
	for _, values := range u.Query() {
		for _, value := range values {
			if len(value) >= shortest {
				secrets.Add(value)
			}
		}
	}
	return &secrets
}

// shortest is the length of the shortest value of a query that may be a token: of ?ref=v1 none is.
const shortest = 8
