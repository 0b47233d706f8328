package cli

import (
	"context"
	"fmt"

	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/internal/explain"
	"github.com/nested-config/nested-config/internal/source"

	"github.com/spf13/cobra"
)

func newExplain(e Env) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "explain PATH...",
		Short: "Show the link-local services of all NestedConfigs under the paths",
		Long: `Shows the link-local services that each underlay must have for every NestedConfig
in the files and below the directories named, or in what is piped in for -, equal
ones once: as a table, as json, as a mermaid flowchart, or as the commands of
provision_linklocal.py.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			show := explain.Formats()[format]
			if show == nil {
				return fmt.Errorf("--format: %q: must be table, json, mermaid or provision", format)
			}
			f, err := source.Load(cmd.Context(), args, e.In, nil)
			if err != nil {
				return err
			}
			e.tell(f.Problems)
			if f.Failed() {
				return fn.ErrInvalid
			}
			return show(e.Out, f.Configs)
		},
	}
	cmd.SetContext(context.Background())
	cmd.Flags().StringVar(&format, "format", "table", "table, json, mermaid or provision")
	return cmd
}
