package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/internal/printable"
	"github.com/nested-config/nested-config/internal/underlay/declared"
	"github.com/nested-config/nested-config/internal/underlay/guard"
	"github.com/nested-config/nested-config/internal/underlay/keystone"
	"github.com/nested-config/nested-config/internal/underlay/verify"

	"github.com/spf13/cobra"
)

type verifyFlags struct {
	servers                  []string
	cluster, name            string
	caFile, format, kubePath string
	timeout                  time.Duration
	parallel                 int
}

func newUnderlayVerify(e Env) *cobra.Command {
	var f verifyFlags
	cmd := &cobra.Command{
		Use:   "verify PATH...",
		Short: "Check from a node or pod of the nested cluster that every address answers",
		Long: `Connects to every address of the underlay that the nested cluster needs, each in its
own protocol, and names the likely cause of a failure. Run it on a node
of the nested cluster, or in a pod with hostNetwork. No credential is sent.

If there is a kubeconfig, it also looks for a second running kube-manager.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return e.verify(f, args) },
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&f.servers, "config-api", nil, "URL of a config API to check too (repeatable)")
	flags.StringVar(&f.caFile, "ca-cert", "", "PEM file with the CA to check certificates with; without it they are not checked")
	flags.StringVar(&f.format, "format", "table", "table or json")
	flags.StringVar(&f.kubePath, "kubeconfig", "", "kubeconfig of the nested cluster (or KUBECONFIG, or ~/.kube/config)")
	flags.DurationVar(&f.timeout, "timeout", 5*time.Second, "time limit of one address")
	flags.IntVar(&f.parallel, "parallel", 16, "number of addresses to check at a time")
	addDeclarationFlags(cmd, &f.cluster, &f.name)
	return cmd
}

func (e Env) verify(f verifyFlags, paths []string) error {
	if f.format != "table" && f.format != "json" {
		return fmt.Errorf("--format: %q: must be table or json", f.format)
	}
	d, err := e.declarations(paths, f.cluster, f.name)
	if err != nil {
		return err
	}
	targets, err := verifyTargets(d, f.servers)
	if err != nil {
		return err
	}
	settings, err := keystone.TLS(f.caFile, false, os.ReadFile)
	if err != nil {
		return err
	}
	ctx, stop := e.stoppable(context.Background())
	defer stop()
	results := verify.Probe(ctx, targets, verify.Options{
		Dial: e.Dial, TLS: settings, Timeout: f.timeout, Parallel: f.parallel})
	managers, managersErr := e.kubeManagers(ctx, f.kubePath)
	if err := e.printVerified(f.format, results, managers); err != nil {
		return err
	}
	failed := 0
	for _, r := range results {
		if !r.OK {
			failed++
		}
	}
	if failed > 0 {
		managersErr = errors.Join(fmt.Errorf("%d of %d addresses do not answer as they should", failed, len(results)), managersErr)
	}
	return managersErr
}

func verifyTargets(d declared.Declarations, servers []string) ([]verify.Target, error) {
	var targets []verify.Target
	for _, s := range servers {
		if err := guard.Check("--config-api", s, "http://192.168.1.100:8082", servers...); err != nil {
			return nil, err
		}
		u, err := url.Parse(s)
		if err != nil {
			return nil, errors.New("--config-api: must be a URL such as http://192.168.1.100:8082")
		}
		port, err := strconv.Atoi(u.Port())
		if err != nil {
			port = map[string]int{"http": 80, "https": 443}[u.Scheme]
		}
		targets = append(targets, verify.Target{Name: "--config-api", Host: u.Hostname(), Port: port,
			Protocol: verify.ConfigAPI, TLS: u.Scheme == "https", Path: u.Path})
	}
	for _, c := range d.Clusters {
		i := slices.IndexFunc(d.Configs, func(o config.Config) bool { return o.Name == c.Name })
		if i >= 0 {
			targets = append(targets, verify.Config(d.Configs[i])...)
		} else {
			targets = append(targets, verify.Services(c.Name, c.Services)...)
		}
	}
	return targets, nil
}

// kubeManagers counts those at work. Without a kubeconfig it does not; with one
// that was not asked for, it only warns when it cannot.
func (e Env) kubeManagers(ctx context.Context, kubeconfig string) ([]verify.Manager, error) {
	asked := kubeconfig != ""
	if !asked && e.Getenv("KUBECONFIG") == "" {
		if _, err := os.Stat(filepath.Join(e.Getenv("HOME"), ".kube", "config")); err != nil {
			return nil, nil
		}
	}
	managers, err := verify.KubeManagers(ctx, e.Exec, kubeconfig)
	if err != nil && !asked && !errors.Is(err, verify.ErrTwoManagers) {
		fmt.Fprintf(e.Err, "warning: kube-managers are not counted: %s\n", printable.Text(err.Error()))
		return nil, nil
	}
	return managers, err
}

func (e Env) printVerified(format string, results []verify.Result, managers []verify.Manager) error {
	if format == "json" {
		text, err := json.MarshalIndent(map[string]any{"services": results, "kubeManagers": managers}, "", "  ")
		if err == nil {
			_, err = fmt.Fprintf(e.Out, "%s\n", printable.JSON(text))
		}
		return err
	}
	if err := verify.Table(e.Out, results); err != nil {
		return err
	}
	for _, m := range managers {
		if _, err := fmt.Fprintf(e.Out, "\nrunning kube-manager: %s/%s (%s) on %s", printable.Text(m.Namespace), printable.Text(m.Name), printable.Text(m.Owner), printable.Text(m.Node)); err != nil {
			return err
		}
	}
	if len(managers) > 1 {
		fmt.Fprint(e.Out, "\n  there is no leader election: delete the DaemonSet of the old manifest, and keep the Deployment with one replica")
	}
	if len(managers) > 0 {
		_, err := fmt.Fprintln(e.Out)
		return err
	}
	return nil
}
