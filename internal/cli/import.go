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
	var a importArgs
	cmd := &cobra.Command{
		Use:   "import SOURCE...",
		Short: "Turn a site of the old script into a NestedConfig",
		Long: `Reads the description of a site, executes nothing, and prints a NestedConfig with
the same values. With -o DIR it writes nested-config.yaml, and credentials.env for a
secretGenerator, which only you can read. - is stdin.

SOURCE is the common.env of the old script, the file of a deployer, or a manifest:
the output of the old script, or what runs in the cluster:
  kubectl -n kube-system get configmap,daemonset,secret -o yaml | nested-config import -
The content decides which form it is; --from sets the form. Of several sources,
the first that sets a value wins, and other values in later sources are reported.
With --diff LIVE it prints what applying the result would change in the cluster, in
place of the result.

If the site already uses link-local services, its addresses are service IPs. The
underlay knows the fabric address of each, or you name it:
  nested-config import common.env --config-api http://192.168.1.100:8082
  nested-config import common.env --link-local 10.10.10.1=192.168.1.100
The underlay is only read, with the credentials of "nested-config underlay".`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			a.paths = args
			return e.importFiles(a)
		},
	}
	cmd.Flags().StringVarP(&a.dir, "output", "o", "", "directory for the files; it is made if it is missing")
	cmd.Flags().StringArrayVar(&a.pairs, "link-local", nil, "SERVICE_IP=FABRIC_IP, for each service IP (repeatable)")
	cmd.Flags().StringArrayVar(&a.from, "from", nil, "read SOURCE as this form, and do not look for it: "+forms()+" (repeat it for each SOURCE, in their order)")
	cmd.Flags().StringVar(&a.live, "diff", "", "print what applying the result would change for the pods of LIVE, a file of what kubectl get prints, or - (the same as SOURCE if that is - too)")
	cmd.Flags().BoolVar(&a.force, "force", false, "overwrite files that exist")
	a.connect.add(cmd, "; without it the underlay is not asked")
	return cmd
}

// importArgs are what import is told.
type importArgs struct {
	paths, from, pairs []string
	dir, live          string
	force              bool
	connect            connectFlags
}

func (e Env) importFiles(a importArgs) error {
	sources, stdin, err := e.importSources(a)
	if err != nil {
		return err
	}
	o, err := e.importOptions(a, sources[1:])
	if err != nil {
		return err
	}
	first := sources[0]
	o.Form = first.Form
	site, problems := importer.Import(first.Name, first.Text, o)
	for i, form := range append([]importer.Form{site.Form}, site.Further...) {
		if sources[i].Form == "" && form != "" && form != importer.CommonEnv {
			fmt.Fprintf(e.Err, "info: %s: is read as %s, because it looks like one; --from %s says so without this line\n", sources[i].Name, form.Named(), form)
		}
	}
	e.tell(problems)
	if problems.Errors() {
		return fn.ErrInvalid
	}
	changes := ""
	if a.live != "" {
		if changes, err = e.diff(a, stdin, site); err != nil {
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
			fmt.Fprintf(e.Err, "warning: %s: %s: left out: credentials are written to a file of their own, with -o DIR\n", first.Name, strings.Join(site.Names, ", "))
		}
		_, err = e.Out.Write(site.Config)
	}
	return err
}

// diff says what the site would change in the live resources. Standard input is
// read once, for both.
func (e Env) diff(a importArgs, stdin []byte, site importer.Site) (string, error) {
	live := stdin
	if a.live != "-" || !slices.Contains(a.paths, "-") {
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
			existing = append(existing, fmt.Errorf("%s: exists, but this import does not write it: remove it, or choose another directory", path))
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
