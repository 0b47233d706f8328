package cli

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/internal/underlay/declared"
)

// yamlFiles reads files, - for stdin, and the YAML files below directories, in
// the order of their names. Of directories only files that mention our group
// count: the others are somebody else's, and may be templates and no YAML.
func (e Env) yamlFiles(paths []string) ([]declared.File, error) {
	var files []declared.File
	add := func(path string, text []byte, err error) error {
		if err == nil {
			files = append(files, declared.File{Path: path, Text: text})
		}
		return err
	}
	for _, path := range paths {
		if path == "-" {
			text, err := io.ReadAll(e.In)
			if err := add("stdin", text, err); err != nil {
				return nil, fmt.Errorf("stdin: %w", err)
			}
			continue
		}
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			path = filepath.Clean(path) + string(filepath.Separator) // also where it is a link
		}
		err := filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			switch hidden := strings.HasPrefix(d.Name(), ".") && p != path; {
			case d.IsDir() && hidden:
				return filepath.SkipDir
			case d.IsDir() || hidden:
				return nil
			}
			ext := filepath.Ext(p)
			if p != path && ext != ".yaml" && ext != ".yml" {
				return nil
			}
			text, err := os.ReadFile(p)
			if p != path && !bytes.Contains(text, []byte(config.Group)) {
				return err
			}
			return add(p, text, err)
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

// declarations reads the paths, and tells what is wrong there.
func (e Env) declarations(paths []string, cluster, underlayName string) (declared.Declarations, error) {
	files, err := e.yamlFiles(paths)
	if err != nil {
		return declared.Declarations{}, err
	}
	d, problems := declared.Read(files, declared.Options{Cluster: cluster, Underlay: underlayName})
	e.tell(problems)
	if problems.Errors() {
		return d, fn.ErrInvalid
	}
	return d, nil
}
