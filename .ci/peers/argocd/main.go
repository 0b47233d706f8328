// Command generate asks an Argo CD repo-server for the manifests of an Application, as the application controller does, and prints them as a
// sorted list of JSON objects, one a line.
//
//	generate ADDRESS REPO_URL application.yaml [KUSTOMIZE_BUILD_OPTIONS]
package main

import (
	"context"
	"fmt"
	"os"
	"sort"
	"time"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/reposerver/apiclient"
	"github.com/argoproj/argo-cd/v3/util/tls"
	"sigs.k8s.io/yaml"
)

func main() {
	if err := generate(os.Args[1], os.Args[2], os.Args[3], append(os.Args[4:], "")[0]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func generate(address, repo, file, buildOptions string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var app v1alpha1.Application
	if err := yaml.Unmarshal(text, &app); err != nil {
		return err
	}
	// The repository of the example is on the internet, and this one is here.
	app.Spec.Source.RepoURL, app.Spec.Source.TargetRevision = repo, "main"
	conn, client, err := apiclient.NewRepoServerClientset(address, 60, tls.Configuration{DisableTLS: true}).NewRepoServerClient()
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	response, err := client.GenerateManifest(ctx, &apiclient.ManifestRequest{
		Repo: &v1alpha1.Repository{Repo: repo}, Revision: "main", AppName: app.Name, Namespace: app.Spec.Destination.Namespace,
		ApplicationSource: app.Spec.Source, ProjectName: "default", ProjectSourceRepos: []string{"*"}, NoCache: true,
		KustomizeOptions: &v1alpha1.KustomizeOptions{BuildOptions: buildOptions},
	})
	if err != nil {
		return err
	}
	sort.Strings(response.Manifests)
	for _, m := range response.Manifests {
		fmt.Println(m)
	}
	return nil
}
