package keystone

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack/config/clouds"

	"github.com/nested-config/nested-config/internal/pattern"
	"github.com/nested-config/nested-config/internal/printable"
	"github.com/nested-config/nested-config/internal/secret"
	"github.com/nested-config/nested-config/internal/underlay/guard"
)

const exampleURL = "https://192.168.1.200:5000/v3"

// FromEnv reads OS_CLOUD with clouds.yaml, or the OS_* variables. It is nil
// when neither OS_CLOUD nor OS_AUTH_URL is set.
func FromEnv(getenv func(string) string, readFile func(string) ([]byte, error)) (*Source, error) {
	if name := getenv("OS_CLOUD"); name != "" {
		return fromClouds(name, getenv, readFile)
	}
	if getenv("OS_AUTH_URL") == "" {
		return nil, nil
	}
	if err := guard.Check("OS_AUTH_URL", getenv("OS_AUTH_URL"), exampleURL); err != nil {
		return nil, err
	}
	first := func(names ...string) string {
		for _, n := range names {
			if v := getenv(n); v != "" {
				return v
			}
		}
		return ""
	}
	s := &Source{options: gophercloud.AuthOptions{
		IdentityEndpoint: versioned(getenv("OS_AUTH_URL"), getenv("OS_IDENTITY_API_VERSION")),
		Username:         first("OS_USERNAME"),
		UserID:           first("OS_USER_ID", "OS_USERID"),
		Password:         first("OS_PASSWORD"),
		Passcode:         first("OS_PASSCODE"),
		TokenID:          first("OS_TOKEN"),
		TenantName:       first("OS_PROJECT_NAME", "OS_TENANT_NAME"),
		TenantID:         first("OS_PROJECT_ID", "OS_TENANT_ID"),
		DomainID:         first("OS_USER_DOMAIN_ID", "OS_DOMAIN_ID"),
		DomainName:       first("OS_USER_DOMAIN_NAME", "OS_DOMAIN_NAME"),

		ApplicationCredentialID:     first("OS_APPLICATION_CREDENTIAL_ID"),
		ApplicationCredentialName:   first("OS_APPLICATION_CREDENTIAL_NAME"),
		ApplicationCredentialSecret: first("OS_APPLICATION_CREDENTIAL_SECRET"),
	}}
	if getenv("OS_SYSTEM_SCOPE") == "all" {
		s.options.Scope = &gophercloud.AuthScope{System: true}
	}
	s.complete(gophercloud.AuthScope{
		DomainID:   first("OS_PROJECT_DOMAIN_ID", "OS_DOMAIN_ID"),
		DomainName: first("OS_PROJECT_DOMAIN_NAME", "OS_DOMAIN_NAME"),
	}, cmp.Or(getenv("OS_DEFAULT_DOMAIN"), "default"))
	if err := s.check(); err != nil {
		return nil, err
	}
	return s, nil
}

// complete fills in domains, as the openstack client does: a name without a
// domain is of the default one. Keystone v2.0 has no domains and ignores them.
func (s *Source) complete(project gophercloud.AuthScope, defaultDomain string) {
	o := &s.options
	s.choose()
	if o.ApplicationCredentialSecret != "" {
		// It is of one user and one project, and refuses to be told so.
		o.TenantID, o.TenantName, o.Password, o.Scope = "", "", "", nil
		if o.ApplicationCredentialID != "" {
			o.Username, o.UserID, o.DomainID, o.DomainName = "", "", "", ""
			return
		}
	}
	if o.Username != "" && o.UserID == "" && o.DomainID == "" && o.DomainName == "" {
		o.DomainID = defaultDomain
	}
	if o.DomainID != "" {
		o.DomainName = ""
	}
	if o.UserID != "" {
		o.Username, o.DomainID, o.DomainName = "", "", ""
	}
	if o.Scope != nil {
		return
	}
	switch {
	case o.TenantID != "":
		o.Scope = &gophercloud.AuthScope{ProjectID: o.TenantID}
	case o.TenantName != "":
		if project.DomainID == "" && project.DomainName == "" {
			project.DomainID = defaultDomain
		}
		if project.DomainID != "" {
			project.DomainName = ""
		}
		project.ProjectName = o.TenantName
		o.Scope = &project
	}
}

// choose keeps one kind of credentials: an application credential, which is made
// for programs, before a password, and a password, which can be used again,
// before a token, which runs out. The order is our own: the openstack client is
// told by OS_AUTH_TYPE, and else takes a password whenever there is a user name
// (docs.openstack.org/python-openstackclient, authentication).
func (s *Source) choose() {
	o := &s.options
	s.Secrets = &secret.Set{}
	s.Given = []string{o.Password, o.Passcode, o.ApplicationCredentialSecret, o.TokenID}
	s.Secrets.Add(s.Given...)
	o.AllowReauth = false // Token logs in again by itself
	app, password := o.ApplicationCredentialSecret != "", o.Password != "" || o.Passcode != ""
	if app && password {
		o.Password, o.Passcode = "", ""
		s.unused = append(s.unused, "OS_PASSWORD")
	}
	switch {
	case o.TokenID == "":
	case app || password:
		o.TokenID = ""
		s.unused = append(s.unused, "OS_TOKEN")
	default: // the token says whose it is
		o.Username, o.UserID, o.DomainID, o.DomainName = "", "", "", ""
	}
}

// check names what is missing; gophercloud would name its own fields.
func (s *Source) check() error {
	var errs []error
	missing := func(name string) {
		errs = append(errs, fmt.Errorf("%s: is missing; OS_AUTH_URL is set", name))
	}
	switch o := s.options; {
	case o.TokenID != "":
	case o.ApplicationCredentialID != "" || o.ApplicationCredentialName != "":
		if o.ApplicationCredentialSecret == "" {
			missing("OS_APPLICATION_CREDENTIAL_SECRET")
		}
		if o.ApplicationCredentialID == "" && o.Username == "" && o.UserID == "" {
			missing("OS_USERNAME")
		}
	default:
		if o.Username == "" && o.UserID == "" {
			missing("OS_USERNAME")
		}
		if o.Password == "" && o.Passcode == "" {
			missing("OS_PASSWORD")
		}
		if o.Scope == nil {
			missing("OS_PROJECT_NAME")
		}
	}
	return errors.Join(errs...)
}

// versioned puts the version that is asked for into an URL that has none.
func versioned(authURL, version string) string {
	trimmed := strings.TrimRight(authURL, "/")
	if strings.HasSuffix(trimmed, "/v3") || strings.HasSuffix(trimmed, "/v2.0") {
		return trimmed
	}
	switch version {
	case "2", "2.0":
		return trimmed + "/v2.0"
	case "3":
		return trimmed + "/v3"
	}
	return authURL
}

// fromClouds finds clouds.yaml, and secure.yaml and clouds-public.yaml beside
// it, where the openstack client looks for them.
func fromClouds(name string, getenv func(string) string, readFile func(string) ([]byte, error)) (*Source, error) {
	places := []string{"clouds.yaml", path.Join(cmp.Or(getenv("XDG_CONFIG_HOME"), path.Join(getenv("HOME"), ".config")), "openstack/clouds.yaml"), "/etc/openstack/clouds.yaml"}
	if place := getenv("OS_CLIENT_CONFIG_FILE"); place != "" {
		places = []string{place}
	}
	for _, place := range places {
		text, err := readFile(place)
		if err != nil {
			continue
		}
		beside := func(name string) io.Reader {
			text, err := readFile(path.Join(path.Dir(place), name))
			if err != nil {
				text = []byte("{}")
			}
			return bytes.NewReader(text)
		}
		options, _, config, err := clouds.Parse(clouds.WithCloudName(name),
			clouds.WithCloudsYAML(bytes.NewReader(text)), clouds.WithSecureYAML(beside("secure.yaml")),
			clouds.WithCloudsPublicYAML(beside("clouds-public.yaml")), clouds.WithCACertPath(getenv("OS_CACERT")))
		if err != nil {
			return nil, fmt.Errorf("OS_CLOUD: %q: %s: %s", name, printable.Text(place), withoutValues(name, err))
		}
		if err := guard.Check(fmt.Sprintf("OS_CLOUD: %q: %s: auth_url", name, printable.Text(place)), options.IdentityEndpoint, exampleURL); err != nil {
			return nil, err
		}
		s := &Source{options: options, TLS: config}
		var scope gophercloud.AuthScope
		if options.Scope != nil {
			scope, s.options.Scope = *options.Scope, nil
			if scope.ProjectName == "" {
				s.options.Scope = &scope
			}
		}
		s.complete(scope, "default")
		return s, nil
	}
	return nil, fmt.Errorf("OS_CLOUD: %q: no clouds.yaml at %s", name, printable.Text(strings.Join(places, ", ")))
}

var line = pattern.Of(`line [0-9]+`)

// withoutValues says what is wrong with a clouds.yaml. A YAML parser and those
// who use it quote values, which may be passwords: nothing is kept of what they
// say but the number of a line.
func withoutValues(name string, err error) string {
	if err.Error() == fmt.Sprintf("cloud %q not found in clouds.yaml", name) {
		return fmt.Sprintf("holds no cloud %q", name)
	}
	if _, about, found := strings.Cut(err.Error(), "unable to compute TLS configuration: "); found { // files, not values
		return printable.Text(about)
	}
	if at := line().FindString(err.Error()); at != "" {
		return "cannot be read as a clouds.yaml, or what is beside it: " + at
	}
	return "cannot be read as a clouds.yaml, or what is beside it"
}
