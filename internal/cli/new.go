package cli

import (
	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/fn/config"

	"github.com/spf13/cobra"
)

func newNew(e Env) *cobra.Command {
	var connectivity string
	cmd := &cobra.Command{
		Use:   "new NAME",
		Short: "Print a commented NestedConfig to fill in",
		Long: `Prints a NestedConfig for a nested cluster of that name, with every field and its
meaning. Required fields have no value. Optional fields are commented out and show
their default:
  nested-config new k8s > nested-config.yaml

--connectivity says how the nested cluster reaches the underlay:
  LinkLocal    by service IPs, which link-local services forward to its nodes
  FabricSNAT   by the nodes' own addresses, through the SNAT of the VMs' network
  Direct       by the nodes' own addresses, which are reachable as they are`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			text, problems := config.Blank(args[0], connectivity)
			e.tell(problems)
			if problems.Errors() {
				return fn.ErrInvalid
			}
			_, err := e.Out.Write(text)
			return err
		},
	}
	cmd.Flags().StringVar(&connectivity, "connectivity", config.LinkLocalMode, "LinkLocal, FabricSNAT or Direct")
	return cmd
}
