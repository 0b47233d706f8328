package cli

import (
	"errors"
	"slices"

	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/internal/pin"
	"github.com/nested-config/nested-config/internal/source"

	"github.com/spf13/cobra"
)

func newPin(e Env) *cobra.Command {
	var check bool
	cmd := &cobra.Command{
		Use:   "pin PATH...",
		Short: "Allocate for all the files together and write the service IPs into them",
		Long: `Allocates service IPs for every NestedConfig in the files and below the directories
named and writes those that are not pinned yet into spec.linkLocal, each into its own file. Clusters of one
underlay get one service IP for a node, and nothing that is pinned moves.

Everything else in a file stays byte by byte. Nothing is written when anything is
wrong with any of them, and nothing is written twice. With --check nothing is written at all: a file that
would be is an error.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if slices.Contains(args, source.Stdin) {
				return errors.New("-: is standard input, which pins cannot be written into: name the files")
			}
			var problems config.Problems
			var err error
			if check {
				problems = pin.Check(args)
			} else {
				problems, err = pin.Files(args)
			}
			e.tell(problems)
			if err == nil && problems.Errors() {
				err = fn.ErrInvalid
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "write nothing; fail when a pin is missing")
	return cmd
}
