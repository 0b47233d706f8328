package keystone

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/gophercloud/gophercloud/v2"

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
