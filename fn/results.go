package fn

//lint:file-ignore SA1019 kpt and older kustomize know items by the legacy annotations alone

import (
	"strconv"

	"nested-config/fn/config"
	"nested-config/fn/krm"

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

func (l *list) invalid() bool { return l.failed }

func (l *list) finish() error {
	if l.failed {
		return ErrInvalid
	}
	return nil
}

// Line is a result as one line for a person: path: "value": message, after the
// file or the name of the config where the list has several.
func Line(r krm.Result, several bool) string {
	s := r.Message
	if r.Field != nil {
		s = r.Field.Path + ": " + s
	}
	if r.Where != "" {
		s = r.Where + ": " + s
	} else if several && r.File != nil {
		s = r.File.Path + ": " + s
	} else if several && r.ResourceRef != nil && r.ResourceRef.Name != "" {
		s = r.ResourceRef.Name + ": " + s
	}
	if r.Severity != krm.Error {
		s = string(r.Severity) + ": " + s
	}
	return s
}
