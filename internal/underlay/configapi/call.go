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

	"github.com/nested-config/nested-config/internal/underlay/guard"
)

// answer is what a server said, its body read in full.
type answer struct {
	status int
	etag   string
	body   []byte
}

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

const notJSON = "the answer is not JSON of a config API"
