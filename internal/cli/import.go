package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/internal/importer"
	"github.com/nested-config/nested-config/internal/source"
	"github.com/nested-config/nested-config/internal/wholefile"

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
	var from, live string
	var force bool
	cmd := &cobra.Command{
		Use:   "import SOURCE",
		Short: "Turn a site of the old way into a NestedConfig",
		Long: `Reads what describes a site, without executing anything, and prints a
NestedConfig that says the same. With -o DIR it writes nested-config.yaml and,
readable by you alone, credentials.env for a secretGenerator. - is stdin.

SOURCE is the common.env of the old script, or a manifest: the output of the old
script, or what runs in the cluster:
  kubectl -n kube-system get configmap,daemonset,secret -o yaml | nested-config import -
Which of them it is, is found by what is in it; --from says it. With --diff LIVE it
prints what applying the result would change in the cluster, in place of the
result.

Where the old way went through link-local services, its addresses are service
IPs; name the fabric address behind each:
  nested-config import common.env --link-local 10.10.10.1=192.168.1.100`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return e.importFile(importArgs{args[0], from, dir, live, pairs, force})
		},
	}
	cmd.Flags().StringVarP(&dir, "output", "o", "", "directory for the files; made when it is missing")
	cmd.Flags().StringArrayVar(&pairs, "link-local", nil, "SERVICE_IP=FABRIC_IP, for each service IP (repeatable)")
	cmd.Flags().StringVar(&from, "from", "", "read SOURCE as this form, and do not look for it: "+forms())
	cmd.Flags().StringVar(&live, "diff", "", "print what applying the result would change for the pods of LIVE, a file of what kubectl get prints, or - (the same as SOURCE if that is - too)")
	cmd.Flags().BoolVar(&force, "force", false, "overwrite files that exist")
	return cmd
}

// forms names the forms of a source: a or b.
func forms() string {
	names := make([]string, len(importer.Forms))
	for i, f := range importer.Forms {
		names[i] = string(f)
	}
	return strings.Join(names, " or ")
}

// importArgs are what import is told.
type importArgs struct {
	path, from, dir, live string
	pairs                 []string
	force                 bool
}

func (e Env) importFile(a importArgs) error {
	if a.from != "" && !slices.Contains(importer.Forms, importer.Form(a.from)) {
		return fmt.Errorf("--from: %q: must be %s", a.from, forms())
	}
	text, err := source.Text(a.path, e.In)
	if err != nil {
		return err
	}
	pairs := make([]importer.Pair, 0, len(a.pairs))
	var wrong []error
	for _, f := range a.pairs {
		p, err := importer.ParsePair(f)
		wrong = append(wrong, err)
		pairs = append(pairs, p)
	}
	if err := errors.Join(wrong...); err != nil {
		return err
	}
	name := nameOf(a.path)
	site, problems := importer.Import(name, string(text), importer.Options{Form: importer.Form(a.from), Pairs: pairs})
	if a.from == "" && site.Form != "" && site.Form != importer.CommonEnv {
		fmt.Fprintf(e.Err, "info: %s: is read as a %s, because it looks like one; --from %s says so without this line\n", name, site.Form, site.Form)
	}
	e.tell(problems)
	if problems.Errors() {
		return fn.ErrInvalid
	}
	changes := ""
	if a.live != "" {
		if changes, err = e.diff(a, text, site); err != nil {
			return err
		}
	}
	if a.dir != "" {
		if err := writeSite(a.dir, site, a.force); err != nil {
			return err
		}
	}
	switch {
	case a.live != "":
		_, err = io.WriteString(e.Out, changes)
	case a.dir == "":
		if len(site.Names) > 0 {
			fmt.Fprintf(e.Err, "warning: %s: %s: left out: credentials are written to a file of their own, with -o DIR\n", name, strings.Join(site.Names, ", "))
		}
		_, err = e.Out.Write(site.Config)
	}
	return err
}

// diff says what the site would change in the live resources. Standard input is
// read once, for both.
func (e Env) diff(a importArgs, text []byte, site importer.Site) (string, error) {
	live := text
	if a.live != "-" || a.path != "-" {
		var err error
		if live, err = source.Text(a.live, e.In); err != nil {
			return "", err
		}
	}
	changes, problems := importer.Diff(nameOf(a.live), string(live), site)
	e.tell(problems)
	if problems.Errors() {
		return "", fn.ErrInvalid
	}
	return changes, nil
}

// nameOf is what messages call a source.
func nameOf(path string) string {
	if path == "-" {
		return "stdin"
	}
	return filepath.Base(path)
}

// writeSite writes both files or neither, the credentials first: the config
// refers to them. Credentials that are there and are not replaced, be it with
// --force, would be taken for those of the new config.
func writeSite(dir string, site importer.Site, force bool) error {
	files := []struct {
		name   string
		data   []byte
		access wholefile.Access
	}{{credentialsFile, site.Credentials, wholefile.Private}, {configFile, site.Config, wholefile.Shared}}
	var existing []error
	for _, f := range files {
		path := filepath.Join(dir, f.name)
		_, err := os.Lstat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			existing = append(existing, err)
		case f.data == nil:
			existing = append(existing, fmt.Errorf("%s: exists, and nothing imported here belongs into it: remove it, or choose another directory", path))
		case !force:
			existing = append(existing, fmt.Errorf("%s: exists: remove it, or overwrite it with --force", path))
		}
	}
	if err := errors.Join(existing...); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	set := wholefile.In(root)
	defer set.Drop()
	for _, f := range files {
		if f.data == nil {
			continue
		}
		if err := set.Add(f.name, bytes.NewReader(f.data), f.access); err != nil {
			return fmt.Errorf("%s: %w", filepath.Join(dir, f.name), err)
		}
	}
	if err := set.Commit(); err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	return nil
}
