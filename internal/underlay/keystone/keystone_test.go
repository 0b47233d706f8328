package keystone_test

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/nested-config/nested-config/internal/underlay/apitest"
	"github.com/nested-config/nested-config/internal/underlay/keystone"
)

func lookup(env map[string]string) func(string) string {
	return func(name string) string { return env[name] }
}

func read(files map[string]string) func(string) ([]byte, error) {
	return func(path string) ([]byte, error) {
		text, ok := files[path]
		if !ok {
			return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
		}
		return []byte(text), nil
	}
}

func TestFromEnv(t *testing.T) {
	for _, tc := range []struct {
		reason string
		env    map[string]string
		files  map[string]string
		user   string
		err    string
	}{
		{reason: "nothing is set: no token", user: "none"},
		{reason: "a user", env: map[string]string{"OS_AUTH_URL": "http://k/v3", "OS_USERNAME": "admin", "OS_PASSWORD": "p", "OS_PROJECT_NAME": "admin"},
			user: `user "admin" of project "admin"`},
		{reason: "the names of Keystone v2.0", env: map[string]string{"OS_AUTH_URL": "http://k/v2.0", "OS_USERNAME": "admin", "OS_PASSWORD": "p", "OS_TENANT_NAME": "demo"},
			user: `user "admin" of project "demo"`},
		{reason: "an application credential by name needs its user", env: map[string]string{"OS_AUTH_URL": "http://k/v3", "OS_APPLICATION_CREDENTIAL_NAME": "app", "OS_APPLICATION_CREDENTIAL_SECRET": "s"},
			err: "OS_USERNAME: is missing; OS_AUTH_URL is set"},
		{reason: "a password and a token: the password", env: map[string]string{"OS_AUTH_URL": "http://k/v3", "OS_USERNAME": "admin", "OS_PASSWORD": "p", "OS_PROJECT_NAME": "admin", "OS_TOKEN": "t"},
			user: `user "admin" of project "admin" (not used: OS_TOKEN)`},
		{reason: "a token and a name", env: map[string]string{"OS_AUTH_URL": "http://k/v3", "OS_USERNAME": "admin", "OS_TOKEN": "t"},
			user: "the owner of OS_TOKEN"},
		{reason: "all three: the application credential", env: map[string]string{"OS_AUTH_URL": "http://k/v3", "OS_USERNAME": "admin", "OS_PASSWORD": "p", "OS_TOKEN": "t", "OS_APPLICATION_CREDENTIAL_ID": "app", "OS_APPLICATION_CREDENTIAL_SECRET": "s"},
			user: `application credential "app" (not used: OS_PASSWORD, OS_TOKEN)`},
		{reason: "a password in the URL is not quoted", env: map[string]string{"OS_AUTH_URL": "http://admin:geheim@k:x/v3", "OS_TOKEN": "t"},
			err: "OS_AUTH_URL: must hold no user and no password: credentials come from OS_* variables or clouds.yaml"},
		{reason: "a URL that is none", env: map[string]string{"OS_AUTH_URL": "http://admin:geheim", "OS_TOKEN": "t"},
			err: "OS_AUTH_URL: must be a URL such as https://192.168.1.200:5000/v3"},
		{reason: "nor is one of clouds.yaml", env: map[string]string{"OS_CLOUD": "c"}, files: map[string]string{"clouds.yaml": "clouds: {c: {auth: {auth_url: 'http://u:geheim@k', token: t}}}"},
			err: `OS_CLOUD: "c": clouds.yaml: auth_url: must hold no user and no password: credentials come from OS_* variables or clouds.yaml`},
		{reason: "a password that YAML takes for an alias", env: map[string]string{"OS_CLOUD": "c"}, files: map[string]string{"clouds.yaml": "clouds:\n  c:\n    auth: {password: *geheim}"},
			err: `OS_CLOUD: "c": clouds.yaml: it or a file beside it is not a valid clouds.yaml`},
		{reason: "clouds.yaml of the user", env: map[string]string{"OS_CLOUD": "c", "HOME": "/home/u"},
			files: map[string]string{"/home/u/.config/openstack/clouds.yaml": "clouds: {c: {auth: {auth_url: http://k/v3, username: u, password: p, project_name: x}}}"},
			user:  `user "u" of project "x"`},
		{reason: "no such cloud", env: map[string]string{"OS_CLOUD": "c"}, files: map[string]string{"clouds.yaml": "clouds: {d: {}}"},
			err: `OS_CLOUD: "c": clouds.yaml: holds no cloud "c"`},
		{reason: "a clouds.yaml that is broken is not quoted", env: map[string]string{"OS_CLOUD": "c"}, files: map[string]string{"clouds.yaml": "clouds: {c: {auth: geheim-geheim}}"},
			err: `OS_CLOUD: "c": clouds.yaml: it or a file beside it is not a valid clouds.yaml: line 1`},
	} {
		s, err := keystone.FromEnv(lookup(tc.env), read(tc.files))
		if fmt.Sprint(err) != fmt.Sprint(wanted(tc.err)) {
			t.Errorf("%s: error\n%v\nwant\n%s", tc.reason, err, tc.err)
			continue
		}
		user := "none"
		if s != nil {
			user = s.User()
		}
		if err == nil && user != tc.user {
			t.Errorf("%s: %s, want %s", tc.reason, user, tc.user)
		}
	}
}

func wanted(text string) error {
	if text == "" {
		return nil
	}
	return errors.New(text)
}

// TestTokenIsKept asks Keystone once, and again only to renew.
func TestTokenIsKept(t *testing.T) {
	k := &apitest.Keystone{Server: apitest.New()}
	s := httptest.NewServer(k)
	defer s.Close()
	source, err := keystone.FromEnv(lookup(map[string]string{"OS_AUTH_URL": s.URL + "/v3", "OS_USERNAME": "admin", "OS_PASSWORD": "p%ss", "OS_PROJECT_NAME": "admin"}), read(nil))
	if err != nil {
		t.Fatal(err)
	}
	token := source.Token(http.DefaultTransport, time.Minute)
	for i, renew := range []bool{false, false, true, false} {
		got, err := token(t.Context(), renew)
		if want := []string{"token-1", "token-1", "token-2", "token-2"}[i]; err != nil || got != want {
			t.Errorf("call %d: %q, %v, want %s", i, got, err, want)
		}
	}
}
