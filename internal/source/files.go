// Package source finds resources of this program's kinds under the paths of a
// command, with the place of each for messages. It is the only reader of files: the
// same path means the same to every command.
//
// A path is one of these:
//
//   - "-" is standard input, which is read once;
//   - a file is itself, whatever it is called, also through a link. What is no
//     regular file, such as a pipe, is read to its end;
//   - a directory, also through a link, stands for every *.yaml and *.yml below it,
//     in lexical order. Hidden files and directories are left out, and so is all
//     that is neither a file nor a link to a file: links to directories, whatever
//     they are called, pipes, devices. A link to nothing is an error;
//   - a directory that render has written holds output and is left out, unless
//     Options says otherwise.
//
// Each file counts once, by whatever names it is given, and is called with / on every
// system. A path that does not exist
// is "PATH: no such file or directory", one that holds nothing of the kinds that are
// asked for is an error as well, and so is a text of more than 64 MB.
//
// A text is YAML documents, or lists of them (List, ResourceList), of which the
// items count. What is not of a kind that is asked for is passed over. A file of a
// directory that has none of the kinds' names in it is not even parsed: a directory
// may hold templates of others. A document is ours by its kind; its apiVersion must be ours
// then. What is wrong with one document or file is told, and the others are read.
package source

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/internal/bounded"
)

// Stdin is the path that means standard input.
const Stdin = "-"

// Marker is the file by which render knows a directory that it has written.
const Marker = ".nested-config"

// Options of a reading.
type Options struct {
	// Kinds are those that count; none means NestedConfig.
	Kinds []string
	// Rendered: look into the directories that render has written, below each path
	// that holds no NestedConfig otherwise.
	Rendered bool
}

func (o Options) kinds() []string {
	if len(o.Kinds) == 0 {
		return []string{config.Kind}
	}
	return o.Kinds
}

// file is a file to be searched.
type file struct {
	open     string // its path; "" for standard input
	name     string // as messages call it
	paths    []int  // which paths of the user lead here
	named    bool   // by the user, and not found in a directory
	rendered bool   // lies below a directory that render has written
}

// read gives the text of a file, or of in for standard input.
func (f file) read(in io.Reader) ([]byte, error) {
	if f.open != "" {
		opened, err := os.Open(f.open)
		if err != nil {
			return nil, sayPath(err)
		}
		defer opened.Close()
		if info, err := opened.Stat(); err == nil && info.Mode().IsRegular() && info.Size() > bounded.Most {
			return nil, fmt.Errorf("%s: %w", f.name, bounded.ErrTooLarge)
		}
		in = opened
	}
	text, err := bounded.Read(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.name, cause(err))
	}
	return text, nil
}

// Text gives the text of one file, or of in for standard input, as commands read
// what is no NestedConfig. An error names the file.
func Text(path string, in io.Reader) ([]byte, error) {
	if path == Stdin {
		return file{name: name(path)}.read(in)
	}
	return file{open: path, name: name(path)}.read(nil)
}

// cause is the reason without operation and path, which the caller names.
func cause(err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// sayPath turns "open x: no such file" into "x: no such file".
func sayPath(err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		return fmt.Errorf("%s: %w", name(e.Path), e.Err)
	}
	return err
}

// problem is an error that names its file.
func problem(err error) config.Problem {
	return config.Problem{Severity: config.Error, Message: err.Error()}
}
