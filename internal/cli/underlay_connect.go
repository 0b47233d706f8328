package cli

import (
	"crypto/tls"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/underlay"
	"github.com/nested-config/nested-config/internal/underlay/guard"
	"github.com/nested-config/nested-config/internal/underlay/keystone"

	"github.com/spf13/cobra"
)

// connectFlags say where the config API is, and how to talk to it.
type connectFlags struct {
	servers    []string
	caFile     string
	insecure   bool
	timeout    time.Duration
	maxRequest int
}

// add makes the flags. otherwise is what counts without --config-api.
func (f *connectFlags) add(cmd *cobra.Command, otherwise string) {
	flags := cmd.Flags()
	flags.StringArrayVar(&f.servers, "config-api", nil, "URL of a config API, such as http://192.168.1.100:8082; repeat it for failover"+otherwise)
	flags.StringVar(&f.caFile, "ca-cert", "", "PEM file with the CA of the config API and of Keystone (or OS_CACERT)")
	flags.BoolVar(&f.insecure, "insecure", false, "do not verify certificates (or OS_INSECURE)")
	flags.DurationVar(&f.timeout, "timeout", 30*time.Second, "time limit of one request")
	flags.IntVar(&f.maxRequest, "max-request", 0, "longest request that the config API accepts, in bytes (max_request_size, 1024000)")
}

// configAPI makes the client. The credentials are those of the environment,
// unless every config says that the config API wants none. Where there are none,
// no token is sent: a config API without authorization serves an underlay whose
// kube-managers log in all the same, and any other says what it wants.
func (e Env) configAPI(f connectFlags, configs []config.Config) (*underlay.Client, error) {
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
	settings, err := e.tls(f, source)
	if err != nil {
		return nil, err
	}
	o := underlay.ClientOptions{URLs: f.servers, Timeout: f.timeout, MaxRequest: f.maxRequest,
		Transport: guard.Transport(settings, e.Proxy, f.timeout)}
	if source != nil {
		o.User, o.Secrets, o.Token = source.User(), source.Given, source.Token(o.Transport, f.timeout)
	}
	return underlay.NewClient(o)
}

// tls are the settings of the flags, or where there is none, of the environment
// or clouds.yaml. It says so when certificates are not verified.
func (e Env) tls(f connectFlags, source *keystone.Source) (*tls.Config, error) {
	caFile, insecure, who := f.caFile, f.insecure, "--insecure"
	if caFile == "" && !insecure {
		var err error
		if insecure, err = keystone.Insecure(e.Getenv); err != nil {
			return nil, err
		}
		caFile, who = e.Getenv("OS_CACERT"), "OS_INSECURE"
	}
	settings, err := keystone.TLS(caFile, insecure, os.ReadFile)
	if err != nil {
		return nil, err
	}
	if source != nil && source.TLS != nil {
		if settings == nil {
			settings, who = source.TLS.Clone(), "verify: false of clouds.yaml"
		}
		settings.Certificates = source.TLS.Certificates
	}
	if settings != nil && settings.InsecureSkipVerify {
		fmt.Fprintf(e.Err, "warning: %s: certificates are not verified: whoever is on the way can read and change everything, the password and the token too\n", who)
	}
	return settings, nil
}
