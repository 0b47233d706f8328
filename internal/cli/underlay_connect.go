package cli

import (
	"crypto/tls"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/internal/underlay/configapi"
	"github.com/nested-config/nested-config/internal/underlay/keystone"
)

// configAPI makes the client. The credentials are those of the environment,
// unless every config says that the config API wants none. Where there are none,
// no token is sent: a config API without authorization serves an underlay whose
// kube-managers log in all the same, and any other says what it wants.
func (e Env) configAPI(f underlayFlags, configs []config.Config) (*configapi.Client, error) {
	if len(f.servers) == 0 {
		f.servers = strings.FieldsFunc(e.Getenv("CONTRAIL_CONFIG_API"), func(r rune) bool { return r == ',' || r == ' ' })
	}
	source, err := keystone.FromEnv(e.Getenv, os.ReadFile)
	if err != nil {
		return nil, err
	}
	wants := func(c config.Config) bool { return c.Spec.Auth.Mode == config.Keystone }
	if len(configs) > 0 && !slices.ContainsFunc(configs, wants) {
		source = nil
	}
	settings, err := keystone.TLS(f.caFile, f.insecure, os.ReadFile)
	if err != nil {
		return nil, err
	}
	if settings == nil && source != nil {
		settings = source.TLS
	}
	o := configapi.Options{URLs: f.servers, Timeout: f.timeout, Transport: e.transport(settings, f.timeout)}
	if source != nil {
		o.User, o.Token = source.User(), source.Token(http.Client{Transport: o.Transport, Timeout: f.timeout})
	}
	return configapi.New(o)
}

func (e Env) transport(settings *tls.Config, timeout time.Duration) *http.Transport {
	return configapi.Transport(settings, e.Proxy, timeout)
}
