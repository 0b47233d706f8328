package fetch_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nested-config/nested-config/internal/fetch"
)

func TestParse(t *testing.T) {
	repository := func(url, ref, path string) fetch.Repository {
		return fetch.Repository{URL: url, Ref: ref, Path: path, Submodules: true, Timeout: 27 * time.Second}
	}
	const path = "path: must be letters, digits and _ . ~ / @ + , = -"
	for _, c := range []struct {
		entry string
		want  fetch.Repository
		err   string
	}{
		{"https://git.example/team/repo//base?ref=v1", repository("https://git.example/team/repo", "v1", "base"), ""},
		{"https://git.example/team/repo", repository("https://git.example/team/repo", "", ""), ""},
		{"https://git.example/team/repo?version=refs/heads/a-b_c.d", repository("https://git.example/team/repo", "refs/heads/a-b_c.d", ""), ""},
		{"https://user:token@git.example:8443/team/repo", repository("https://user:token@git.example:8443/team/repo", "", ""), ""},
		{"github.com/team/repo//a/b?ref=v1", repository("https://github.com/team/repo", "v1", "a/b"), ""},
		{"git@github.com:team/repo.git", repository("git@github.com:team/repo.git", "", ""), ""},
		{"ssh://git@git.example:2222/team/repo.git//x", repository("ssh://git@git.example:2222/team/repo.git", "", "x"), ""},
		{"ssh://git@[2001:db8::1]/team/repo", repository("ssh://git@[2001:db8::1]/team/repo", "", ""), ""},
		{"https://dev.azure.example/team/_git/repo/a", repository("https://dev.azure.example/team/_git/repo", "", "a"), ""},
		{"https://git.example/team/repo?timeout=5m&submodules=false", fetch.Repository{URL: "https://git.example/team/repo", Timeout: 5 * time.Minute}, ""},
		{"https://git.example/team/repo?timeout=99999h", fetch.Repository{URL: "https://git.example/team/repo", Submodules: true, Timeout: fetch.MaxTime}, ""},
		{"https://git.example/team/repo?timeout=9223372036854775807", fetch.Repository{URL: "https://git.example/team/repo", Submodules: true, Timeout: fetch.MaxTime}, ""},

		{"base", fetch.Repository{}, "is no repository"},
		{"file:///srv/repo", fetch.Repository{}, "must be https or ssh"},
		{"http://git.example/team/repo", fetch.Repository{}, "must be https or ssh"},
		{"git@git.example/team/repo", fetch.Repository{}, "must be https or ssh"}, // a directory of that name, to git
		{"https://git.example/team/repo?ref=--upload-pack=touch x", fetch.Repository{}, "ref: must be a branch, a tag or a commit"},
		{"https://git.example/team/repo?ref=%2D-upload-pack%3Dx", fetch.Repository{}, "ref: must be a branch, a tag or a commit"},
		{"https://git.example/team/repo?version=-x", fetch.Repository{}, "ref: must be a branch, a tag or a commit"},
		{"https://git.example/team/repo?ref=a:b", fetch.Repository{}, "ref: must be a branch, a tag or a commit"},
		{"https://git.example/team/repo?ref=%2Ba", fetch.Repository{}, "ref: must be a branch, a tag or a commit"},
		{"https://git.example/team/repo?ref=a..b", fetch.Repository{}, "ref: must be a branch, a tag or a commit"},
		{"https://git.example/team/repo?ref=a%0Ab", fetch.Repository{}, "ref: must be a branch, a tag or a commit"},
		{"https://git.example/team/repo?ref=a;b", fetch.Repository{}, "what follows ? must be name=value, joined by &"},
		{"ssh://-oProxyCommand=x/team/repo", fetch.Repository{}, "host: must be a name or an address"},
		{"ssh://%2DoProxyCommand=x/team/repo", fetch.Repository{}, "must be https or ssh"},
		{"ssh://git@-oProxyCommand=x/team/repo", fetch.Repository{}, "host: must be a name or an address"},
		{"ssh://-lx@git.example/team/repo", fetch.Repository{}, "user: must be letters, digits, - and _"},
		{"ssh://%2Dlx@git.example/team/repo", fetch.Repository{}, "user: must be letters, digits, - and _"},
		{"ssh://git:pw@git.example/team/repo", fetch.Repository{}, "must not hold a password"},
		{"git@-oProxyCommand=x:team/repo", fetch.Repository{}, "host: must be a name or an address"},
		{"git@git.example:-x/repo", fetch.Repository{}, "path: must not begin with -"},
		{"git@git.example:%2Dx/repo", fetch.Repository{}, "path: must not begin with -"},
		{"ssh://git@git.example/-x/repo", fetch.Repository{}, "path: must not begin with -"},
		{"ssh://git@git.example/a;b/repo", fetch.Repository{}, path},
		{"ssh://git@git.example/a%3Bb/repo", fetch.Repository{}, path},
		{"https://git.example/$(x)/repo", fetch.Repository{}, path},
		{"https://git.example/a%0Ab/repo", fetch.Repository{}, path},
		{"github.com/team/repo#x", fetch.Repository{}, path},
		{"https:///team/repo", fetch.Repository{}, "host: must be a name or an address"},
	} {
		t.Run(c.entry, func(t *testing.T) {
			got, err := fetch.Parse(c.entry)
			if text := message(err); text != c.err {
				t.Fatalf("got the error %q, want %q", text, c.err)
			}
			if diff := cmp.Diff(c.want, got); err == nil && diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestShown(t *testing.T) {
	for entry, want := range map[string]string{
		"https://user:secret@git.example/a?token=secret": "https://git.example/a",
		"https://a@b:secret@git.example":                 "https://git.example",
		"git@git.example:a/b?ref=x":                      "git@git.example:a/b",
		"a/b":                                            "a/b",
	} {
		if got := fetch.Shown(entry); got != want {
			t.Errorf("%s: got %s, want %s", entry, got, want)
		}
	}
}

// FuzzParse: whatever is admitted has no part that begins with -, and no character that a shell knows.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"https://git.example/team/repo//base?ref=v1", "ssh://%2Dx/a/b", "git@-o:a/b", "github.com/a/b?ref=-x", "a@b:%2d/c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, entry string) {
		r, err := fetch.Parse(entry)
		if err != nil {
			return
		}
		// Only the host is split, of ssh://host/path and of host:path: an @ or : in the path is a letter like any other.
		host, path, _ := strings.Cut(r.URL, ":")
		if address, ok := strings.CutPrefix(r.URL, "ssh://"); ok {
			host, path, _ = strings.Cut(address, "/")
		}
		for _, part := range append(strings.FieldsFunc(host, func(c rune) bool { return c == ':' || c == '@' }), path, r.Ref) {
			if strings.HasPrefix(strings.TrimLeft(part, "/"), "-") && !strings.HasPrefix(r.URL, "https://") {
				t.Errorf("%q: %q in %+v", entry, part, r)
			}
		}
		if strings.ContainsAny(r.URL+r.Ref, " \n\r\t;|&$`'\"\\<>(){}*?!#^") || strings.HasPrefix(r.URL, "-") || strings.HasPrefix(r.Ref, "-") {
			t.Errorf("%q: %+v", entry, r)
		}
		if !strings.HasPrefix(r.URL, "https://") && !strings.HasPrefix(r.URL, "ssh://") && strings.Contains(r.URL, "://") || r.Timeout > fetch.MaxTime {
			t.Errorf("%q: %+v", entry, r)
		}
	})
}

func TestGet(t *testing.T) {
	insecure := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("http was asked") }))
	defer insecure.Close()
	taken := make(chan int, 1) // bytes of the file without an end, once its handler has returned
	mux := http.NewServeMux()
	mux.HandleFunc("/file", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "kind: A\n") })
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/file", http.StatusFound) })
	mux.HandleFunc("/down", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, insecure.URL, http.StatusFound) })
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	mux.HandleFunc("/endless", func(w http.ResponseWriter, _ *http.Request) {
		sent := 0
		defer func() { taken <- sent }()
		for block := make([]byte, 1<<20); sent < 1<<30; sent += len(block) {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	server := httptest.NewTLSServer(mux)
	defer server.Close()
	c := fetch.Client{Transport: server.Client().Transport}
	for path, want := range map[string]string{
		"/file": "", "/moved": "",
		"/absent":  "the server has no such file: it answers 404",
		"/down":    "the server redirects to a URL that is not https",
		"/loop":    "the server redirects more than 5 times",
		"/endless": "must not be larger than 64 MB",
	} {
		content, err := c.Get(t.Context(), server.URL+path)
		if message(err) != want || err == nil && string(content) != "kind: A\n" {
			t.Errorf("%s: got %q, %v, want the error %q", path, content, err, want)
		}
	}
	if sent := <-taken; sent > 2*fetch.MaxFile {
		t.Errorf("%d bytes were taken from a file without an end", sent)
	}
	for _, address := range []string{insecure.URL, "file:///etc/passwd", "https:opaque", "https://", "ftp://a/b", "git.example"} {
		if _, err := c.Get(t.Context(), address); message(err) != "must be an https URL" {
			t.Errorf("%s: %v", address, err)
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := c.Get(ended, server.URL+"/file?token=secret"); !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "secret") {
		t.Errorf("after an interrupt: %v", err)
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
