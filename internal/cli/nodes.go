package cli

import (
	"io"

	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/internal/nodes"
	"github.com/nested-config/nested-config/internal/source"

	"github.com/spf13/cobra"
)

func newNodes(e Env) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "nodes PATH",
		Short: "Print what the VMs of the nested cluster need",
		Long: `Prints node preparation for the VMs of the NestedConfig under PATH (spec.nodes, spec.images.insecure):
  cloud-init   one document with all of it, and the kernel modules of the CNI plugin
  hosts        lines for /etc/hosts
  docker       a /etc/docker/daemon.json; merge it into one that exists
  containerd   the hosts.toml of the registry, with its path`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return e.nodes(args[0], format)
		},
	}
	cmd.Flags().StringVar(&format, "format", nodes.CloudInit, "cloud-init, hosts, docker or containerd")
	return cmd
}

func (e Env) nodes(path, format string) error {
	doc, problems := source.One(path, e.In)
	var c config.Config
	if !problems.Errors() {
		c, problems = source.Config(doc)
	}
	e.tell(problems)
	if problems.Errors() {
		return fn.ErrInvalid
	}
	out, err := nodes.Prepare(c, format)
	if err != nil {
		return err
	}
	_, err = io.WriteString(e.Out, out)
	return err
}
