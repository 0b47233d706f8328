// Package cli is the command line: one file per command, each of which parses its
// flags and calls the package that does the work. A command gets everything outside
// the process (streams, environment, clock) as arguments.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"

	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/fn/krm"
	"github.com/nested-config/nested-config/internal/printable"
	"github.com/nested-config/nested-config/internal/source"

	"github.com/spf13/cobra"
)

// Env is what commands may touch of the outside, beside files.
type Env struct {
	In       io.Reader
	Out, Err io.Writer
	Getenv   func(string) string
	// Self is the path of the running program.
	Self func() (string, error)
	// InIsTerminal: nobody pipes a ResourceList, so that waiting for one helps
	// nobody.
	InIsTerminal bool
	// ErrIsTerminal: progress may be shown.
	ErrIsTerminal bool
	Version       string
	// Dial opens a connection for a probe.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Proxy says which proxy a request takes.
	Proxy func(*http.Request) (*url.URL, error)
	// Exec runs a program and gives its standard output.
	Exec func(ctx context.Context, name string, args ...string) ([]byte, error)
	// Git is the path of git, or "".
	Git func() string
	// Environ is the environment for programs that a command starts.
	Environ func() []string
	// Seal ends all ways in which libraries start processes, open connections and
	// log on their own, in the whole process; nil where others still need them.
	Seal func(stderr io.Writer) error
	// Memory bounds what the rest of the process holds in memory, and gives the bound
	// in bytes; nil for none.
	Memory func() uint64
	// Interrupt gives a context that ends when the user wants to stop.
	Interrupt func(context.Context) (context.Context, context.CancelFunc)

	// screen is Err as it was given, for what moves the cursor.
	screen io.Writer
}

// stoppable is Interrupt, or a context that nobody ends.
func (e Env) stoppable(ctx context.Context) (context.Context, context.CancelFunc) {
	if e.Interrupt == nil {
		return context.WithCancel(ctx)
	}
	return e.Interrupt(ctx)
}

// exitStatus is an error that asks for a status of its own and prints nothing.
type exitStatus int

func (s exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// Run runs the command line and gives the exit status: 0, or 1 when anything is
// an error, or what the command defines.
func Run(args []string, e Env) (status int) {
	// Whatever a command tells is printable: this is the one way to stderr.
	e.screen, e.Err = e.Err, printable.Writer(e.Err)
	defer func() {
		if v := recover(); v != nil {
			e.crash(args, v, debug.Stack())
			status = 1
		}
	}()
	// The function proper. kustomize and kpt start it for every build, so it does
	// not even make the commands.
	if len(args) == 0 && !e.InIsTerminal {
		return e.status(e.function())
	}
	// Nor does a FILE need them, where it cannot be the name of a command.
	if len(args) == 1 && strings.ContainsAny(args[0], "./") && !strings.HasPrefix(args[0], "-") {
		return e.status(e.file(args[0]))
	}
	root := newRoot(e)
	root.SetArgs(args)
	return e.status(root.Execute())
}

func (e Env) status(err error) int {
	var status exitStatus
	switch {
	case err == nil:
		return 0
	case errors.As(err, &status):
		return int(status)
	case !errors.Is(err, fn.ErrInvalid): // whose lines are printed already
		fmt.Fprintln(e.Err, err)
	}
	return 1
}

// Commands is the tree of commands, for documents about them; Run runs them.
func Commands(e Env) *cobra.Command {
	root := newRoot(e)
	root.InitDefaultCompletionCmd()
	return root
}

func newRoot(e Env) *cobra.Command {
	root := &cobra.Command{
		Use:   "nested-config [FILE]",
		Short: "Contrail nested mode from one NestedConfig",
		Long: `Turns a NestedConfig into the manifest of a Kubernetes cluster nested in a
Contrail underlay, and into the link-local services that the underlay needs.

Without arguments it is a KRM function: a ResourceList on stdin, one on stdout,
as kustomize and kpt call it. With a FILE it renders the NestedConfig in it to
plain YAML on stdout; - is stdin.`,
		Args:          cobra.MaximumNArgs(1),
		Version:       e.Version,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return e.file(args[0])
		},
	}
	root.SetIn(e.In)
	root.SetOut(e.Out)
	root.SetErr(e.Err)
	root.SetVersionTemplate("{{.Version}}\n")
	// cobra shows a flag that it does not know as it is: a newline in it would forge a line.
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return errors.New(printable.Text(err.Error())) })
	root.AddCommand(newNew(e), newBuild(e), newRender(e), newImport(e), newPin(e), newExplain(e), newNodes(e), newUnderlay(e), newSchema(e), newInstall(e), newVersion(e))
	return root
}

func newVersion(e Env) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(e.Out, e.Version)
			return err
		},
	}
}

func (e Env) function() error {
	results, err := fn.Run(e.In, e.Out)
	e.print(results)
	return err
}

// file renders the NestedConfig under a path; it is also the protocol of
// kustomize's legacy exec plugins.
func (e Env) file(path string) error {
	doc, problems := source.One(path, e.In)
	e.tell(problems)
	if problems.Errors() {
		return fn.ErrInvalid
	}
	results, err := fn.RenderConfig(doc.Node, e.Out)
	for i := range results {
		results[i].Where = doc.Where
	}
	e.print(results)
	return err
}

// print shows errors and warnings, one line each; success is silent.
func (e Env) print(results krm.Results) {
	for _, line := range fn.Lines(results) {
		fmt.Fprintln(e.Err, line)
	}
}
