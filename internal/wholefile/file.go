package wholefile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Stage begins a Set with one file, at a path that the user gave. It is followed
// if it is a link, also one that leads to nothing yet, as other programs do. The
// error names the path; the set is nil then.
func Stage(file string, text io.Reader, access Access) (*Set, error) {
	target, err := follow(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	root, err := os.OpenRoot(filepath.Dir(target))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, cause(err))
	}
	s := In(root)
	s.owned = true
	if err := s.add(filepath.Base(target), file, text, access); err != nil {
		s.Drop()
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return s, nil
}

// Write replaces the file at a path that the user gave, as Stage and Commit do. A
// device or a named pipe there is written to, which cannot be whole or not at all.
func Write(file string, text io.Reader, access Access) error {
	if info, err := os.Stat(file); err == nil && !info.IsDir() && !info.Mode().IsRegular() {
		return pass(file, text)
	}
	s, err := Stage(file, text, access)
	if err != nil {
		return err
	}
	defer s.Drop()
	return s.Commit()
}

func pass(file string, text io.Reader) error {
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err == nil {
		_, err = io.Copy(f, text)
		if closed := f.Close(); err == nil {
			err = closed
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", file, cause(err))
	}
	return nil
}

// follow leads along links to the file, which need not be there.
func follow(file string) (string, error) {
	for range 40 { // as many as Linux follows
		to, err := os.Readlink(file)
		if err != nil {
			// No link, or nothing there: what opens the file says what is wrong with it.
			return file, nil
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(file), to)
		}
		file = to
	}
	return "", errors.New("too many links")
}
