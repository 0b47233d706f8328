package render

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"

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

// openDir opens the directory and reads its marker, if there is one. A link is not
// followed: what it leads to is not the cluster's.
func openDir(parent, name string) (*dir, error) {
	d := &dir{path: filepath.Join(parent, name)}
	before, err := os.Lstat(d.path)
	if err != nil {
		return nil, err
	}
	if !before.IsDir() {
		return nil, fmt.Errorf("%s: is a link or a file, but must be a directory: move it away, or render elsewhere", d.path)
	}
	if d.root, err = os.OpenRoot(d.path); err != nil {
		return nil, err
	}
	if now, err := d.root.Stat("."); err != nil || !os.SameFile(before, now) {
		d.close()
		return nil, fmt.Errorf("%s: was replaced during this run: run it again", d.path)
	}
	text, _, err := d.read(source.Marker)
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
		if !d.unchanged(f) {
			return false
		}
	}
	return len(d.marker.files) > 0
}

func (d *dir) unchanged(f file) bool {
	text, _, err := d.read(f.path)
	return err == nil && sumOf(text, f.secret) == f.sum
}

// update makes the files what they shall be. Before the first of them is
// touched, all are written beside their places and the marker names them: whenever
// this is interrupted, the next run knows its own.
func (d *dir) update(files []output) config.Problems {
	// First, see what stands there.
	write, ps := d.compare(files)
	if ps.Errors() {
		return ps
	}
	next := marker{input: d.input}
	for _, f := range files {
		next.files = append(next.files, file{f.path, sumOf(f.text, f.secret), f.secret})
	}
	var stale []file
	for _, f := range d.marker.files {
		if !next.has(f.path) {
			stale = append(stale, f)
		}
	}

	// Next, write them, say what is ours, put them in place, and delete.
	during := marker{next.input, append(next.files[:len(next.files):len(next.files)], stale...)}
	if len(during.files) > 0 {
		if err := d.replace(write, during); err != nil {
			return append(ps, problem(err))
		}
	}
	ps = append(ps, d.delete(stale)...)

	// Last, forget what is gone.
	var err error
	switch {
	case len(files) == 0:
		err = d.root.Remove(source.Marker)
	case len(stale) > 0:
		err = d.mark(next)
	}
	if err != nil {
		ps = append(ps, problem(fmt.Errorf("%s: %w", d.at(source.Marker), cause(err))))
	}
	return ps
}

// compare gives the files that must be written, and says what is in the way.
func (d *dir) compare(files []output) (write []output, ps config.Problems) {
	for _, f := range files {
		old, mode, err := d.read(f.path)
		ours := d.marker.has(f.path)
		exposed := err == nil && f.secret && othersRead(mode) && (ours || bytes.Equal(old, f.text))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			write = append(write, f)
		case err != nil:
			ps = append(ps, problem(fmt.Errorf("%s: %w", d.at(f.path), cause(err))))
		case !ours && !bytes.Equal(old, f.text):
			ps = append(ps, problem(fmt.Errorf("%s: exists and was not written by nested-config: move it, or render elsewhere", d.at(f.path))))
		case !bytes.Equal(old, f.text):
			write = append(write, f)
		}
		if exposed { // which must end also where nothing can be written
			ps = append(ps, d.conceal(f.path, mode))
		}
	}
	return write, ps
}

// conceal takes the rights of others at a file away, and says it.
func (d *dir) conceal(path string, mode fs.FileMode) config.Problem {
	if err := d.root.Chmod(path, 0o600); err != nil {
		return problem(fmt.Errorf("%s: holds a Secret and has mode %04o, which lets others read it: %w", d.at(path), mode.Perm(), cause(err)))
	}
	return config.Problem{Severity: config.Warning, Message: fmt.Sprintf("%s: holds a Secret and had mode %04o: now only you can read it", d.at(path), mode.Perm())}
}

// othersRead reports whether a mode lets others than the owner at a file. Windows
// has no such modes, and makes them up.
func othersRead(mode fs.FileMode) bool { return runtime.GOOS != "windows" && mode.Perm()&0o077 != 0 }

// replace puts all of the files in their places, or, while they are being written,
// none.
func (d *dir) replace(files []output, m marker) error {
	set := d.set()
	defer set.Drop()
	// The marker is first in the set, and thus first in its place.
	err := d.stageMarker(set, m)
	if err == nil {
		err = d.stage(set, files)
	}
	if err == nil {
		if err = set.Commit(); err != nil {
			err = fmt.Errorf("%s: %w", d.path, err)
		}
	}
	if err != nil && d.fresh {
		set.Drop() // and what was made for it, where it is empty
		_ = d.root.Remove(underlayDir)
		_ = os.Remove(d.path)
	}
	return err
}

// delete removes files that we wrote and that nobody changed since. Whether a
// secret in one was changed, nobody can say.
func (d *dir) delete(stale []file) config.Problems {
	var ps config.Problems
	for _, f := range stale {
		_, _, err := d.read(f.path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err == nil && !d.unchanged(f):
			ps = append(ps, config.Problem{Severity: config.Warning, Message: d.at(f.path) + ": is no longer rendered, but was changed since: it is kept; remove it yourself"})
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
