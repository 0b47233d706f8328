//go:build !unix

package fetch

import "os/exec"

// together: without process groups, git alone ends with the command's context.
func together(*exec.Cmd) {}

// endAll has nothing to end by.
func endAll(*exec.Cmd) {}
