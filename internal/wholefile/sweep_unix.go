//go:build unix

package wholefile

import (
	"os"
	"path"
	"syscall"
)

// enter marks a directory as one in which a set is at work, until the file that
// it returns is closed or the process ends, however it does. When it finds no mark
// of another set, it first removes the temporary files there: nobody works on
// them. On file systems without such locks nothing is removed.
func enter(root *os.Root, dirs []string) *os.File {
	d, err := root.Open(".")
	if err != nil {
		return nil
	}
	fd := int(d.Fd())
	if syscall.Flock(fd, syscall.LOCK_EX|syscall.LOCK_NB) == nil {
		for _, dir := range dirs {
			sweep(root, dir)
		}
	}
	// Shared with other sets. Never waits: anybody who may read a directory may
	// lock it.
	_ = syscall.Flock(fd, syscall.LOCK_SH|syscall.LOCK_NB)
	return d
}

func sweep(root *os.Root, dir string) {
	d, err := root.Open(dir)
	if err != nil {
		return
	}
	names, _ := d.Readdirnames(-1)
	_ = d.Close()
	for _, name := range names {
		temp := path.Join(dir, name)
		if !isTemp(name) {
			continue
		}
		if info, err := root.Lstat(temp); err == nil && info.Mode().IsRegular() {
			_ = root.Remove(temp)
		}
	}
}
