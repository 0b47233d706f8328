package cli

import (
	"errors"
	"fmt"
	"path"
	"runtime"
	"strings"

	"github.com/nested-config/nested-config/internal/workers"
)

// crash tells of a fault of this program, so that it can be reported: what and
// where, and nothing that came from outside. The value of a panic may quote the
// input, and so may arguments: of a value only its type is shown, or the runtime's
// own words, which hold types and numbers.
//
// What the runtime does not let anybody recover from, a stack without room or a map
// written by two, ends the process with its own message and the status 2.
func (e Env) crash(args []string, value any, stack []byte) {
	if p, ok := value.(workers.Panic); ok {
		value, stack = p.Value, p.Stack
	}
	what := fmt.Sprintf("%T", value)
	var own runtime.Error
	if err, ok := value.(error); ok && errors.As(err, &own) {
		what = own.Error()
	}
	fmt.Fprintf(e.Err, "internal error: %s: this is a fault of nested-config; report it to github.com/nested-config/nested-config with these lines, which hold nothing of your input\n", what)
	fmt.Fprintf(e.Err, "  nested-config %s %s/%s, %s\n", e.Version, runtime.GOOS, runtime.GOARCH, e.command(args))
	for _, f := range frames(stack) {
		fmt.Fprintln(e.Err, "  "+f)
	}
}

// command is the name of the command that the arguments call, without them.
func (e Env) command(args []string) string {
	if len(args) == 0 {
		return "as a function"
	}
	if cmd, _, err := newRoot(e).Find(args); err == nil {
		return cmd.CommandPath()
	}
	return "nested-config"
}

// frames are the functions of a stack below the panic, the last called first, with
// file and line and without their arguments.
func frames(stack []byte) []string {
	const maxFrames = 12
	var out []string
	lines := strings.Split(string(stack), "\n")
	for i := 1; i+1 < len(lines); i += 2 { // behind the goroutine's number
		function, place := lines[i], strings.TrimSpace(lines[i+1])
		if strings.HasPrefix(function, "panic(") {
			out = nil
			continue
		}
		if at := strings.LastIndex(function, "("); at > 0 {
			function = function[:at]
		}
		place, _, _ = strings.Cut(path.Base(place), " ")
		out = append(out, function+" "+place)
	}
	return out[:min(len(out), maxFrames)]
}
