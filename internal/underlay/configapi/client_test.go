package configapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nested-config/nested-config/internal/underlay/apitest"
	"github.com/nested-config/nested-config/internal/underlay/configapi"
	"github.com/nested-config/nested-config/internal/underlay/guard"
)

var fqName = []string{"default-global-system-config", "default-global-vrouter-config"}

func client(t testing.TB, o configapi.Options) *configapi.Client {
	t.Helper()
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	if o.Transport == nil {
		transport := guard.Transport(nil, nil, o.Timeout)
		t.Cleanup(transport.CloseIdleConnections)
		o.Transport = transport
	}
	c, err := configapi.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func serve(t testing.TB, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// TestFaultsOverTheNetwork meets every fault on a real connection. Reading goes
// on at the next server; writing is never sent a second time.
func TestFaultsOverTheNetwork(t *testing.T) {
	for _, tc := range []struct {
		fault     apitest.Fault
		err       string // of a PUT
		transient bool
		stored    bool
		failover  bool // of a GET
	}{
		{apitest.ResetBefore, "EOF", true, false, true},
		{apitest.ResetAfter, "EOF", true, true, true},
		{apitest.HangBefore, "no answer in time", true, false, true},
		{apitest.HangAfter, "no answer in time", true, true, true},
		{apitest.HalfAnswer, "the answer was cut short (unexpected EOF)", true, true, true},
		{apitest.Error500, "500 Internal Server Error (Internal Server Error)", true, false, false},
		{apitest.Error503, "503 Service Unavailable (No connection to zookeeper.): the config API has no connection to its database: try again later", true, false, true},
		{apitest.Error409, "409 Conflict (Conflict)", false, false, false},
	} {
		bad, good := apitest.New(), apitest.New()
		url := serve(t, bad)
		c := client(t, configapi.Options{URLs: []string{url, serve(t, good)}, Timeout: 300 * time.Millisecond})
		ref, err := c.Find(t.Context(), configapi.GlobalVRouterConfig, fqName...)
		if err != nil {
			t.Fatal(err)
		}
		bad.Fault = func(int, *http.Request) apitest.Fault { return tc.fault }

		body, err := configapi.Body(ref, map[string]json.RawMessage{"linklocal_services": json.RawMessage(`{"linklocal_service_entry":[null]}`)})
		if err != nil {
			t.Fatal(err)
		}
		err = c.Put(t.Context(), ref, body)
		want := fmt.Sprintf("config API %s: PUT /global-vrouter-config/%s: %s", url, ref.UUID, tc.err)
		if err == nil || err.Error() != want || configapi.Transient(err) != tc.transient {
			t.Errorf("fault %d: PUT: transient %v, error\n%v\nwant\n%s", tc.fault, configapi.Transient(err), err, want)
		}
		if n := len(bad.Log()); n != 2 {
			t.Errorf("fault %d: %d requests, want 2: %v", tc.fault, n, bad.Log())
		}
		if stored := bad.Get("linklocal_services") != ""; stored != tc.stored {
			t.Errorf("fault %d: stored: %v", tc.fault, stored)
		}

		_, _, err = c.Get(t.Context(), ref, "")
		if (err == nil) != tc.failover || (c.URL() != url) != tc.failover {
			t.Errorf("fault %d: GET: %v, now at %s", tc.fault, err, c.URL())
		}
	}
}

func TestConditionalGet(t *testing.T) {
	s := apitest.New()
	c := client(t, configapi.Options{URLs: []string{serve(t, s) + "/"}})
	ref, err := c.Find(t.Context(), configapi.GlobalVRouterConfig, fqName...)
	if err != nil {
		t.Fatal(err)
	}
	o, changed, err := c.Get(t.Context(), ref, "", "linklocal_services")
	if err != nil || !changed || o.ETag == "" {
		t.Fatal(o, changed, err)
	}
	if _, changed, err := c.Get(t.Context(), ref, o.ETag); err != nil || changed {
		t.Errorf("nothing was written: %v %v", changed, err)
	}
	if err := c.SetAnnotation(t.Context(), ref, "key", "value"); err != nil {
		t.Fatal(err)
	}
	if _, changed, err := c.Get(t.Context(), ref, o.ETag); err != nil || !changed {
		t.Errorf("an annotation was written: %v %v", changed, err)
	}
	if err := c.DeleteAnnotation(t.Context(), ref, "key"); err != nil || s.Get("annotations") != `{"key_value_pair": []}` {
		t.Errorf("annotations %s, %v", s.Get("annotations"), err)
	}
	if _, err := c.Find(t.Context(), configapi.VirtualNetwork, "a", "b", "c"); !errors.Is(err, configapi.ErrNotFound) {
		t.Errorf("no such network: %v", err)
	}
}

// TestTokens renews a token that is refused: a read goes on, and of a write the
// caller hears that it was not done.
func TestTokens(t *testing.T) {
	s := apitest.New()
	s.Admit("old", apitest.Admin)
	token := "old"
	c := client(t, configapi.Options{URLs: []string{serve(t, s)}, Token: func(_ context.Context, renew bool) (string, error) {
		if renew {
			token = "new"
			s.Admit("new", apitest.Admin)
		}
		return token, nil
	}})
	ref, err := c.Find(t.Context(), configapi.GlobalVRouterConfig, fqName...)
	if err != nil {
		t.Fatal(err)
	}
	s.Revoke()
	if _, _, err := c.Get(t.Context(), ref, ""); err != nil {
		t.Errorf("a read after the token was revoked: %v", err)
	}
	s.Revoke()
	if err := c.SetAnnotation(t.Context(), ref, "key", "value"); !errors.Is(err, configapi.ErrTokenRenewed) || s.Get("annotations") != "" {
		t.Errorf("a write after the token was revoked: %v, annotations %q", err, s.Get("annotations"))
	}
	if err := c.SetAnnotation(t.Context(), ref, "key", "value"); err != nil {
		t.Errorf("the write once more: %v", err)
	}
}

// TestRefusals are sentences, also where the server's is cut off.
// TestOneLoginForAllServers: a login that is refused is not tried again for the next server. Keystone may lock a user after a few of them.
func TestOneLoginForAllServers(t *testing.T) {
	s := apitest.New()
	s.Tokens = map[string]apitest.Role{}
	logins := 0
	c := client(t, configapi.Options{URLs: []string{"http://127.0.0.1:1", serve(t, s)}, Token: func(context.Context, bool) (string, error) {
		logins++
		return "", errors.New("keystone: refused")
	}})
	_, err := c.Find(t.Context(), configapi.GlobalVRouterConfig, fqName...)
	if logins != 1 || fmt.Sprint(err) != "keystone: refused" || len(s.Log()) != 0 {
		t.Errorf("%d logins, %d requests, %v", logins, len(s.Log()), err)
	}
}

func TestRefusals(t *testing.T) {
	for _, tc := range []struct {
		reason string
		serve  http.HandlerFunc
		err    string
	}{
		{"a 403 that ends before its body", apitestMember(false), `403 Forbidden: user "bob" may not do this: it needs the cloud admin role (cloud_admin_role of the config API, admin by default)`},
		{"a 403 of RBAC", apitestMember(true), `403 Forbidden (Permission Denied for bob as ['reader', 'member'] to G global-vrouter-config in admin): user "bob" may not do this: it needs the cloud admin role (cloud_admin_role of the config API, admin by default)`},
		{"a token that comes back", status(400, "your token-of-bob is bad\x1b[2J"), "400 Bad Request (the text holds a secret and is not shown)"},
		{"an escape of the terminal", status(400, "your token is bad\x1b[2J"), `400 Bad Request (your token is bad\x1b[2J)`},
		{"a list that comes back: its end has the reason", status(400, strings.Repeat("x", 5000)+" the reason"), "400 Bad Request (" + strings.Repeat("x", 150) + " … " + strings.Repeat("x", 139) + " the reason)"},
		{"a page", status(413, "<!DOCTYPE HTML><html>"), "413 Request Entity Too Large: the list is longer than the server accepts (max_request_size of the config API, 1024000 bytes by default)"},
		{"another program", status(200, "<html>It works!</html>"), "the answer is not JSON of a config API (invalid character '<' looking for beginning of value)"},
		{"an empty 200, as to a request without Content-Type", status(200, ""), "the answer is not JSON of a config API (unexpected end of JSON input)"},
		{"another object", status(200, `{"virtual-network":{}}`), "the answer holds no global-vrouter-config"},
		{"a redirect, which would carry the token away", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		}, "302 Found: redirects are not followed, because they could carry the token away: give the URL that it leads to with --config-api"},
	} {
		url := serve(t, tc.serve)
		c := client(t, configapi.Options{URLs: []string{url}, User: `user "bob"`,
			Token: func(context.Context, bool) (string, error) { return "token-of-bob", nil }})
		_, _, err := c.Get(t.Context(), configapi.Ref{Type: configapi.GlobalVRouterConfig, UUID: "u"}, "")
		want := "config API " + url + ": GET /global-vrouter-config/u: " + tc.err
		if err == nil || err.Error() != want {
			t.Errorf("%s: error\n%v\nwant\n%s", tc.reason, err, want)
		}
	}
}

func apitestMember(rbac bool) http.HandlerFunc {
	s := apitest.New()
	s.RBAC = rbac
	s.Admit("token-of-bob", apitest.Member)
	return s.ServeHTTP
}

func status(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		io.WriteString(w, body)
	}
}

func TestURLs(t *testing.T) {
	_, err := configapi.New(configapi.Options{URLs: []string{"http://a:8082", "ftp://a", "https://user:secret@a", "http://u:secret@a:x", "http://a?x=1"}})
	want := strings.Join([]string{
		`--config-api (2 of 5): must be a URL such as http://192.168.1.100:8082`,
		`--config-api (3 of 5): must hold no user and no password: credentials come from OS_* variables or clouds.yaml`,
		`--config-api (4 of 5): must hold no user and no password: credentials come from OS_* variables or clouds.yaml`,
		`--config-api (5 of 5): must end with the host, the port or a path, such as http://192.168.1.100:8082`}, "\n")
	if d := cmp.Diff(want, fmt.Sprint(err)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// FuzzAnswer reads any answer, and never shows the token.
func FuzzAnswer(f *testing.F) {
	for _, body := range []string{``, `{}`, `null`, `{"uuid":"u"}`, `{"uuid":5}`, `{"global-vrouter-config":null}`,
		`{"global-vrouter-config":{"linklocal_services":{"linklocal_service_entry":[null]}}}`, `<html>`, "token-of-bob", "\xff\xfe"} {
		for _, code := range []int{200, 304, 400, 401, 403, 404, 409, 413, 500, 503} {
			f.Add(code, body)
		}
	}
	f.Fuzz(func(t *testing.T, code int, body string) {
		if code < 200 || code > 599 {
			return
		}
		c := client(t, configapi.Options{URLs: []string{"http://a:8082", "http://b:8082"},
			Transport: apitest.Transport(status(code, body)),
			Token:     func(context.Context, bool) (string, error) { return "token-of-bob", nil }})
		ref := configapi.Ref{Type: configapi.GlobalVRouterConfig, UUID: "u"}
		o, changed, err := c.Get(t.Context(), ref, `"etag"`)
		if err == nil && changed && o.Properties == nil {
			t.Error("an answer without properties is no error")
		}
		_, errFind := c.Find(t.Context(), configapi.GlobalVRouterConfig, fqName...)
		errPut := c.Put(t.Context(), ref, []byte("{}"))
		for _, err := range []error{err, errFind, errPut} {
			if err != nil && strings.Contains(err.Error(), "token-of-bob") {
				t.Errorf("shows the token: %v", err)
			}
			if err != nil && len(err.Error()) > 4000 { // two servers' 300 letters, of up to four bytes
				t.Errorf("%d bytes of error", len(err.Error()))
			}
		}
	})
}
