//go:build unix

package fetch

import (
	"os/exec"
	"syscall"
)

// together gives a command a process group of its own, all of which ends with the command's context.
func together(cmd *exec.Cmd) {
	cmd.SysProcAttr = attributes()
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// endAll ends what a command that has ended left behind.
func endAll(cmd *exec.Cmd) {
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // it fails where nothing is left, which is well
}
