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
		Short: "Allocate service IPs for all the files together and write them into the files",
		Long: `Allocates service IPs for every NestedConfig in the files and below the directories.
It writes the service IPs that are not pinned yet into spec.linkLocal of each file.
Clusters of one underlay get the same service IP for a node, and pins never change.

Everything else in a file stays byte by byte. If any NestedConfig has an error, no
file is written. With --check no file is written: a file that lacks a pin is an
error.`,
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
