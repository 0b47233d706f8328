package keystone_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/nested-config/nested-config/internal/secret"
	"github.com/nested-config/nested-config/internal/underlay/apitest"
	"github.com/nested-config/nested-config/internal/underlay/guard"
	"github.com/nested-config/nested-config/internal/underlay/keystone"
)

// login logs in at a server that may be hostile, as admin with a password.
func login(t testing.TB, base http.RoundTripper, authURL, password string) (string, error) {
	t.Helper()
	source, err := keystone.FromEnv(lookup(map[string]string{"OS_AUTH_URL": authURL, "OS_USERNAME": "admin", "OS_PASSWORD": password, "OS_PROJECT_NAME": "admin"}), read(nil))
	if err != nil {
		t.Fatal(err)
	}
	// Without a network there is nothing to wait for. A timer for each request makes
	// the coverage of one input vary, and a fuzzer then spends its time on
	// minimizing what cannot be minimized.
	var timeout time.Duration
	if base == nil {
		timeout = 5 * time.Second
		transport := guard.Transport(nil, nil, timeout)
		t.Cleanup(transport.CloseIdleConnections)
		base = transport
	}
	return source.Token(base, timeout)(context.Background(), false)
}

func says(t *testing.T, reason string, err error, want string) {
	t.Helper()
	if err == nil || err.Error() != want {
		t.Errorf("%s: error\n%v\nwant\n%s", reason, err, want)
	}
}

// TestThePasswordGoesNowhereElse meets a Keystone that sends the login away: by
// each redirect, and by a list of versions. Whoever it names hears nothing.
func TestThePasswordGoesNowhereElse(t *testing.T) {
	heard := ""
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		heard += r.Method + " " + string(body)
	}))
	defer other.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL+"/v3/auth/tokens", status)
		}))
		_, err := login(t, nil, s.URL+"/v3", "geheim")
		says(t, "a redirect", err, fmt.Sprintf("keystone %s/v3: %d %s: redirects are not followed, because they would carry the password away: set OS_AUTH_URL to the URL that it leads to", s.URL, status, http.StatusText(status)))
		s.Close()
	}
	for _, tc := range []struct{ reason, auth, href, origin string }{
		{"another port", "http://k:5000", other.URL + "/v3/", strings.Replace(other.URL, "localhost", "127.0.0.1", 1)},
		{"from https to http", "https://k:5000", "http://k:5000/v3/", "http://k:5000"},
		{"another host", "https://k:5000", "https://k.evil.example:5000/v3/", "https://k.evil.example:5000"},
		{"a user in it, who would be sent along", "https://k:5000", "https://u:p@k:5000/v3/", "https://k:5000"},
	} {
		base := apitest.Transport(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				heard += "POST to " + r.URL.String()
			}
			fmt.Fprintf(w, `{"versions":{"values":[{"id":"v3.14","status":"stable","links":[{"rel":"self","href":%q}]}]}}`, tc.href)
		}))
		_, err := login(t, base, tc.auth, "geheim")
		says(t, tc.reason, err, fmt.Sprintf("keystone %s: its list of versions leads to %s, which is another scheme, host or port: nothing was sent there; set OS_AUTH_URL to the right URL, with /v3 or /v2.0 at its end", tc.auth, tc.origin))
	}
	if heard != "" {
		t.Errorf("the other heard %q", heard)
	}
}

// TestAnswersAreBounded: what a Keystone sends is not read to its end, whatever
// the status.
func TestAnswersAreBounded(t *testing.T) {
	for _, status := range []int{200, 201, 401, 500} {
		read := &endless{}
		base := transport(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: status, Header: http.Header{}, Body: read}, nil
		})
		_, err := login(t, base, "http://k/v3", "geheim")
		if err == nil || read.n > 512<<10+1<<16 {
			t.Errorf("%d: %d bytes are read: %v", status, read.n, err)
		}
	}
	base := transport(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 201, Header: http.Header{}, Body: &endless{}}, nil
	})
	_, err := login(t, base, "http://k/v3", "geheim")
	says(t, "an answer without an end", err, "keystone http://k/v3: the answer is too long: more than 524288 bytes")
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// endless is a list that has no end, and counts what is read of it.
type endless struct{ n int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '['
		if e.n+i > 0 {
			p[i] = "0,"[(e.n+i+1)%2]
		}
	}
	e.n += len(p)
	return len(p), nil
}
func (e *endless) Close() error { return nil }

// TestNoSecretIsTold lets a Keystone fail in every way, and send back the
// password in every form.
func TestNoSecretIsTold(t *testing.T) {
	const password = "P4ss/<&>w0rd"
	unicode := ""
	for _, r := range password {
		unicode += fmt.Sprintf(`\u%04x`, r)
	}
	for _, form := range []string{password, unicode, html.EscapeString(password), url.QueryEscape(password),
		base64.StdEncoding.EncodeToString([]byte("admin:" + password)), strings.Repeat("x", 147) + password} {
		for _, status := range []int{200, 201, 300, 400, 401, 403, 404, 409, 418, 500, 503} {
			for _, version := range []string{"", "/v3", "/v2.0"} {
				for _, format := range []string{`%s`, `{"%s": [`, `{"token": {"catalog": "%s"}}`, `{"access": {"token": {"expires": "%s"}}}`,
					`{"versions":{"values":[{"id":"v3","status":"stable","links":[{"rel":"self","href":"http://k/%s%%zz"}]}]}}`} {
					_, err := login(t, apitest.Transport(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						w.Header().Set("X-Subject-Token", form)
						w.WriteHeader(status)
						fmt.Fprintf(w, format, form)
					})), "http://k"+version, password)
					shown(t, fmt.Sprintf("%d%s %s", status, version, format), err, password, form)
				}
			}
		}
	}
	// One letter, which would show by its holes.
	_, err := login(t, apitest.Transport(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusCreated)
		io.WriteString(w, "x y z")
	})), "http://k/v3", "x")
	says(t, "a password of one letter", err, "keystone http://k/v3: "+secret.Withheld)
}

func shown(t *testing.T, reason string, err error, secrets ...string) {
	t.Helper()
	for _, s := range secrets {
		if err != nil && strings.Contains(err.Error(), s) {
			t.Errorf("%s: %v", reason, err)
		}
	}
}

// FuzzLogin takes any answer, to each request the same: no panic, one line, and
// nothing of the password.
func FuzzLogin(f *testing.F) {
	for _, body := range []string{``, `null`, `{}`, `[]`, `{"token":{"catalog":[{"endpoints":[{"url":"http://x"}]}],"expires_at":"x"}}`,
		`{"access":{"token":{"id":"t","expires":"2036-01-01T00:00:00Z"},"serviceCatalog":[null]}}`, `{"versions":{"values":[{"id":"v3","links":[{"rel":"self","href":"http://k/v3"}],"status":"current"}]}}`, "geheim-geheim", "\xff\n"} {
		for _, status := range []int{200, 201, 300, 307, 401, 404, 500} {
			f.Add(status, body, "")
			f.Add(status, body, "/v3")
			f.Add(status, body, "/v2.0")
		}
	}
	f.Fuzz(func(t *testing.T, status int, body, version string) {
		if status < 200 || status > 599 || version != "" && version != "/v3" && version != "/v2.0" {
			return
		}
		_, err := login(t, apitest.Transport(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			io.WriteString(w, body)
		})), "http://k"+version, "geheim-geheim")
		shown(t, body, err, "geheim-geheim")
		if err != nil && strings.ContainsAny(err.Error(), "\n\x1b") {
			t.Errorf("%q is more than a line", err)
		}
	})
}
