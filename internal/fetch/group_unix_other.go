//go:build unix && !linux

package fetch

import "syscall"

// attributes: these systems have no signal for the death of a parent.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
