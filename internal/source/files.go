// Package source finds the NestedConfigs that a command is pointed at: in files,
// in directories, in what is piped in. It says of each where it stands, so that
// a message can.
package source

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Stdin is the path that means standard input.
const Stdin = "-"

// Marker is the file by which render knows a directory that it has written. What
// is below one is output, and never searched for input.
const Marker = ".nested-config"

// deepest is how many directories may lie within each other; a file system has
// no cycles without links, which are not followed.
const deepest = 100

// File is a file to be searched for NestedConfigs.
type File struct {
	Path string
	// Named: the user named this very file, so that it is a mistake when it holds
	// no NestedConfig. A directory may hold anything.
	Named bool
}

// Files are the files that the paths name, in their order and each once: a file
// is itself, a directory stands for every *.yaml and *.yml below it in lexical
// order. Hidden files and directories, linked directories and those that render
// has written are left out. The error joins one for each path that cannot be
// read and each directory without any YAML. Paths are written with /, which every
// system takes: messages and reports are the same everywhere.
func Files(paths []string) ([]File, error) {
	var files []File
	var errs []error
	at := map[string]int{}
	add := func(path string, named bool) {
		i, twice := at[path]
		if !twice {
			i = len(files)
			at[path] = i
			files = append(files, File{Path: path})
		}
		files[i].Named = files[i].Named || named
	}
	for _, path := range paths {
		if path == Stdin {
			add(Stdin, true)
			continue
		}
		path = filepath.ToSlash(filepath.Clean(path))
		info, err := os.Stat(path)
		if err != nil {
			errs = append(errs, sayPath(err))
			continue
		}
		if !info.IsDir() {
			add(path, true)
			continue
		}
		found := false
		err = walk(path, 0, func(file string) { found = true; add(file, false) })
		if err == nil && !found {
			err = fmt.Errorf("%s: holds no *.yaml or *.yml: name files or directories with NestedConfigs", path)
		}
		errs = append(errs, err)
	}
	return files, errors.Join(errs...)
}

func walk(dir string, depth int, visit func(string)) error {
	if depth > deepest {
		return fmt.Errorf("%s: lies more than %d directories deep: name it by itself", dir, deepest)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return sayPath(err)
	}
	for _, e := range entries {
		if e.Name() == Marker {
			return nil
		}
	}
	var errs []error
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		switch ext := path.Ext(name); {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir():
			errs = append(errs, walk(name, depth+1, visit))
		case ext != ".yaml" && ext != ".yml":
		case e.Type().IsRegular():
			visit(name)
		case e.Type() == fs.ModeSymlink:
			info, err := os.Stat(name)
			if err != nil {
				errs = append(errs, sayPath(err))
			} else if info.Mode().IsRegular() {
				visit(name)
			}
		}
	}
	return errors.Join(errs...)
}

// sayPath turns "open x: no such file" into "x: no such file".
func sayPath(err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		return fmt.Errorf("%s: %w", e.Path, e.Err)
	}
	return err
}
