package cli

import (
	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/internal/source"
	"github.com/nested-config/nested-config/internal/underlay/declared"
)

// declarations reads the paths, and tells what is wrong there.
func (e Env) declarations(paths []string, cluster, underlayName string) (declared.Declarations, error) {
	docs, problems := source.Read(paths, e.In, source.Options{Kinds: declared.Kinds(), Rendered: true})
	d, more := declared.Read(docs, declared.Options{Cluster: cluster, Underlay: underlayName})
	problems = append(problems, more...)
	e.tell(problems)
	if problems.Errors() {
		return declared.Declarations{}, fn.ErrInvalid
	}
	return d, nil
}
