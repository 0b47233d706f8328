// Package render writes the manifests of many clusters into a directory, and keeps
// it up to date: it rewrites files that have changed, deletes files that are no
// longer rendered, and leaves the files of others alone.
package render

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync/atomic"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/internal/source"
	"github.com/nested-config/nested-config/internal/workers"
)

// Layout says how a cluster is cut into files.
type Layout string

const (
	// PerResource: DIR/<name>/<kind>-<resource>.yaml.
	PerResource Layout = "resource"
	// PerCluster: DIR/<name>/manifest.yaml, in the order in which it must be applied.
	PerCluster Layout = "cluster"
)

// underlayDir is the directory, below that of a cluster, for what belongs to the
// underlay and not into the cluster: kubectl apply -f DIR/<name> leaves it out.
const underlayDir = "underlay"

// Options of a Run.
type Options struct {
	Dir    string
	Layout Layout
	// Version of this program, "" when builds cannot be told apart. With it, a
	// cluster whose config and files are those of the last run is not rendered again.
	Version string
	// Prune deletes the files of clusters that are not among the configs.
	Prune bool
	// KeepGoing renders the other clusters when one cannot be written.
	KeepGoing bool
	// Step, if not nil, is called after each cluster, from any goroutine.
	Step func(done, of int)
}

// Run renders each config into its own directory, named after it, on all cores.
// Files are replaced whole, those of one cluster all or none while there is room
// for all; another Run at the same time is refused. A file that stands in the way and was not
// written by an earlier Run is an error of that cluster, of which nothing is
// written then; a file that was, is rewritten whoever changed it. When ctx ends,
// the clusters at hand are finished and no other is begun.
//
// It uses the fleet up: its Configs are gone afterwards. The error says that not
// everything was rendered, beyond what the problems say.
func Run(ctx context.Context, f *source.Fleet, o Options) (config.Problems, error) {
	if err := os.MkdirAll(o.Dir, 0o777); err != nil {
		return nil, fmt.Errorf("%s: %w", o.Dir, cause(err))
	}
	release, err := lock(o.Dir)
	if err != nil {
		return nil, err
	}
	defer release()
	clusters := pack(f)

	// First, every cluster by itself.
	found := make([]config.Problems, len(clusters))
	var done atomic.Int64
	var failed atomic.Bool
	workers.Each(ctx, runtime.GOMAXPROCS(0), len(clusters), func() func(int) bool {
		w := worker{options: o}
		return func(i int) bool {
			found[i] = w.cluster(clusters[i])
			if found[i].Errors() {
				failed.Store(true)
			}
			if n := done.Add(1); o.Step != nil {
				o.Step(int(n), len(clusters))
			}
			return o.KeepGoing || !failed.Load()
		}
	})

	var problems config.Problems
	for i, ps := range found {
		problems = append(problems, ps.At(f.Where[i])...)
	}
	if n := int(done.Load()); ctx.Err() != nil && n < len(clusters) {
		return problems, fmt.Errorf("interrupted: %d of %d clusters are done and their files are complete; run it again for the others", n, len(clusters))
	}
	if failed.Load() || !o.Prune {
		return problems, nil
	}

	// Last, what is left of clusters that are gone.
	return append(problems, prune(o.Dir, clusters)...), nil // whose messages name their files
}

// OwnDirectories takes those configs out of a fleet that would share a directory
// with an earlier one, and tells so.
func OwnDirectories(f *source.Fleet) config.Problems {
	var out config.Problems
	first := map[string]string{}
	n := 0
	for i, c := range f.Configs {
		if other, twice := first[c.Name]; twice {
			out = append(out, config.Problem{
				Severity: config.Error, Where: f.Where[i], Path: "metadata.name", Value: strconv.Quote(c.Name),
				Message: "is the name of " + other + " too, and both would be written to the same directory: choose another"})
			continue
		}
		first[c.Name] = f.Where[i]
		f.Configs[n], f.Where[n] = c, f.Where[i]
		n++
	}
	f.Configs, f.Where = f.Configs[:n], f.Where[:n]
	return out
}

// prune deletes what earlier runs wrote for clusters that are not there any more.
func prune(dir string, clusters []packed) config.Problems {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return config.Problems{problem(err)}
	}
	names := make([]string, len(clusters))
	for i, c := range clusters {
		names[i] = c.name
	}
	slices.Sort(names)
	var ps config.Problems
	for _, e := range entries {
		if _, wanted := slices.BinarySearch(names, e.Name()); wanted || !e.IsDir() {
			continue
		}
		d, err := openDir(dir, e.Name())
		if err == nil && d.known {
			ps = append(ps, d.update(nil)...)
		}
		if err != nil {
			ps = append(ps, problem(err))
			continue
		}
		d.close()
		if d.known {
			// Only when it is empty: what is not ours stays.
			_ = os.Remove(d.path)
		}
	}
	return ps
}

func problem(err error) config.Problem {
	return config.Problem{Severity: config.Error, Message: err.Error()}
}

// cause is the reason without operation and path, which the caller names.
func cause(err error) error {
	var e *os.PathError
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}
