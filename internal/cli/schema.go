package cli

import (
	"fmt"

	"github.com/nested-config/nested-config/fn/config"

	"github.com/spf13/cobra"
)

func newSchema(e Env) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "Print the CRDs, or a JSON schema for editors",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			var text []byte
			var err error
			switch format {
			case "crd":
				text, err = config.CRDs()
			case "json-schema":
				text, err = config.JSONSchema()
			default:
				return fmt.Errorf("--format: %q: must be crd or json-schema", format)
			}
			if err != nil {
				return err
			}
			_, err = e.Out.Write(text)
			return err
		},
	}
	cmd.Flags().StringVar(&format, "format", "crd", "crd (OpenAPI v3) or json-schema")
	return cmd
}
