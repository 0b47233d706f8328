// Command manpages writes the man pages and the completions of nested-config, which
// a release carries:
//
//	manpages DIR VERSION UNIX_TIME
//
// It is no part of the program and of its module's requirements: .ci/manpages/run
// builds it with a go.mod that has what writes man pages besides.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/nested-config/nested-config/internal/cli"

	"github.com/spf13/cobra/doc"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 3 {
		return errors.New("usage: manpages DIR VERSION UNIX_TIME")
	}
	seconds, err := strconv.ParseInt(args[2], 10, 64)
	if err != nil {
		return err
	}
	date := time.Unix(seconds, 0).UTC()
	man, completions := filepath.Join(args[0], "man"), filepath.Join(args[0], "completions")
	if err := errors.Join(os.MkdirAll(man, 0o755), os.MkdirAll(completions, 0o755)); err != nil {
		return err
	}
	root := cli.Commands(cli.Env{Version: args[1], Out: io.Discard, Err: io.Discard})
	root.DisableAutoGenTag = true // the day of its making
	return errors.Join(
		doc.GenManTree(root, &doc.GenManHeader{Section: "1", Source: "nested-config " + args[1], Manual: "nested-config", Date: &date}, man),
		root.GenBashCompletionFileV2(filepath.Join(completions, "nested-config.bash"), true),
		root.GenZshCompletionFile(filepath.Join(completions, "_nested-config")),
		root.GenFishCompletionFile(filepath.Join(completions, "nested-config.fish"), true),
		root.GenPowerShellCompletionFileWithDesc(filepath.Join(completions, "nested-config.ps1")),
	)
}
