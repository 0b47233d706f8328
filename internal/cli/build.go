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
	var discover, argocd bool
	cmd := &cobra.Command{
		Use:   "build [DIR]",
		Short: "Run kustomize build with this function built in",
		Long: `Builds the kustomization in DIR, or in the current directory, as
"kustomize build --enable-alpha-plugins --enable-exec" does, with two
differences: nothing needs to be installed or enabled, and no other function,
plugin or chart runs, whatever the repository asks for. A result with broken
workloads is refused. Examples: a changed selector, a token or Secret whose name the
pods do not know, a changed ConfigMap that restarts no pod.

It starts no process and opens no connection. With --allow-remote it fetches the
remote bases and files that kustomizations name: repositories with git, by https or
ssh, and files by https. It starts no other program.

With --argocd, a value $ARGOCD_APP_REVISION in a resource of Argo CD becomes the
commit that Argo CD has told in this variable. So the result names what it was built
from. No other variable is read.

-o replaces a file as a whole or not at all. Only you can read a file with a Secret.
If the file of -o is a link, it is followed. A link in a directory of -o is replaced.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if discover {
				return e.discover(append(args, ".")[0])
			}
			o := build.Options{Function: fn.Process, Message: func(r krm.Result) string { return fn.Line(r, false) }}
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
			return e.build(append(args, ".")[0], output, argocd, o)
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "file to write instead of stdout, or an existing directory, which gets a file for each resource")
	cmd.Flags().StringVar(&restrictor, "load-restrictor", types.LoadRestrictionsRootOnly.String(),
		types.LoadRestrictionsNone.String()+" lets kustomizations load files from outside their directory")
	cmd.Flags().BoolVar(&remote, "allow-remote", false, "fetch remote bases and files, with git (https, ssh) and by https")
	cmd.Flags().BoolVar(&discover, "discover", false, "print the files of the NestedConfigs that a build would read, and build nothing; Argo CD asks a plugin this way whether a directory is for it")
	cmd.Flags().BoolVar(&argocd, "argocd", false, "write the commit that Argo CD builds into its resources, in place of $ARGOCD_APP_REVISION")
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

func (e Env) build(dir, output string, argocd bool, o build.Options) error {
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
	if argocd {
		if err := build.PinCommit(resources, e.Getenv(build.CommitVariable)); err != nil {
			return err
		}
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
