package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/internal/explain"
	"github.com/nested-config/nested-config/internal/source"

	"github.com/spf13/cobra"
)

func newExplain(e Env) *cobra.Command {
	var format string
	formats := explain.Formats()
	var names []string
	help := ""
	for _, f := range formats {
		names = append(names, f.Name)
		help += fmt.Sprintf("\n  %-12s %s", f.Name, f.Help)
	}
	allowed := strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
	cmd := &cobra.Command{
		Use:   "explain PATH...",
		Short: "Show the link-local services of all NestedConfigs under the paths",
		Long: `Shows the link-local services that each underlay must have for the NestedConfigs.
A PATH is a file, a directory, or - for stdin. Equal services are shown once. The formats:
` + help,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			i := slices.Index(names, format)
			if i < 0 {
				return fmt.Errorf("--format: %q: must be %s", format, allowed)
			}
			f, err := source.Load(cmd.Context(), args, e.In, nil)
			if err != nil {
				return err
			}
			e.tell(f.Problems)
			if f.Failed() {
				return fn.ErrInvalid
			}
			return formats[i].Show(e.Out, f.Configs)
		},
	}
	cmd.SetContext(context.Background())
	cmd.Flags().StringVar(&format, "format", names[0], allowed)
	return cmd
}
