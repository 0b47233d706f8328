package fn

//lint:file-ignore SA1019 kpt and older kustomize know items by the legacy annotations alone

import (
	"strconv"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/krm"
	"github.com/nested-config/nested-config/internal/printable"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// report adds a problem of a resource, or of the list when that is nil, to the
// results. This is the one place where a Problem takes the form that the functions
// specification gives it.
func (l *list) report(n *yaml.RNode, p config.Problem) {
	r := krm.Result{Severity: krm.Severity(p.Severity), Message: p.Text()}
	if p.Severity == config.Error {
		l.failed = true
	}
	if n != nil {
		if len(l.members) > 1 {
			r.Where = l.where(n)
		}
		r.ResourceRef = &krm.ResourceRef{
			APIVersion: printable.Text(n.GetApiVersion()), Kind: printable.Text(n.GetKind()),
			Name: printable.Text(n.GetName()), Namespace: printable.Text(n.GetNamespace())}
		if r.File = file(n); r.File != nil {
			r.File.Path = printable.Text(r.File.Path)
		}
	}
	if p.Path != "" {
		r.Field = &krm.Field{Path: printable.Text(p.Path)}
		// Text is in quotes, a number without; what was cut is not the value.
		v, err := strconv.Unquote(p.Value)
		if err != nil && !strings.HasPrefix(p.Value, `"`) {
			v = p.Value
		}
		r.Field.CurrentValue = printable.Text(v)
	}
	l.rl.Results = append(l.rl.Results, r)
}

// file is where a resource stands, or nil.
func file(n *yaml.RNode) *krm.File {
	a := n.GetAnnotations()
	path := a[kioutil.PathAnnotation]
	if path == "" {
		path = a[kioutil.LegacyPathAnnotation]
	}
	if path == "" {
		return nil
	}
	index, _ := strconv.Atoi(a[kioutil.IndexAnnotation])
	return &krm.File{Path: path, Index: index}
}

func (l *list) finish() error {
	if l.failed {
		return ErrInvalid
	}
	return nil
}

// Line formats a result as one line for people: path: "value": message. If several
// is true, the file or the name of the config comes first.
func Line(r krm.Result, several bool) string {
	if several || r.Where != "" {
		return line(r, where(r))
	}
	return line(r, "")
}

func line(r krm.Result, where string) string {
	p := config.Problem{Severity: config.Severity(r.Severity), Where: where, Message: r.Message}
	if r.Field != nil {
		p.Path = r.Field.Path
	}
	return p.String()
}

// where calls the resource of a result by its file, or by its name.
func where(r krm.Result) string {
	switch {
	case r.Where != "":
		return r.Where
	case r.File != nil:
		return r.File.Path
	case r.ResourceRef != nil:
		return r.ResourceRef.Name
	}
	return ""
}

// Lines are the errors and warnings, one line each; infos are only for the results
// of the list. A resource is named only as far as necessary: not at all if there is
// only one, by its file or its name, or by both if files of several sub-packages
// have the same name.
func Lines(results krm.Results) []string {
	resources, name, ambiguous := map[[2]string]bool{}, map[string]string{}, map[string]bool{}
	for _, r := range results {
		if r.ResourceRef == nil || r.Severity == krm.Info {
			continue
		}
		at := where(r)
		resources[[2]string{at, r.ResourceRef.Name}] = true
		if other, known := name[at]; known && other != r.ResourceRef.Name {
			ambiguous[at] = true
		}
		name[at] = r.ResourceRef.Name
	}
	var lines []string
	for _, r := range results {
		at := where(r)
		switch {
		case r.Severity == krm.Info:
			continue
		case len(resources) < 2 && r.Where == "":
			at = ""
		case ambiguous[at] && r.ResourceRef != nil:
			at += " (" + r.ResourceRef.Name + ")"
		}
		lines = append(lines, line(r, at))
	}
	return lines
}
