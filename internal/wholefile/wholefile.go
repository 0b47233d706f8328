// Package wholefile replaces files atomically: a reader of a file sees either the
// complete old text or the complete new one, even while it is written, and after a
// crash or a full disk.
//
// A text is first written to a temporary file beside the target. Its name is random
// and must be new, so that a link that an attacker made cannot redirect the write.
// Then the file is renamed. A file that is replaced loses its hard links, and its
// owner if another user replaces it.
//
// On Windows a rename replaces a file as it does elsewhere, but fails while
// another program has it open without sharing it; the old file stays then. There
// are no file modes there: a file for its owner alone is as private as its
// directory is. Names that Windows takes for something else than a file are refused.
package wholefile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"
	"strings"
	"syscall"
)

// Access says who may do what with a file.
type Access int

const (
	// Shared is a file like any other: a new one has the mode that the umask gives,
	// one that is replaced keeps its mode.
	Shared Access = iota
	// Private is readable only by its owner (0600), whatever mode the replaced file
	// had: it holds a secret.
	Private
	// Program may be run by everybody (0755), whatever the umask.
	Program
)

// Set is a group of files that are replaced together: as long as Add finds a
// mistake, or no room, nothing is replaced, and Commit only renames. Drop must be
// called in the end, whatever happened.
type Set struct {
	root  *os.Root
	owned bool // root is closed with the set
	fresh bool // root was made just now: nothing is looked for in it
	below map[string]*os.Root
	lock  *os.File
	files []staged
	// Fast does not wait for the disk: for what can be made again at any time.
	Fast bool
}

// staged is a file that is written and not yet in its place.
type staged struct {
	dir               *os.Root
	temp, name, shown string
}

// In begins a Set of files in a directory, and in those below it that are named.
// It first removes the temporary files that a killed run has left in them.
func In(root *os.Root, below ...string) *Set {
	return &Set{root: root, lock: enter(root, append(below, "."))}
}

// InFresh begins a Set of files in a directory that was made just now, so that
// nothing can stand in their places.
func InFresh(root *os.Root) *Set {
	return &Set{root: root, lock: enter(root, nil), fresh: true}
}

// Add writes what name, a path with slashes below the directory, shall hold. Name
// itself is never followed: a link in its place is replaced. The error is the
// reason alone; the caller names the file.
func (s *Set) Add(name string, text io.Reader, access Access) error {
	return s.add(name, name, text, access)
}

func (s *Set) add(name, shown string, text io.Reader, access Access) error {
	if err := refused(runtime.GOOS, name); err != nil {
		return err
	}
	dir, name, err := s.open(name)
	if err != nil {
		return cause(err)
	}
	mode, exact, err := s.mode(dir, name, access)
	if err != nil {
		return err
	}
	temp := tempName()
	f, err := dir.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return cause(err)
	}
	s.files = append(s.files, staged{dir, temp, name, shown})
	_, err = io.Copy(f, text)
	if err == nil && exact {
		err = f.Chmod(mode)
	}
	if err == nil && !s.Fast {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	return cause(err)
}

// open gives the directory of a file, and its name there. Each is opened once: a path
// of two names is walked anew by every call that gets it.
func (s *Set) open(name string) (*os.Root, string, error) {
	sub, base := path.Split(name)
	if sub == "" {
		return s.root, base, nil
	}
	if s.below[sub] == nil {
		dir, err := s.root.OpenRoot(sub)
		if err != nil {
			return nil, "", err
		}
		if s.below == nil {
			s.below = map[string]*os.Root{}
		}
		s.below[sub] = dir
	}
	return s.below[sub], base, nil
}

// mode is that of the new file, exactly or before the umask.
func (s *Set) mode(dir *os.Root, name string, access Access) (mode fs.FileMode, exact bool, err error) {
	var info fs.FileInfo
	if !s.fresh {
		info, _ = dir.Lstat(name)
	}
	there := info != nil
	if there && !info.Mode().IsRegular() && info.Mode().Type() != fs.ModeSymlink {
		return 0, false, errors.New("exists and is not a file: move it away")
	}
	switch {
	case access == Private:
		return 0o600, false, nil
	case access == Program:
		return 0o755, true, nil
	case there && info.Mode().IsRegular():
		return info.Mode().Perm(), true, nil
	}
	return 0o666, false, nil
}

// Commit puts every file in its place, in the order of Add, and stops at the
// first that cannot be: those before it are replaced. The error names the file.
func (s *Set) Commit() error {
	for len(s.files) > 0 {
		f := s.files[0]
		if err := f.dir.Rename(f.temp, f.name); err != nil {
			return fmt.Errorf("%s: %w", f.shown, cause(err))
		}
		s.files = s.files[1:]
	}
	return nil
}

// Drop removes what was added and not committed, and ends the set.
func (s *Set) Drop() {
	for _, f := range s.files {
		_ = f.dir.Remove(f.temp)
	}
	s.files = nil
	for _, dir := range s.below {
		_ = dir.Close()
	}
	s.below = nil
	if s.lock != nil {
		_ = s.lock.Close()
	}
	if s.owned {
		_ = s.root.Close()
	}
}

// A temporary file: hidden, and with no ending by which kubectl, kustomize or
// this program would take it for a manifest.
const (
	tempHead = ".nested-config-"
	tempTail = ".tmp"
)

func tempName() string { return tempHead + rand.Text() + tempTail }

func isTemp(name string) bool {
	middle, head := strings.CutPrefix(name, tempHead)
	middle, tail := strings.CutSuffix(middle, tempTail)
	return head && tail && len(middle) == len(rand.Text()) && strings.Trim(middle, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}

// cause is the reason without operation and path, which the caller names.
func cause(err error) error {
	var number syscall.Errno
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &number):
		return number
	case errors.As(err, &p):
		return p.Err
	case errors.As(err, &l):
		return l.Err
	}
	return err
}
