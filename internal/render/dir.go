package render

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/internal/source"
)

// dir is the directory of a cluster while it is worked on. Everything goes
// through root, so that no link in it leads elsewhere.
type dir struct {
	path   string
	root   *os.Root
	fresh  bool // made just now: nothing to look for
	known  bool // has a marker
	marker marker
	input  string // of what is to be written
}

func makeDir(parent, name string) (*dir, error) {
	err := os.Mkdir(filepath.Join(parent, name), 0o777)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	d, openErr := openDir(parent, name)
	if openErr == nil {
		d.fresh = err == nil
	}
	return d, openErr
}

// openDir opens the directory and reads its marker, if there is one.
func openDir(parent, name string) (*dir, error) {
	d := &dir{path: filepath.Join(parent, name)}
	var err error
	if d.root, err = os.OpenRoot(d.path); err != nil {
		return nil, err
	}
	text, err := d.root.ReadFile(source.Marker)
	if errors.Is(err, fs.ErrNotExist) {
		return d, nil
	}
	if err == nil {
		d.known = true
		d.marker, err = parseMarker(text)
	}
	if err != nil {
		d.close()
		return nil, fmt.Errorf("%s: %w", filepath.Join(d.path, source.Marker), cause(err))
	}
	return d, nil
}

func (d *dir) close() { _ = d.root.Close() }

// intact reports whether every file is as we wrote it.
func (d *dir) intact() bool {
	for _, f := range d.marker.files {
		if now, err := d.sum(f.path); err != nil || now != f.sum {
			return false
		}
	}
	return len(d.marker.files) > 0
}

func (d *dir) sum(path string) (sum, error) {
	text, err := d.root.ReadFile(path)
	return sha256.Sum256(text), err
}

// update makes the files what they shall be. Before the first of them is
// touched, the marker names all: whenever this is interrupted, the next run knows
// its own.
func (d *dir) update(files []output) config.Problems {
	// First, see what stands there.
	next := marker{input: d.input}
	var write []output
	var foreign config.Problems
	wanted := map[string]bool{}
	for _, f := range files {
		wanted[f.path] = true
		next.files = append(next.files, file{f.path, sha256.Sum256(f.text)})
		old, err := d.read(f.path)
		_, ours := d.marker.find(f.path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			write = append(write, f)
		case err != nil:
			foreign = append(foreign, problem(fmt.Errorf("%s: %w", d.at(f.path), cause(err))))
		case bytes.Equal(old, f.text):
		case !ours:
			foreign = append(foreign, problem(fmt.Errorf("%s: is there and nested-config has not written it: move it, or render elsewhere", d.at(f.path))))
		default:
			write = append(write, f)
		}
	}
	if len(foreign) > 0 {
		return foreign
	}

	// Next, say what is ours, then write and delete.
	var stale []file
	for _, f := range d.marker.files {
		if !wanted[f.path] {
			stale = append(stale, f)
		}
	}
	during := marker{next.input, append(next.files[:len(next.files):len(next.files)], stale...)}
	if len(files) > 0 || len(stale) > 0 {
		if err := d.mark(during); err != nil {
			return config.Problems{problem(err)}
		}
	}
	for _, f := range write {
		mode := fs.FileMode(0o666)
		if f.secret {
			mode = 0o600
		}
		if err := d.replace(f.path, f.text, mode); err != nil {
			return config.Problems{problem(err)}
		}
	}
	kept := d.delete(stale)

	// Last, forget what is gone.
	var err error
	switch {
	case len(files) == 0:
		err = d.root.Remove(source.Marker)
	case len(stale) > 0:
		err = d.mark(next)
	}
	if err != nil {
		kept = append(kept, problem(fmt.Errorf("%s: %w", d.at(source.Marker), cause(err))))
	}
	return kept
}

// delete removes files that we wrote and that nobody changed since.
func (d *dir) delete(stale []file) config.Problems {
	var ps config.Problems
	for _, f := range stale {
		now, err := d.sum(f.path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err == nil && now != f.sum:
			ps = append(ps, config.Problem{Severity: config.Warning, Message: d.at(f.path) + ": is no longer rendered, and was changed since it was: it is left there, remove it"})
			continue
		case err == nil:
			err = d.root.Remove(f.path)
		}
		if err != nil {
			ps = append(ps, problem(fmt.Errorf("%s: %w", d.at(f.path), cause(err))))
			continue
		}
		if sub := path.Dir(f.path); sub != "." {
			_ = d.root.Remove(sub) // when it is empty
		}
	}
	return ps
}
