package cli

import (
	"github.com/nested-config/nested-config/internal/install"

	"github.com/spf13/cobra"
)

func newInstall(e Env) *cobra.Command {
	var plugin bool
	cmd := &cobra.Command{
		Use:   "install DIR",
		Short: "Copy this program into DIR, for init containers",
		Long: `Copies this program to DIR/nested-config. With --kustomize-plugin, it copies it to
the path where kustomize finds it if KUSTOMIZE_PLUGIN_HOME is DIR. The image has no
shell and no cp: an init container uses this command to give the program to another
container.`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			self, err := e.Self()
			if err != nil {
				return err
			}
			name := "nested-config"
			if plugin {
				name = install.KustomizePlugin
			}
			_, err = install.Copy(self, args[0], name+install.Suffix(self))
			return err
		},
	}
	cmd.Flags().BoolVar(&plugin, "kustomize-plugin", false, "copy to "+install.KustomizePlugin+" below DIR")
	return cmd
}
