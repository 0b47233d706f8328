package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/internal/importer"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"
)

// The files that import -o writes.
const (
	configFile      = "nested-config.yaml"
	credentialsFile = "credentials.env"
)

func newImport(e Env) *cobra.Command {
	var dir string
	var pairs []string
	var force bool
	cmd := &cobra.Command{
		Use:   "import COMMON_ENV",
		Short: "Turn a common.env into a NestedConfig",
		Long: `Reads the common.env of the old way, without executing anything, and prints a
NestedConfig that says the same. With -o DIR it writes nested-config.yaml and,
readable by you alone, credentials.env for a secretGenerator. - is stdin.

Where the old way went through link-local services, its addresses are service
IPs; name the fabric address behind each:
  nested-config import common.env --link-local 10.10.10.1=192.168.1.100`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return e.importFile(args[0], dir, pairs, force)
		},
	}
	cmd.Flags().StringVarP(&dir, "output", "o", "", "directory for the files; made when it is missing")
	cmd.Flags().StringArrayVar(&pairs, "link-local", nil, "SERVICE_IP=FABRIC_IP, for each service IP (repeatable)")
	cmd.Flags().BoolVar(&force, "force", false, "overwrite files that exist")
	return cmd
}

func (e Env) importFile(path, dir string, flags []string, force bool) error {
	text, err := e.read(path)
	if err != nil {
		return err
	}
	pairs := make([]importer.Pair, 0, len(flags))
	var wrong []error
	for _, f := range flags {
		p, err := importer.ParsePair(f)
		wrong = append(wrong, err)
		pairs = append(pairs, p)
	}
	if err := errors.Join(wrong...); err != nil {
		return err
	}
	name := filepath.Base(path)
	if path == "-" {
		name = "stdin"
	}
	site, problems := importer.Import(name, string(text), pairs)
	e.tell(problems)
	if problems.Errors() {
		return fn.ErrInvalid
	}
	if dir == "" {
		if len(site.Names) > 0 {
			fmt.Fprintf(e.Err, "warning: %s: %s: left out: credentials are written to a file of their own, with -o DIR\n", name, strings.Join(site.Names, ", "))
		}
		_, err = e.Out.Write(site.Config)
		return err
	}
	return writeSite(dir, site, force)
}

// writeSite writes the files whole or not at all, the credentials first: the
// config refers to them.
func writeSite(dir string, site importer.Site, force bool) error {
	files := []struct {
		name string
		data []byte
		mode os.FileMode
	}{{credentialsFile, site.Credentials, 0o600}, {configFile, site.Config, 0o644}}
	var existing []error
	for _, f := range files {
		path := filepath.Join(dir, f.name)
		if _, err := os.Lstat(path); f.data != nil && !force && !errors.Is(err, fs.ErrNotExist) {
			if err == nil {
				err = fmt.Errorf("%s: exists: remove it, or overwrite it with --force", path)
			}
			existing = append(existing, err)
		}
	}
	if err := errors.Join(existing...); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		if f.data == nil {
			continue
		}
		if err := replace(filepath.Join(dir, f.name), f.data, f.mode); err != nil {
			return err
		}
	}
	return nil
}

// replace writes a file at once and with its mode; renameio.WriteFile would keep
// the mode of the file that was there, and others could read the credentials.
func replace(path string, data []byte, mode os.FileMode) error {
	f, err := renameio.NewPendingFile(path, renameio.WithTempDir(filepath.Dir(path)), renameio.WithPermissions(mode))
	if err != nil {
		return err
	}
	defer f.Cleanup()
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.CloseAtomicallyReplace()
}
