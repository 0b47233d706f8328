// Package build is `kustomize build` in process, with one function: that of this
// program.
//
// The plugins of kustomize stay disabled, so a repository can run nothing: no binary, no container, no chart. Remote content (a base, a file by HTTP)
// is refused, or package fetch gets it and kustomize reads it like a local file: kustomize itself never gets a URL, and starts no process. It reads
// every file through view.ReadFile, which checks size, aliases and shape. If a kustomization names a NestedConfig under generators: or transformers:,
// kustomize reads the output of the function in its place (see view). Entries that this package does not resolve reach kustomize unchanged and fail
// there: none is skipped silently.
//
// Limits, each an error that says what to do instead: NestedConfigs under transformers: of a component; a generator of kustomize after a NestedConfig in one list; validators:; the alpha transformerAnnotations with ours under
// transformers:; a function that changes or removes what others made. And one difference that only a function could see: under transformers: it gets
// resources whose names have their hashes already, without kustomize's own bookkeeping annotations.
//
// What kustomize lets pass and no cluster can use is refused as well: see checkWorkloads.
package build

import (
	"context"
	"errors"
	"fmt"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/openapi"

	"github.com/nested-config/nested-config/fn/krm"
	"github.com/nested-config/nested-config/internal/yamlguard"
)

// Function is the KRM function that NestedConfigs run. It gets what kustomize would send to it as a program, and changes the list. With an error
// it may leave results of severity error: these then are what went wrong.
//
// It is a parameter because this package knows kustomize and nothing of what is rendered: tests put a function in its place that is small enough
// to compare whole builds with those of kustomize.
type Function func(rl *krm.ResourceList) error

// Options of one build. Message gives a result of severity error as one line for a person. The zero value of Restrictions means kustomize's default,
// LoadRestrictionsRootOnly. Without Remote the build starts no process and opens no connection.
type Options struct {
	Function     Function
	Message      func(krm.Result) string
	Restrictions types.LoadRestrictions
	Remote       Remote
	MaxHeap      uint64 // bytes, 0 for MaxHeap
}

// Run builds the kustomization in dir, which may be a URL, as `kustomize build --enable-alpha-plugins --enable-exec` would with the
// function installed, and returns the resources and the results that are no errors (warnings, infos), these also along with an error. Errors
// name file and field; those of the function and refusals come all at once, joined. After an error of too much memory, or of a context that has
// ended, something of the build may still run.
func Run(ctx context.Context, dir string, o Options) (resmap.ResMap, krm.Results, error) {
	if o.Restrictions == types.LoadRestrictionsUnknown {
		o.Restrictions = types.LoadRestrictionsRootOnly
	}
	if o.MaxHeap == 0 {
		o.MaxHeap = MaxHeap
	}
	if o.Remote != nil && o.Restrictions == types.LoadRestrictionsNone {
		return nil, nil, errors.New("--allow-remote: cannot go with --load-restrictor LoadRestrictionsNone: what is fetched could read every file of this machine")
	}
	b := newBuilder(ctx, dir, o)
	var m resmap.ResMap
	err := bounded(ctx, o.MaxHeap, func() (err error) {
		defer b.withoutClones()
		defer b.withoutSchema()
		m, err = b.run(dir)
		return err
	})
	switch {
	case errors.Is(err, errAbandoned): // and the state belongs to what still runs
		return nil, nil, fmt.Errorf("%s: %w", dir, err)
	case errors.Is(err, errCrash) && len(b.problems) > 0: // kustomize does not check everything that it takes for granted
		err = errors.Join(b.problems...)
	case errors.Is(err, errCrash):
		err = fmt.Errorf("%s: %w", dir, err)
	}
	if err != nil {
		return nil, b.results, oneLineEach(err)
	}
	return m, b.results, nil
}

// withoutSchema lets kustomize forget the schema that a file under openapi has set for the whole process.
func (b *builder) withoutSchema() {
	for _, from := range b.sources {
		if from&schema != 0 {
			openapi.ResetOpenAPI()
			return
		}
	}
}

func (b *builder) run(dir string) (resmap.ResMap, error) {
	dir, err := b.root(dir)
	if err != nil {
		return nil, err
	}
	b.dir = dir
	m, err := b.kustomize(&view{FileSystem: b.disk, b: b}, dir, b.options.Restrictions, krusty.ReorderOptionUnspecified)
	if err == nil {
		b.refuseLost()
		b.refuseUnpatched()
	} else if len(b.problems) == 0 {
		b.explain(err)
	}
	if len(b.problems) > 0 { // kustomize's own error is only a consequence of these
		return nil, errors.Join(b.problems...)
	}
	if err != nil {
		return nil, err
	}
	if err := b.textKeys(m); err != nil {
		return nil, err
	}
	if err := b.restoreOrigins(m); err != nil {
		return nil, err
	}
	if err := nameKustomize(m); err != nil {
		return nil, err
	}
	return m, errors.Join(b.checkWorkloads(m)...)
}

// builder is the state of one Run.
type builder struct {
	ctx         context.Context // of the one Run
	disk        filesys.FileSystem
	options     Options
	top         string                        // as the user wrote it, for messages
	dir         string                        // what is built
	clones      []string                      // their roots
	remotes     []fetched                     // in the order of their numbers
	made        map[string][]byte             // files that exist for this build only, by path
	aliases     map[string]string             // directories that exist for this build only → the directory that they show
	rewrites    map[string][]byte             // kustomization file → what kustomize is shown
	pending     map[string]bool               // kustomization files whose rewrite has begun
	data        map[string]source             // files that are the data of a ConfigMap or Secret
	sources     map[string]source             // files that kustomize has read, but kustomizations
	told        []string                      // what kustomizations hold that is, or may be, a secret
	listed      map[string]listed             // files under resources
	seen        []unused                      // configs in those
	now         []config                      // read since it was last emptied
	selectors   []selecting                   // fields that select configs
	used        map[config]bool               // configs that a generator or a transformer has taken
	written     []written                     // by the function, in the order of its runs
	origins     map[string]*resource.Resource // made file → the config whose resources it holds
	transformed bool                          // ours were under transformers
	depth       int                           // of inner builds
	bytes       int                           // read so far
	budget      *yamlguard.Budget
	problems    []error
	results     krm.Results
}

func newBuilder(ctx context.Context, dir string, o Options) *builder {
	return &builder{
		ctx: ctx, disk: filesys.MakeFsOnDisk(), options: o, top: dir, budget: yamlguard.NewBudget(maxAddedNodes, maxAddedBytes),
		made: map[string][]byte{}, aliases: map[string]string{}, rewrites: map[string][]byte{}, pending: map[string]bool{}, data: map[string]source{}, sources: map[string]source{},
		origins: map[string]*resource.Resource{}, listed: map[string]listed{}, used: map[config]bool{},
	}
}

// kustomize runs kustomize without plugins; inner builds go through it as well. Its errors are those that may be shown.
func (b *builder) kustomize(v *view, dir string, restrictions types.LoadRestrictions, order krusty.ReorderOption) (resmap.ResMap, error) {
	m, err := krusty.MakeKustomizer(&krusty.Options{
		Reorder: order, LoadRestrictions: restrictions, PluginConfig: types.DisabledPluginConfig(),
	}).Run(v, dir)
	return m, b.withhold(err)
}
