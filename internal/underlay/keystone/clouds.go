package keystone

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack/config/clouds"

	"github.com/nested-config/nested-config/internal/pattern"
	"github.com/nested-config/nested-config/internal/printable"
	"github.com/nested-config/nested-config/internal/underlay/guard"
)

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
		return "it or a file beside it is not a valid clouds.yaml: " + at
	}
	return "it or a file beside it is not a valid clouds.yaml"
}
