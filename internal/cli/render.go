package cli

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/internal/render"
	"github.com/nested-config/nested-config/internal/source"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
)

func newRender(e Env) *cobra.Command {
	o := render.Options{Version: distinct(e.Version)}
	var layout string
	cmd := &cobra.Command{
		Use:   "render PATH... -o DIR",
		Short: "Render every NestedConfig under the paths into a directory",
		Long: `Renders every NestedConfig in the files and below the directories, or in stdin for
-, into DIR/<name>/, and checks them against each other. Resources for the underlay
go into DIR/<name>/underlay/.

A file that needs no change is not touched, and a file that has changed is replaced.
The files of a deleted NestedConfig are deleted if an earlier run wrote them and
nobody has changed them since. Files of others stay. Only you can read a file with a
Secret. Only one run at a time may write into DIR.

If any NestedConfig has an error, nothing is written. With --keep-going the others
are written, and nothing is deleted.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Layout = render.Layout(layout)
			if o.Layout != render.PerResource && o.Layout != render.PerCluster {
				return fmt.Errorf("--layout: %q: must be %s or %s", layout, render.PerResource, render.PerCluster)
			}
			if o.Dir == "" {
				return errors.New("-o: is required: the directory to render into")
			}
			return e.render(args, o)
		},
	}
	cmd.Flags().StringVarP(&o.Dir, "output", "o", "", "directory to render into")
	cmd.Flags().StringVar(&layout, "layout", string(render.PerResource), "resource: a file for each; cluster: one file for each cluster")
	cmd.Flags().BoolVar(&o.KeepGoing, "keep-going", false, "render the others when a NestedConfig has an error")
	cmd.Flags().BoolVar(&o.Prune, "prune", true, "delete the files of a NestedConfig that is gone")
	return cmd
}

func (e Env) render(paths []string, o render.Options) error {
	ctx, stop := e.stoppable(context.Background()) // what is being written is finished
	defer stop()

	// main spares a short process its collector. Here memory is the scarcer.
	debug.SetGCPercent(50)

	step, end := e.progress("reading")
	f, err := source.Load(ctx, paths, e.In, step)
	end()
	if err != nil {
		return errors.New("interrupted: nothing is written")
	}
	f.Problems = append(f.Problems, render.OwnDirectories(&f)...)
	failed := f.Failed()
	e.tell(f.Problems)
	if failed && !o.KeepGoing {
		return fn.ErrInvalid
	}

	o.Prune = o.Prune && !failed
	step, end = e.progress("rendering")
	o.Step = step
	messages, err := render.Run(ctx, &f, o)
	end()
	e.tell(messages)
	if err == nil && (failed || messages.Errors()) {
		err = fn.ErrInvalid
	}
	return err
}

// distinct is a version that no other build has, or "".
func distinct(version string) string {
	if version == "dev" || strings.HasSuffix(version, "+dirty") {
		return ""
	}
	return version
}

// tell prints what commands over many files have to say. Infos are left out:
// success is silent.
func (e Env) tell(problems config.Problems) {
	for _, p := range problems {
		if p.Severity != config.Info {
			fmt.Fprintln(e.Err, p)
		}
	}
}

// progress shows a line while something takes long, on a terminal only.
func (e Env) progress(what string) (step func(done, of int), end func()) {
	if !e.ErrIsTerminal {
		return nil, func() {}
	}
	bar := progressbar.NewOptions(-1,
		progressbar.OptionSetWriter(e.screen),
		progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish())
	return func(done, of int) {
			if bar.GetMax() != of {
				bar.ChangeMax(of)
			}
			_ = bar.Add(1) // a terminal that is gone is no reason to stop
		}, func() {
			_ = bar.Finish()
		}
}
