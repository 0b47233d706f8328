package main

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/cli"

	"github.com/spf13/cobra"
)

// CHANGELOG.md names every command that somebody could run, as one types it.
func TestChangelogNamesEveryCommand(t *testing.T) {
	text, err := os.ReadFile("CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			if sub.Name() == "help" || sub.Hidden {
				continue
			}
			switch name := sub.CommandPath(); {
			case sub.HasSubCommands() && sub.Name() != "completion": // which has a command for each shell
				walk(sub)
			case !strings.Contains(string(text), "`"+name+"`"):
				t.Errorf("CHANGELOG.md does not name %s", name)
			default:
				found++
			}
		}
	}
	root := cli.Commands(cli.Env{Out: io.Discard, Err: io.Discard})
	root.InitDefaultCompletionCmd()
	walk(root)
	if found < 10 {
		t.Errorf("found %d commands", found)
	}
}
