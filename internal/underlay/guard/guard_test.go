package guard_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nested-config/nested-config/internal/underlay/guard"
)

func client(t *testing.T, o guard.Options, proxy func(*http.Request) (*url.URL, error)) http.Client {
	t.Helper()
	if o.Base == nil {
		base := guard.Transport(nil, proxy, 5*time.Second)
		t.Cleanup(base.CloseIdleConnections)
		o.Base = base
	}
	if o.Limit == 0 {
		o.Limit = 1 << 10
	}
	o.Timeout = 5 * time.Second
	return guard.Client(o)
}

// heard is a server that must not be asked.
func heard(t *testing.T) (*httptest.Server, *[]string) {
	var got []string
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = append(got, r.Method+" "+r.URL.String()) }))
	t.Cleanup(s.Close)
	return s, &got
}

// TestNothingLeavesItsOrigin sends a request with a token, and meets every
// redirect: whoever it names hears nothing, and no cookie comes back.
func TestNothingLeavesItsOrigin(t *testing.T) {
	other, got := heard(t)
	for _, status := range []int{300, 301, 302, 303, 304, 305, 307, 308} {
		cookies := ""
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			cookies += r.Header.Get("Cookie") + r.Header.Get("Referer")
			w.Header().Set("Set-Cookie", "session=1")
			w.Header().Set("Location", other.URL)
			w.WriteHeader(status)
		}))
		c := client(t, guard.Options{URLs: []string{s.URL}}, nil)
		for range 2 {
			r, _ := http.NewRequestWithContext(t.Context(), "POST", s.URL, strings.NewReader("password"))
			r.Header.Set("X-Auth-Token", "token")
			resp, err := c.Do(r)
			if err != nil || resp.StatusCode != status {
				t.Fatalf("%d: %v", status, err)
			}
			resp.Body.Close()
		}
		if len(*got) > 0 || cookies != "" {
			t.Errorf("%d: the other heard %v; cookies and referer %q", status, *got, cookies)
		}
		s.Close()
	}
}

// TestOrigins asks for other URLs than the one that was named.
func TestOrigins(t *testing.T) {
	for _, tc := range []struct{ named, asked, refused string }{
		{"https://k", "https://K:443/v3", ""},
		{"http://k:80/v3", "http://k/", ""},
		{"https://k", "http://k", "http://k:80"},
		{"https://k", "http://k:443", "http://k:443"},
		{"http://k", "https://k", "https://k:443"},
		{"https://k:5000", "https://k:35357", "https://k:35357"},
		{"https://k", "https://k.example.com", "https://k.example.com:443"},
		{"https://k", "https://u:geheim@k", "https://k:443"},
		{"https://[::1]:5000", "https://[::1]:5000/v3", ""},
	} {
		sent := false
		c := client(t, guard.Options{URLs: []string{tc.named}, Base: base(func(*http.Request) (*http.Response, error) {
			sent = true
			return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
		})}, nil)
		resp, err := c.Get(tc.asked)
		if err == nil {
			resp.Body.Close()
		}
		var elsewhere *guard.Elsewhere
		refused := ""
		if errors.As(err, &elsewhere) {
			refused = elsewhere.Origin
		}
		if refused != tc.refused || sent != (tc.refused == "") {
			t.Errorf("%s, asked for %s: sent %v, refused %q, want %q (%v)", tc.named, tc.asked, sent, refused, tc.refused, err)
		}
	}
}

type base func(*http.Request) (*http.Response, error)

func (b base) RoundTrip(r *http.Request) (*http.Response, error) { return b(r) }

// endless counts what is read of it.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) { e.read += len(p); return len(p), nil }
func (e *endless) Close() error               { return nil }

// TestBounds reads no more than the limit and one byte, of a body without an
// end; what is compressed is not read at all.
func TestBounds(t *testing.T) {
	body := &endless{}
	answer := base(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: body}, nil
	})
	c := client(t, guard.Options{URLs: []string{"http://k"}, Base: answer, Limit: 100_000}, nil)
	resp, err := c.Get("http://k")
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	if n != 100_000 || body.read != 100_001 || !errors.Is(err, guard.ErrTooLong) {
		t.Errorf("%d bytes come through, %d are read: %v", n, body.read, err)
	}

	for _, length := range []int{99_999, 100_000} {
		c := client(t, guard.Options{URLs: []string{"http://k"}, Limit: 100_000, Base: base(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(strings.Repeat("x", length)))}, nil
		})}, nil)
		resp, err := c.Get("http://k")
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		if resp.Body.Close(); len(got) != length || err != nil {
			t.Errorf("%d of %d bytes: %v", len(got), length, err)
		}
	}

	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "" {
			t.Errorf("asks for %s", r.Header.Get("Accept-Encoding"))
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		io.Copy(z, io.LimitReader(zeros{}, 1<<20))
		z.Close()
	}))
	defer s.Close()
	c = client(t, guard.Options{URLs: []string{s.URL}}, nil)
	if _, err := c.Get(s.URL); !errors.Is(err, guard.ErrEncoded) {
		t.Errorf("compressed: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return copy(p, bytes.Repeat([]byte("0"), len(p))), nil }

// TestProxies: in clear, a proxy sees no secret. What it may see goes by it.
func TestProxies(t *testing.T) {
	var seen []string
	p := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = append(seen, r.Method+" "+r.RequestURI) }))
	defer p.Close()
	proxy, _ := url.Parse(p.URL)
	request := func(method, to, header, body string) *http.Request {
		r, _ := http.NewRequest(method, to, strings.NewReader(body))
		if header != "" {
			r.Header.Set(header, "geheim")
		}
		return r
	}
	for _, tc := range []struct {
		reason string
		login  bool
		r      *http.Request
		sent   bool
	}{
		{"nothing secret", false, request("GET", "http://k/", "", ""), true},
		{"a list to write, without a token", false, request("PUT", "http://k/", "", "{}"), true},
		{"a token", false, request("GET", "http://k/", "X-Auth-Token", ""), false},
		{"a token that is asked about", true, request("GET", "http://k/", "X-Subject-Token", ""), false},
		{"basic authorization", false, request("GET", "http://k/", "Authorization", ""), false},
		{"a password", true, request("POST", "http://k/", "", "geheim"), false},
		{"which versions there are", true, request("GET", "http://k/", "", ""), true},
		{"https goes through it unread", true, request("POST", "https://k/", "X-Auth-Token", "geheim"), true},
	} {
		seen = nil
		c := client(t, guard.Options{URLs: []string{"http://k", "https://k"}, Login: tc.login}, http.ProxyURL(proxy))
		resp, err := c.Do(tc.r)
		if err == nil {
			resp.Body.Close()
		}
		if (len(seen) > 0) != tc.sent || errors.Is(err, guard.ErrProxy) == tc.sent {
			t.Errorf("%s: the proxy has seen %v: %v", tc.reason, seen, err)
		}
	}
	c := client(t, guard.Options{URLs: []string{"http://k"}}, func(*http.Request) (*url.URL, error) {
		return nil, errors.New(`invalid proxy address "http://u:geheim@p": parse`)
	})
	if _, err := c.Get("http://k"); err == nil || strings.Contains(err.Error(), "geheim") {
		t.Errorf("a proxy that is not a URL: %v", err)
	}
}

func TestCheck(t *testing.T) {
	const password, url, end = "F: must hold no user and no password: credentials come from OS_* variables or clouds.yaml",
		"F: must be a URL such as http://k:1", "F: must end with the host, the port or a path, such as http://k:1"
	for raw, want := range map[string]string{
		"http://k:5000/v3": "", "https://k": "", "HTTP://k": "", "http://[::1]:1": "",
		"http://u:p@k": password, "http://u:p@k:x": password, "http://u:se@cret@k": password, "u:p@k": password, "http://k/@": password,
		"": url, "http://": url, "k": `F: "k": must be a URL such as http://k:1`, "k:5000": `F: "k:5000": must be a URL such as http://k:1`,
		"ftp://k": `F: "ftp://k": must be a URL such as http://k:1`, "http://:5000": url, "http://u:p%zz": url, "http://u:geheim": url, "http://k\n": url, "//k": url,
		"http://k?token=geheim": end, "http://k?": end, "http://k#geheim": end,
	} {
		got := ""
		if err := guard.Check("F", raw, "http://k:1"); err != nil {
			got = err.Error()
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q (-want +got):\n%s", raw, d)
		}
	}
	// http://admin:a,12:34,b@k, parted at its commas.
	if err := guard.Check("F", "12:34", "http://k:1", "http://admin:a", "12:34", "b@k"); err == nil || err.Error() != url {
		t.Errorf("a part of a password: %v", err)
	}
}
