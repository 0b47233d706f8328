package cli

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/underlay"
	"github.com/nested-config/nested-config/internal/printable"
	"github.com/nested-config/nested-config/internal/underlay/plan"

	"github.com/spf13/cobra"
)

// changesPending is the status of a plan that is not empty.
const changesPending exitStatus = 2

func newUnderlay(e Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "underlay",
		Short: "Compare, change and probe the underlay",
		Long: `Writes to the Contrail underlay what NestedConfigs declare: link-local services
and, with FabricSNAT, fabric_snat of the virtual network and port translation
pools. Entries of others stay as they are.

PATHs are files, directories or - for stdin, with NestedConfigs or with the
LinkLocalServices and FabricSNATs that were rendered from them.

Credentials are those of the OpenStack client: OS_* variables, or OS_CLOUD and
clouds.yaml. Without credentials, or with auth.mode noauth, no token is sent.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newUnderlayPlan(e), newUnderlayApply(e), newUnderlayRemove(e), newUnderlayVerify(e))
	return cmd
}

// underlayFlags are those of plan, apply and remove.
type underlayFlags struct {
	connectFlags
	format        string
	cluster, name string
	prune, adopt  bool
	dryRun, all   bool
}

func (f *underlayFlags) add(cmd *cobra.Command, declarations bool) {
	f.connectFlags.add(cmd, " (or CONTRAIL_CONFIG_API, separated by commas)")
	flags := cmd.Flags()
	flags.StringVar(&f.format, "format", "text", "text or json")
	flags.BoolVar(&f.all, "all", false, "also show each entry that stays as it is")
	if declarations {
		flags.BoolVar(&f.prune, "prune", false, "remove what these clusters own and no longer declare")
		flags.BoolVar(&f.adopt, "adopt", false, "take over entries without an owner that are identical or in conflict")
		addDeclarationFlags(cmd, &f.cluster, &f.name)
	}
}

func addDeclarationFlags(cmd *cobra.Command, cluster, name *string) {
	cmd.Flags().StringVar(cluster, "cluster", "", "cluster of rendered resources that do not name their owner")
	cmd.Flags().StringVar(name, "underlay", "", "take only the NestedConfigs with this spec.underlay.name")
}

func newUnderlayPlan(e Env) *cobra.Command {
	var f underlayFlags
	cmd := &cobra.Command{
		Use:   "plan --config-api URL PATH...",
		Short: "Print what apply would change; exits with 0 for nothing, 2 for a change, 1 for an error",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			d, err := e.declarations(args, f.cluster, f.name)
			if err != nil {
				return err
			}
			return e.underlay(f, d.Configs, func(ctx context.Context, c *underlay.Client) (underlay.Report, error) {
				r, err := underlay.Plan(ctx, c, d.Clusters, f.options())
				if err == nil && r.Pending() {
					err = changesPending
				}
				return r, err
			})
		},
	}
	f.add(cmd, true)
	return cmd
}

func newUnderlayApply(e Env) *cobra.Command {
	var f underlayFlags
	cmd := &cobra.Command{
		Use:   "apply --config-api URL PATH...",
		Short: "Write the declared services to the underlay",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			d, err := e.declarations(args, f.cluster, f.name)
			if err != nil {
				return err
			}
			do := underlay.Apply
			if f.dryRun {
				do = underlay.Plan
			}
			return e.underlay(f, d.Configs, func(ctx context.Context, c *underlay.Client) (underlay.Report, error) {
				return do(ctx, c, d.Clusters, f.options())
			})
		},
	}
	f.add(cmd, true)
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "print what would be done")
	return cmd
}

func newUnderlayRemove(e Env) *cobra.Command {
	var f underlayFlags
	cmd := &cobra.Command{
		Use:   "remove --config-api URL CLUSTER",
		Short: "Remove the entries of a cluster from the underlay",
		Long: `Removes the entries that CLUSTER alone owns from the underlay, and CLUSTER from the
owners of shared entries. CLUSTER is the name of a NestedConfig. Port translation
pools stay: other networks may use them.`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if !plan.ValidName(args[0]) {
				return fmt.Errorf("CLUSTER: %q: must be the name of a NestedConfig, such as k8s", args[0])
			}
			do := underlay.Remove
			if f.dryRun {
				do = underlay.PlanRemoval
			}
			return e.underlay(f, nil, func(ctx context.Context, c *underlay.Client) (underlay.Report, error) {
				return do(ctx, c, args[0], f.options())
			})
		},
	}
	f.add(cmd, false)
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "print what would be done")
	return cmd
}

func (f underlayFlags) options() underlay.Options {
	return underlay.Options{Prune: f.prune, Adopt: f.adopt, MaxRequest: f.maxRequest}
}

// underlay connects, does what it is told to, and prints the report, also that
// of a call that failed on its way.
func (e Env) underlay(f underlayFlags, configs []config.Config, do func(context.Context, *underlay.Client) (underlay.Report, error)) error {
	if f.format != "text" && f.format != "json" {
		return fmt.Errorf("--format: %q: must be text or json", f.format)
	}
	client, err := e.configAPI(f.connectFlags, configs)
	if err != nil {
		return err
	}
	ctx, stop := e.stoppable(context.Background())
	defer stop()
	report, err := do(ctx, client)
	var printed error
	switch {
	case !report.Planned: // the error says it all
	case f.format == "json":
		var text []byte
		if text, printed = json.MarshalIndent(report, "", "  "); printed == nil {
			_, printed = fmt.Fprintf(e.Out, "%s\n", printable.JSON(text))
		}
	default:
		if printed = report.Text(e.Out, f.all); printed == nil {
			printed = report.Summary(e.Out)
		}
	}
	if err != nil {
		return err
	}
	return printed
}
