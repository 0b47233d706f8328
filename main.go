// Command nested-config is a KRM function that turns a NestedConfig into the
// manifest of a Kubernetes cluster nested in a Contrail underlay, and the tools
// around it.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/nested-config/nested-config/internal/build"
	"github.com/nested-config/nested-config/internal/cli"

	"golang.org/x/term"
)

// version is set by the linker for a release.
var version = ""

func main() {
	// A short process does not live to see its garbage collected: with this, the
	// first collection is at 16 MB, which one config never reaches.
	debug.SetGCPercent(400)
	// What renders writes all at once, and more than fits: it passes by uncopied.
	out := bufio.NewWriterSize(stdout{}, 16<<10)
	status := cli.Run(os.Args[1:], cli.Env{
		In:            os.Stdin,
		Out:           out,
		Err:           os.Stderr,
		Getenv:        getenv,
		Self:          os.Executable,
		InIsTerminal:  term.IsTerminal(int(os.Stdin.Fd())),
		ErrIsTerminal: term.IsTerminal(int(os.Stderr.Fd())),
		Version:       release(),
		Dial:          new(net.Dialer).DialContext,
		Proxy:         http.ProxyFromEnvironment,
		Exec:          run,
		Git:           git,
		Environ:       os.Environ,
		Seal:          build.Seal,
		Memory:        build.Memory,
		Interrupt:     interrupt,
	})
	// A result that nobody can read is a fault, whatever it says: also that changes are pending.
	if err := out.Flush(); err != nil && status != 1 {
		os.Stderr.WriteString(err.Error() + "\n")
		status = 1
	}
	os.Exit(status)
}

// stdout says in an error where it was to be written.
type stdout struct{}

func (stdout) Write(text []byte) (int, error) {
	n, err := os.Stdout.Write(text)
	if err != nil {
		err = fmt.Errorf("stdout: %w", err)
	}
	return n, err
}

// release is what the linker or the module's version says, else dev.
func release() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "dev"
}

// run gives the standard output of a program; what it says on standard error is
// in the error.
func run(ctx context.Context, name string, args ...string) ([]byte, error) {
	out, err := exec.CommandContext(ctx, name, args...).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil, fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(string(exit.Stderr)))
	}
	return out, err
}

// getenv is os.Getenv; HOME, under which kubectl and OpenStack keep their files, is
// USERPROFILE where only Windows has named it.
func getenv(name string) string {
	if value := os.Getenv(name); value != "" || name != "HOME" {
		return value
	}
	return os.Getenv("USERPROFILE")
}

// git finds git on PATH.
func git() string {
	path, err := exec.LookPath("git")
	if err != nil {
		return ""
	}
	return path
}

// interrupt ends the context at the first signal. A second one ends the process.
func interrupt(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(parent, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}
