// Command requests asks an Argo CD repo-server for the manifests of many Applications, as the application controller does for a fleet, and prints what
// that took. The directories of the Applications are the lines of stdin; the Applications have their base names.
//
//	requests [FLAGS] ADDRESS REPO_URL COMMIT
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/reposerver/apiclient"
	"github.com/argoproj/argo-cd/v3/util/tls"
)

type options struct {
	address, repo, commit string
	plugin                string
	parallel              int
	noCache               bool
	paths                 string // argocd.argoproj.io/manifest-generate-paths
	from                  string // the commit that the Applications have
}

func main() {
	var o options
	flag.StringVar(&o.plugin, "plugin", "", "name and version; none for Argo CD's own kustomize")
	flag.IntVar(&o.parallel, "parallel", 20, "requests at a time; 20 are the controller's status processors")
	flag.BoolVar(&o.noCache, "no-cache", false, "as a hard refresh does")
	flag.StringVar(&o.paths, "paths", "", "manifest-generate-paths, `;` between them")
	flag.StringVar(&o.from, "from", "", "the commit that the Applications have: first ask what has changed since")
	flag.Parse()
	o.address, o.repo, o.commit = flag.Arg(0), flag.Arg(1), flag.Arg(2)
	var dirs []string
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		dirs = append(dirs, lines.Text())
	}
	if err := o.run(dirs); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run prints: Applications, those that have changed, bytes of all manifests, seconds for all, milliseconds of the median, of the slowest.
func (o options) run(dirs []string) error {
	conn, client, err := apiclient.NewRepoServerClientset(o.address, 600, tls.Configuration{DisableTLS: true}).NewRepoServerClient()
	if err != nil {
		return err
	}
	defer conn.Close()
	var mu sync.Mutex
	var took []time.Duration
	var changed, bytes int
	var failed error
	work, done := make(chan string), sync.WaitGroup{}
	begin := time.Now()
	for range o.parallel {
		done.Go(func() {
			for dir := range work {
				begin := time.Now()
				size, changes, err := o.refresh(client, dir)
				mu.Lock()
				took = append(took, time.Since(begin))
				bytes += size
				if changes {
					changed++
				}
				if err != nil && failed == nil {
					failed = fmt.Errorf("%s: %w", dir, err)
				}
				mu.Unlock()
			}
		})
	}
	for _, dir := range dirs {
		work <- dir
	}
	close(work)
	done.Wait()
	if failed != nil {
		return failed
	}
	slices.Sort(took)
	fmt.Printf("%d %d %d %.2f %d %d\n", len(dirs), changed, bytes, time.Since(begin).Seconds(), took[len(took)/2].Milliseconds(), took[len(took)-1].Milliseconds())
	return nil
}

// refresh makes the two requests of a refresh: whether a commit concerns the Application, and the manifests.
func (o options) refresh(client apiclient.RepoServerServiceClient, dir string) (bytes int, changes bool, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	repo := &v1alpha1.Repository{Repo: o.repo}
	source := &v1alpha1.ApplicationSource{RepoURL: o.repo, TargetRevision: o.commit, Path: dir}
	if o.plugin != "" {
		source.Plugin = &v1alpha1.ApplicationSourcePlugin{Name: o.plugin}
	} else {
		source.Kustomize = &v1alpha1.ApplicationSourceKustomize{}
	}
	name, namespace := path.Base(dir), "kube-system"
	if o.from != "" {
		var paths []string
		for p := range strings.SplitSeq(o.paths, ";") {
			paths = append(paths, path.Join(dir, p))
		}
		r, err := client.UpdateRevisionForPaths(ctx, &apiclient.UpdateRevisionForPathsRequest{
			Repo: repo, Revision: o.commit, SyncedRevision: o.from, Paths: paths, AppName: name, Namespace: namespace, ApplicationSource: source,
		})
		if err != nil {
			return 0, false, err
		}
		changes = r.Changes
	}
	response, err := client.GenerateManifest(ctx, &apiclient.ManifestRequest{
		Repo: repo, Revision: o.commit, AppName: name, Namespace: namespace, ApplicationSource: source, ProjectName: "default", ProjectSourceRepos: []string{"*"},
		NoCache: o.noCache, AnnotationManifestGeneratePaths: o.paths,
		KustomizeOptions: &v1alpha1.KustomizeOptions{BuildOptions: "--enable-alpha-plugins"},
	})
	if err != nil {
		return 0, changes, err
	}
	for _, m := range response.Manifests {
		bytes += len(m)
	}
	return bytes, changes, nil
}
