package render

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"

	"github.com/nested-config/nested-config/internal/source"
	"github.com/nested-config/nested-config/internal/wholefile"
)

func (d *dir) at(path string) string { return filepath.Join(d.path, filepath.FromSlash(path)) }

// errNotAFile is told of what stands where a file of ours shall be: a link, which
// could lead anywhere, a named pipe, whose reader would wait for ever, a directory.
var errNotAFile = errors.New("exists and is not a file: move it away, or render elsewhere")

// read gives the text of a file, which is a file and nothing else, and its mode.
func (d *dir) read(path string) ([]byte, fs.FileMode, error) {
	if d.fresh {
		return nil, 0, fs.ErrNotExist
	}
	info, err := d.root.Lstat(path)
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, errNotAFile
	}
	text, err := d.root.ReadFile(path)
	return text, info.Mode(), err
}

// mark writes the marker, and nothing else.
func (d *dir) mark(m marker) error {
	set := d.set()
	defer set.Drop()
	err := d.stageMarker(set, m)
	if err == nil {
		if err = set.Commit(); err != nil {
			err = fmt.Errorf("%s: %w", d.path, err)
		}
	}
	return err
}

// stageMarker writes the marker beside its place, unless it says that already.
func (d *dir) stageMarker(set *wholefile.Set, m marker) error {
	text := m.text()
	if old, _, err := d.read(source.Marker); err == nil && bytes.Equal(old, text) {
		return nil
	}
	if err := set.Add(source.Marker, bytes.NewReader(text), wholefile.Shared); err != nil {
		return fmt.Errorf("%s: %w", d.at(source.Marker), err)
	}
	return nil
}

// set begins to replace files. It does not wait for the disk, as one would for the
// only copy of something: what is rendered can be rendered again, and what a power
// cut tore is found by its sum, or by its text where it has none.
func (d *dir) set() *wholefile.Set {
	var set *wholefile.Set
	if d.fresh {
		set = wholefile.InFresh(d.root)
	} else {
		set = wholefile.In(d.root, underlayDir)
	}
	set.Fast = true
	return set
}

// stage writes files beside their places.
func (d *dir) stage(set *wholefile.Set, files []output) error {
	made := "."
	for _, f := range files {
		access := wholefile.Shared
		if f.secret {
			access = wholefile.Private
		}
		var err error
		if sub := path.Dir(f.path); sub != made {
			err, made = d.mkdir(sub), sub
		}
		if err == nil {
			err = set.Add(f.path, bytes.NewReader(f.text), access)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", d.at(f.path), cause(err))
		}
	}
	return nil
}

func (d *dir) mkdir(sub string) error {
	if sub == "." {
		return nil
	}
	if err := d.root.Mkdir(sub, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
