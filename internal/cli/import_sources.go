package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/underlay"
	"github.com/nested-config/nested-config/internal/importer"
	"github.com/nested-config/nested-config/internal/source"
)

// forms names the forms of a source: a or b.
func forms() string {
	var names []string
	for _, f := range importer.Forms() {
		names = append(names, string(f))
	}
	return strings.Join(names, " or ")
}

// importSources reads the sources. Standard input is read once, and given apart
// too.
func (e Env) importSources(a importArgs) (sources []importer.Source, stdin []byte, err error) {
	if len(a.from) > len(a.paths) {
		return nil, nil, fmt.Errorf("--from: is given %d times: must be once for each SOURCE at most", len(a.from))
	}
	for i, path := range a.paths {
		s := importer.Source{Name: nameOf(path)}
		if i < len(a.from) {
			s.Form = importer.Form(a.from[i])
		}
		if s.Form != "" && !slices.Contains(importer.Forms(), s.Form) {
			return nil, nil, fmt.Errorf("--from: %q: must be %s", s.Form, forms())
		}
		if slices.Contains(a.paths[:i], path) {
			return nil, nil, fmt.Errorf("%s: is given twice", path)
		}
		text, err := source.Text(path, e.In)
		if err != nil {
			return nil, nil, err
		}
		if path == "-" {
			stdin = text
		}
		s.Text = string(text)
		sources = append(sources, s)
	}
	for i := range sources { // files of one name in several directories
		if slices.ContainsFunc(a.paths, func(p string) bool { return p != a.paths[i] && nameOf(p) == nameOf(a.paths[i]) }) {
			sources[i].Name = a.paths[i]
		}
	}
	return sources, stdin, nil
}

// importOptions are those of the flags. The config API is connected when it is
// asked: only then is it known whether it wants a token.
func (e Env) importOptions(a importArgs, further []importer.Source) (importer.Options, error) {
	o := importer.Options{Further: further}
	var wrong []error
	for _, f := range a.pairs {
		p, err := importer.ParsePair(f)
		wrong = append(wrong, err)
		o.Pairs = append(o.Pairs, p)
	}
	if err := errors.Join(wrong...); err != nil || len(a.connect.servers) == 0 {
		return o, err
	}
	o.Look = func(c config.Config) (underlay.Holding, error) {
		client, err := e.configAPI(a.connect, []config.Config{c})
		if err != nil {
			return underlay.Holding{}, err
		}
		ctx, stop := e.stoppable(context.Background())
		defer stop()
		v := c.Spec.Underlay.VirtualNetwork
		return underlay.Read(ctx, client, underlay.FQName{v.Domain, v.Project, v.Name}, underlay.Options{MaxRequest: a.connect.maxRequest})
	}
	return o, nil
}

// nameOf is what messages call a source.
func nameOf(path string) string {
	if path == "-" {
		return "stdin"
	}
	return filepath.Base(path)
}
