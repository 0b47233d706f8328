package cli_test

import (
	"bytes"
	"testing"

	"github.com/nested-config/nested-config/internal/cli"
)

// A flag or a command that there is not is one printable line, whatever it is called.
func TestUnknownArguments(t *testing.T) {
	const hostile = "\x1b[2Jx\nforged: \u202ey\u0085"
	const shown = `\x1b[2Jx\nforged: \u202ey\u0085`
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--" + hostile}, "unknown flag: --" + shown},
		{[]string{"-" + hostile}, `unknown shorthand flag: '\x1b' in -` + shown},
		{[]string{"build", "--" + hostile}, "unknown flag: --" + shown},
		{[]string{"underlay", "plan", "--" + hostile + "=1"}, "unknown flag: --" + shown},
		{[]string{"underlay", hostile}, `unknown command "` + shown + `" for "nested-config underlay"`},
		{[]string{"version", hostile}, `unknown command "` + shown + `" for "nested-config version"`},
		{[]string{"build", "--load-restrictor", hostile}, `--load-restrictor: "` + shown + `": must be LoadRestrictionsRootOnly or LoadRestrictionsNone`},
		{[]string{"build", "--allow-remote=" + hostile}, `invalid argument "` + shown + `" for "--allow-remote" flag: strconv.ParseBool: parsing "` + shown + `": invalid syntax`},
		{[]string{hostile}, shown + ": no such file or directory"},
	} {
		var out, errs bytes.Buffer
		if status := cli.Run(c.args, cli.Env{Out: &out, Err: &errs, InIsTerminal: true}); status != 1 || out.String() != "" || errs.String() != c.want+"\n" {
			t.Errorf("%q: %d\ngot  %q\nwant %q", c.args, status, out.String()+errs.String(), c.want+"\n")
		}
	}
}
