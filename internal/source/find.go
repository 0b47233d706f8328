package source

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/internal/printable"
)

// deepest is how many directories may lie within each other; a file system has
// no cycles without links, which are not followed.
const deepest = 100

// found are the files under some paths, in their order.
type found struct {
	options  Options
	names    []string // of the paths, as messages call them
	told     []bool   // of the paths: what is wrong with it is among problems
	files    []file
	at       map[string]int // where the file of that identity is
	problems config.Problems
}

// find lists the files that the paths name.
func find(paths []string, o Options) *found {
	f := &found{options: o, told: make([]bool, len(paths)), at: map[string]int{}}
	for i, path := range paths {
		f.names = append(f.names, name(path))
		if path == Stdin {
			f.add(i, "", Stdin, file{named: true})
			continue
		}
		f.path(i, path)
	}
	return f
}

// fail tells what is wrong with a path.
func (f *found) fail(path int, err error) {
	f.told[path] = true
	f.problems = append(f.problems, problem(err))
}

// name is a path in a message.
func name(path string) string {
	switch path {
	case "":
		return `""`
	case Stdin:
		return "stdin"
	}
	return printable.Text(filepath.ToSlash(filepath.Clean(path)))
}

func (f *found) path(i int, path string) {
	info, err := os.Stat(path)
	if err != nil {
		f.fail(i, sayPath(err))
		return
	}
	path = filepath.ToSlash(filepath.Clean(path))
	if !info.IsDir() {
		f.add(i, path, identity(path), file{named: true})
		return
	}
	w := walk{found: f, path: i}
	w.dir(path, identity(path), 0, false)
	switch {
	case w.any || f.told[i]:
	case w.skipped:
		f.fail(i, fmt.Errorf("%s: was written by nested-config render: name the NestedConfigs that it was rendered from", f.names[i]))
	default:
		f.fail(i, fmt.Errorf("%s: holds no *.yaml or *.yml: name files or directories with NestedConfigs", f.names[i]))
	}
}

// identity is one for all names of a file, but for hard links. What is no file on
// a disk, such as /dev/fd/3, may have no other name than this.
func identity(path string) string {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	return path
}

// add notes that a path leads to the file of an identity, which is one however
// often it is met.
func (f *found) add(path int, open, id string, as file) {
	i, twice := f.at[id]
	if !twice {
		i = len(f.files)
		f.at[id] = i
		as.open, as.name = open, printable.Text(open)
		if open == "" {
			as.name = name(Stdin)
		}
		f.files = append(f.files, as)
	}
	f.files[i].named = f.files[i].named || as.named
	f.files[i].rendered = f.files[i].rendered && as.rendered
	f.files[i].paths = append(f.files[i].paths, path)
}

// walk goes through one directory of the user's.
type walk struct {
	*found
	path    int
	any     bool // there was a file
	skipped bool // there was a directory that render has written
}

// dir visits a directory; id is its identity.
func (w *walk) dir(dir, id string, depth int, rendered bool) {
	if depth > deepest {
		w.fail(w.path, fmt.Errorf("%s: lies more than %d directories deep: name it by itself", name(dir), deepest))
		return
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		w.fail(w.path, sayPath(err))
		return
	}
	for _, e := range entries {
		rendered = rendered || e.Name() == Marker
	}
	if rendered && !w.options.Rendered {
		w.skipped = true
		return
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			w.entry(e, filepath.ToSlash(filepath.Join(dir, e.Name())), filepath.Join(id, e.Name()), depth, rendered)
		}
	}
}

func (w *walk) entry(e fs.DirEntry, path, id string, depth int, rendered bool) {
	ext := filepath.Ext(path)
	switch {
	case e.IsDir():
		w.dir(path, id, depth+1, rendered)
		return
	case ext != ".yaml" && ext != ".yml":
		return
	case e.Type() == fs.ModeSymlink:
		info, err := os.Stat(path)
		if err != nil {
			w.fail(w.path, sayPath(err))
			return
		}
		if !info.Mode().IsRegular() {
			return
		}
		id = identity(path)
	case !e.Type().IsRegular():
		return
	}
	w.any = true
	w.add(w.path, path, id, file{rendered: rendered})
}
