// Package build is `kustomize build` in process, with exactly one function in it: ours.
//
// kustomize's own plugins stay disabled, so a repository can run nothing: no binary, no container, no chart. Where a kustomization names
// a NestedConfig under generators: or transformers:, kustomize is shown another text in its place (see view), in which the function has
// already run. What this package does not resolve reaches kustomize as it is and fails there: nothing is skipped in silence.
//
// Limits, each an error that says what to do instead: NestedConfigs under transformers: of a component, or, when they add resources, of the root of
// a remote repository; a generator of kustomize after a NestedConfig in one list; validators:; the alpha transformerAnnotations with ours under
// transformers:; a function that changes or removes what others made. And one difference that only a function could see: under transformers: it gets
// resources whose names have their hashes already, without kustomize's own bookkeeping annotations.
//
// What kustomize lets pass and no cluster can use is refused as well: see settled.
package build

import (
	"errors"
	"fmt"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/nested-config/nested-config/fn/krm"
)

// Function is the KRM function that NestedConfigs run. It gets what kustomize would send to it as a program, and changes the list. With an error
// it may leave results of severity error: these then are what went wrong.
type Function func(rl *krm.ResourceList) error

// Options of one build. Line turns a result of severity error into one line for a person. The zero value of Restrictions means kustomize's default,
// LoadRestrictionsRootOnly.
type Options struct {
	Function     Function
	Line         func(krm.Result) string
	Restrictions types.LoadRestrictions
}

// Run builds the kustomization in dir, which may be a URL, as `kustomize build --enable-alpha-plugins --enable-exec` would with the
// function installed, and returns the resources and the results that are no errors (warnings, infos), these also along with an error. Errors
// name file and field; those of the function and refusals come all at once, joined.
func Run(dir string, o Options) (resmap.ResMap, krm.Results, error) {
	if o.Restrictions == types.LoadRestrictionsUnknown {
		o.Restrictions = types.LoadRestrictionsRootOnly
	}
	b := newBuilder(dir, o)
	m, err := b.kustomize(&view{FileSystem: b.disk, b: b}, dir, o.Restrictions, krusty.ReorderOptionUnspecified)
	if len(b.problems) > 0 { // kustomize's own error is only a consequence of these
		return nil, b.results, errors.Join(b.problems...)
	}
	if err == nil {
		err = b.restoreOrigins(m)
	}
	if err == nil {
		err = errors.Join(b.settled(m)...)
	}
	return m, b.results, err
}

// builder is the state of one Run.
type builder struct {
	disk        filesys.FileSystem
	options     Options
	top         string // as the user wrote it, for messages
	clones      clones
	made        map[string][]byte             // files that exist for this build only, by path
	aliases     map[string]string             // directories that exist for this build only → the directory that they show
	rewrites    map[string][]byte             // kustomization file → what kustomize is shown
	pending     map[string]bool               // kustomization files whose rewrite has begun
	origins     map[string]*resource.Resource // made file → the config whose resources it holds
	transformed bool                          // ours were under transformers
	depth       int                           // of inner builds
	problems    []error
	results     krm.Results
}

func newBuilder(dir string, o Options) *builder {
	return &builder{
		disk: filesys.MakeFsOnDisk(), options: o, top: dir, clones: clonesBeside(dir),
		made: map[string][]byte{}, aliases: map[string]string{}, rewrites: map[string][]byte{}, pending: map[string]bool{},
		origins: map[string]*resource.Resource{},
	}
}

// kustomize runs kustomize without plugins; inner builds go through it as well.
func (b *builder) kustomize(v *view, dir string, restrictions types.LoadRestrictions, order krusty.ReorderOption) (resmap.ResMap, error) {
	return krusty.MakeKustomizer(&krusty.Options{
		Reorder: order, LoadRestrictions: restrictions, PluginConfig: types.DisabledPluginConfig(),
	}).Run(v, dir)
}

func (b *builder) problem(path, field, format string, args ...any) {
	b.problems = append(b.problems, fmt.Errorf("%s: %s: "+format, append([]any{b.name(path), field}, args...)...))
}
