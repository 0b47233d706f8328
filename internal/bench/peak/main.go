//go:build unix

// Command peak runs a program and prints its peak of resident memory in KiB. It is
// small because a process inherits the peak of the one that starts it.
package main

import (
	"os"
	"strconv"
	"syscall"
)

func main() {
	null, err := syscall.Open(os.DevNull, syscall.O_WRONLY, 0)
	if err != nil {
		fail(err)
	}
	pid, err := syscall.ForkExec(os.Args[1], os.Args[1:], &syscall.ProcAttr{Env: os.Environ(), Files: []uintptr{0, uintptr(null), uintptr(null)}})
	if err != nil {
		fail(err)
	}
	var status syscall.WaitStatus
	var usage syscall.Rusage
	if _, err := syscall.Wait4(pid, &status, 0, &usage); err != nil {
		fail(err)
	}
	os.Stdout.WriteString(strconv.FormatInt(usage.Maxrss, 10))
	os.Exit(status.ExitStatus())
}

func fail(err error) {
	os.Stderr.WriteString(err.Error() + "\n")
	os.Exit(1)
}
