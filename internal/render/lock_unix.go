//go:build unix

package render

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lock keeps other runs out of a directory, until it is released or the process
// ends, however it does: two at once would delete what the other has rendered.
// Nothing is left in the directory. A file system without such locks, as some
// network ones are, keeps nobody out.
func lock(dir string) (release func(), err error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, cause(err))
	}
	if err := syscall.Flock(int(d.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); errors.Is(err, syscall.EWOULDBLOCK) {
		_ = d.Close()
		return nil, fmt.Errorf("%s: another run of nested-config writes there: wait until it ends, and run this again", dir)
	}
	return func() { _ = d.Close() }, nil
}
