package keystone_test

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

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
		{reason: "a CA that is not there", env: map[string]string{"OS_AUTH_URL": "https://k/v3", "OS_TOKEN": "t", "OS_CACERT": "ca.pem"},
			err: "CA: open ca.pem: file does not exist"},
		{reason: "a CA that is none", env: map[string]string{"OS_AUTH_URL": "https://k/v3", "OS_TOKEN": "t", "OS_CACERT": "ca.pem"}, files: map[string]string{"ca.pem": "x"},
			err: "CA: ca.pem: holds no certificate in PEM"},
		{reason: "clouds.yaml of the user", env: map[string]string{"OS_CLOUD": "c", "HOME": "/home/u"},
			files: map[string]string{"/home/u/.config/openstack/clouds.yaml": "clouds: {c: {auth: {auth_url: http://k/v3, username: u, password: p, project_name: x}}}"},
			user:  `user "u" of project "x"`},
		{reason: "no such cloud", env: map[string]string{"OS_CLOUD": "c"}, files: map[string]string{"clouds.yaml": "clouds: {d: {}}"},
			err: `OS_CLOUD: "c": clouds.yaml: cloud "c" not found in clouds.yaml`},
		{reason: "a clouds.yaml that is broken is not quoted", env: map[string]string{"OS_CLOUD": "c"}, files: map[string]string{"clouds.yaml": "clouds: {c: {auth: geheim-geheim}}"},
			err: `OS_CLOUD: "c": clouds.yaml: yaml: unmarshal errors:`},
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

// TestNoSecretIsTold lets a Keystone fail in every way that sends back what it
// was sent.
func TestNoSecretIsTold(t *testing.T) {
	for _, status := range []int{200, 201, 300, 400, 401, 403, 404, 409, 418, 500, 503} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			fmt.Fprint(w, `{"p4ssw0rd": [`)
			r.Write(w)
		}))
		for _, version := range []string{"", "/v3", "/v2.0"} {
			source, err := keystone.FromEnv(lookup(map[string]string{"OS_AUTH_URL": s.URL + version, "OS_USERNAME": "admin", "OS_PASSWORD": "p4ssw0rd", "OS_PROJECT_NAME": "admin"}), read(nil))
			if err != nil {
				t.Fatal(err)
			}
			_, err = source.Token(http.Client{})(t.Context(), false)
			if err == nil || strings.Contains(err.Error(), "p4ssw0rd") {
				t.Errorf("%d%s: %v", status, version, err)
			}
		}
		s.Close()
	}
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
	token := source.Token(http.Client{})
	for i, renew := range []bool{false, false, true, false} {
		got, err := token(t.Context(), renew)
		if want := []string{"token-1", "token-1", "token-2", "token-2"}[i]; err != nil || got != want {
			t.Errorf("call %d: %q, %v, want %s", i, got, err, want)
		}
	}
}
