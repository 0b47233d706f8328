package fn

//lint:file-ignore SA1019 kpt and older kustomize know items by the legacy annotations alone

import (
	"strconv"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/krm"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// report adds a result about a resource, or about the list when that is nil.
func (l *list) report(severity krm.Severity, n *yaml.RNode, p config.Problem) {
	r := krm.Result{Severity: severity, Message: p.Text()}
	if severity == krm.Error {
		l.failed = true
	}
	if n != nil {
		if len(l.members) > 1 {
			r.Where = l.where(n)
		}
		r.ResourceRef = &krm.ResourceRef{APIVersion: n.GetApiVersion(), Kind: n.GetKind(), Name: n.GetName(), Namespace: n.GetNamespace()}
		r.File = file(n)
	}
	if p.Path != "" {
		r.Field = &krm.Field{Path: p.Path}
		if v, err := strconv.Unquote(p.Value); err == nil {
			r.Field.CurrentValue = v
		}
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

// Line is a result as one line for a person: path: "value": message, after the
// file or the name of the config where the list has several.
func Line(r krm.Result, several bool) string {
	if several || r.Where != "" {
		return line(r, where(r))
	}
	return line(r, "")
}

func line(r krm.Result, where string) string {
	s := r.Message
	if r.Field != nil {
		s = r.Field.Path + ": " + s
	}
	if where != "" {
		s = where + ": " + s
	}
	if r.Severity != krm.Error {
		s = string(r.Severity) + ": " + s
	}
	return s
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

// Lines are the errors and warnings, one line each; infos are for results alone.
// A resource is called as briefly as tells it from the others: not at all when
// there is one, by its file or its name, or by both where files of several
// sub-packages have one name.
func Lines(results krm.Results) []string {
	resources, name, ambiguous := map[[2]string]bool{}, map[string]string{}, map[string]bool{}
	for _, r := range results {
		if r.ResourceRef == nil {
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
