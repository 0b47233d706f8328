package cli

import (
	"context"
	"fmt"
	"net/http"

	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/fn/krm"
	"github.com/nested-config/nested-config/internal/build"
	"github.com/nested-config/nested-config/internal/fetch"
	"github.com/nested-config/nested-config/internal/printable"

	"github.com/spf13/cobra"
	"sigs.k8s.io/kustomize/api/types"
)

func newBuild(e Env) *cobra.Command {
	var output, restrictor string
	var remote bool
	var discover bool
	cmd := &cobra.Command{
		Use:   "build [DIR]",
		Short: "Run kustomize build with this function built in",
		Long: `Builds the kustomization in DIR, or in the current directory, as
"kustomize build --enable-alpha-plugins --enable-exec" does, with two
differences: nothing needs to be installed or enabled, and no other function,
plugin or chart runs, whatever the repository asks for. A result whose workloads
no cluster could run, or no running one could follow, is refused: another selector,
a token or Secret under a name that the pods do not know, a changed ConfigMap that
rolls no pod.

It starts no process and opens no connection. With --allow-remote it gets what
kustomizations name that is remote: repositories with git, by https or ssh,
and files by https; it starts nothing else.

What -o writes is replaced whole or not at all, and is readable by you alone when
a Secret is in it. A FILE that is a link is followed; a link in a DIR is replaced.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if discover {
				return e.discover(append(args, ".")[0])
			}
			o := build.Options{Function: fn.Process, Line: func(r krm.Result) string { return fn.Line(r, false) }}
			switch restrictor {
			case types.LoadRestrictionsRootOnly.String():
				o.Restrictions = types.LoadRestrictionsRootOnly
			case types.LoadRestrictionsNone.String():
				o.Restrictions = types.LoadRestrictionsNone
			default:
				return fmt.Errorf("--load-restrictor: %q: must be %s or %s", restrictor, types.LoadRestrictionsRootOnly, types.LoadRestrictionsNone)
			}
			if remote {
				o.Remote = &fetch.Client{Git: e.Git(), Environ: e.Environ(), Transport: &http.Transport{
					DialContext: e.Dial, Proxy: e.Proxy, DisableKeepAlives: true, ForceAttemptHTTP2: true,
				}}
			}
			return e.build(append(args, ".")[0], output, o)
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "file to write to instead of stdout, or an existing directory for a file for each resource")
	cmd.Flags().StringVar(&restrictor, "load-restrictor", types.LoadRestrictionsRootOnly.String(),
		types.LoadRestrictionsNone.String()+" lets kustomizations load files from outside of their directory")
	cmd.Flags().BoolVar(&remote, "allow-remote", false, "get remote bases and files, with git (https, ssh) and by https")
	cmd.Flags().BoolVar(&discover, "discover", false, "print the files of the NestedConfigs that a build would meet, and build nothing: for Argo CD, which asks each plugin whether a directory is its own")
	return cmd
}

// discover prints nothing for a directory that is none of ours, which is no error.
func (e Env) discover(dir string) error {
	for _, path := range build.Discover(dir) {
		if _, err := fmt.Fprintln(e.Out, printable.Text(path)); err != nil {
			return err
		}
	}
	return nil
}

func (e Env) build(dir, output string, o build.Options) error {
	if e.Seal != nil {
		if err := e.Seal(e.Err); err != nil {
			return err
		}
	}
	if e.Memory != nil {
		o.MaxHeap = e.Memory()
	}
	ctx, stop := e.stoppable(context.Background())
	defer stop()
	resources, results, err := build.Run(ctx, dir, o)
	e.print(results)
	if err != nil {
		return err
	}
	if output != "" {
		return writeBuild(output, resources)
	}
	text, err := resources.AsYaml()
	if err != nil {
		return err
	}
	_, err = e.Out.Write(text)
	return err
}
