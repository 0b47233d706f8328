package cli_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/nested-config/nested-config/internal/cli"
)

// A script uses every flag of every command, and fn/testdata/help.txtar shows the
// help of every command.
func TestEveryFlagHasAScript(t *testing.T) {
	var lines []string
	for _, dir := range []string{"../../fn/testdata", "testdata"} {
		err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".txtar" {
				return err
			}
			text, err := os.ReadFile(path)
			lines = append(lines, strings.Split(string(text), "\n")...)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	uses := func(pattern string) bool {
		re := regexp.MustCompile(pattern)
		for _, line := range lines {
			if re.MatchString(line) {
				return true
			}
		}
		return false
	}
	found := 0
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		_, name, _ := strings.Cut(c.CommandPath(), " ")
		command, _, _ := strings.Cut(name, " ") // the commands of underlay share their flags
		c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			found++
			flag := "--" + f.Name
			if f.Shorthand != "" {
				flag = "(" + flag + "|-" + f.Shorthand + ")"
			}
			if !uses(`^([!?] )?(exec nested-config |nested [012] )?` + command + ` (.* )?` + flag + `(=| |$)`) {
				t.Errorf("%s --%s is in no command of a script below fn/testdata or internal/cli/testdata", name, f.Name)
			}
		})
		if !uses(`^exec nested-config help` + regexp.QuoteMeta(strings.TrimRight(" "+name, " ")) + `$`) {
			t.Errorf("nested-config help %s is no command of fn/testdata/help.txtar", name)
		}
		for _, sub := range c.Commands() {
			if sub.Name() != "completion" && sub.Name() != "help" { // cobra's own
				walk(sub)
			}
		}
	}
	walk(cli.Commands(cli.Env{}))
	if found < 30 {
		t.Errorf("only %d flags were found: this test looks in the wrong place", found)
	}
}
