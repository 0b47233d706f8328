package render

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/nested-config/nested-config/internal/source"
)

func (d *dir) at(path string) string { return filepath.Join(d.path, filepath.FromSlash(path)) }

func (d *dir) read(path string) ([]byte, error) {
	if d.fresh {
		return nil, fs.ErrNotExist
	}
	return d.root.ReadFile(path)
}

// mark writes the marker unless it says that already.
func (d *dir) mark(m marker) error {
	text := m.text()
	if old, err := d.read(source.Marker); err == nil && bytes.Equal(old, text) {
		return nil
	}
	return d.replace(source.Marker, text, 0o666)
}

// replace writes a file beside its place and moves it there. It does not wait
// for the disk, as one would for the only copy of something: what is rendered can
// be rendered again, and the sums in the marker find a file that a power cut tore.
func (d *dir) replace(name string, text []byte, mode fs.FileMode) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s: %w", d.at(name), cause(err))
		}
	}()
	sub, base := path.Split(name)
	temp := sub + ".new-" + strings.TrimPrefix(base, ".")
	if sub != "" {
		if err := d.root.Mkdir(strings.TrimSuffix(sub, "/"), 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	if !d.fresh {
		if info, err := d.root.Stat(name); err == nil {
			mode &= info.Mode().Perm()
		}
	}
	f, err := d.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) { // left by a run that was killed
		_ = d.root.Remove(temp)
		f, err = d.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	}
	if err != nil {
		return err
	}
	_, err = io.Copy(f, bytes.NewReader(text))
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = d.root.Rename(temp, name)
	}
	if err != nil {
		_ = d.root.Remove(temp)
	}
	return err
}
