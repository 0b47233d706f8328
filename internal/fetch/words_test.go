package fetch_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/fetch"
	"github.com/nested-config/nested-config/internal/secret"
)

// What a server says in a place that an error quotes is not shown when it is what the server was sent.
func TestServersWords(t *testing.T) {
	const token, password = "tok-3n-of-a-query", "hunter2"
	for reason, answer := range map[string]string{
		"a Location that is none":    "HTTP/1.1 302 Found\r\nLocation: https://[%s\r\nContent-Length: 0\r\n\r\n",
		"a version that is none":     "HTTP/%s 200 OK\r\n\r\n",
		"a status that is none":      "HTTP/1.1 %s\r\n\r\n",
		"a line that is no header":   "HTTP/1.1 200 OK\r\n%s\r\n\r\n",
		"a length that is none":      "HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n",
		"an encoding that is none":   "HTTP/1.1 200 OK\r\nTransfer-Encoding: %s\r\n\r\n",
		"a size of a part":           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s\r\n",
		"a text that is not HTTP":    "%s\r\n",
		"a redirect to another port": "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/%s\r\nContent-Length: 0\r\n\r\n",
	} {
		t.Run(reason, func(t *testing.T) {
			for _, said := range []string{token, password, "admin:" + password, strings.ReplaceAll(password, "h", "%68")} {
				server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					conn, out, err := w.(http.Hijacker).Hijack()
					if err != nil {
						panic(err)
					}
					defer conn.Close()
					fmt.Fprintf(out, answer, said)
					out.Flush()
				}))
				server.StartTLS()
				c := fetch.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
				_, err := c.Get(t.Context(), strings.Replace(server.URL, "://", "://admin:"+password+"@", 1)+"/a.yaml?token="+token)
				server.Close()
				if err != nil && (strings.Contains(err.Error(), token) || strings.Contains(err.Error(), password)) {
					t.Errorf("%s: %v", said, err)
				}
				if text := message(err); text != secret.Withheld && (strings.Contains(text, "%68") || strings.Contains(text, "admin")) {
					t.Errorf("%s: %v", said, err)
				}
			}
		})
	}
}

// A redirect tells the next server nothing of the URL before.
func TestRedirectsTellNothing(t *testing.T) {
	got := make(chan string, 1)
	second := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var headers strings.Builder
		out := bufio.NewWriter(&headers)
		_ = r.Header.Write(out)
		out.Flush()
		got <- headers.String()
		fmt.Fprint(w, "a: b\n")
	}))
	defer second.Close()
	first := httptest.NewTLSServer(http.RedirectHandler(strings.Replace(second.URL, "127.0.0.1", "localhost", 1), http.StatusFound))
	defer first.Close()
	c := fetch.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
	content, err := c.Get(t.Context(), strings.Replace(first.URL, "://", "://admin:hunter2@", 1)+"/a.yaml?token=tok-3n")
	if err != nil || string(content) != "a: b\n" {
		t.Fatal(string(content), err)
	}
	if headers := <-got; headers != "Accept-Encoding: gzip\r\nConnection: close\r\nUser-Agent: Go-http-client/1.1\r\n" {
		t.Errorf("the second server got\n%s", headers)
	}
}
