package fetch

import "syscall"

// attributes let git end with this process, also where that is killed and cannot end anything. The kernel's signal reaches git alone; what git has
// started meets its closed pipes, or the time limits of settings.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
