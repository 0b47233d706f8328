package build_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/nested-config/nested-config/internal/build"
	"github.com/nested-config/nested-config/internal/fetch"
)

const remoteConfig = `
-- config/nested-config.yaml --
apiVersion: nested.opencontrail.org/v1alpha1
kind: NestedConfig
metadata:
  name: k8s
  annotations:
    config.kubernetes.io/local-config: "true"
    config.kubernetes.io/function: |
      exec: {path: nested-config}
spec: {value: "1"}
-- config/kustomization.yaml --
resources: [nested-config.yaml]
`

const remoteWant = `apiVersion: v1
data:
  value: "1"
kind: ConfigMap
metadata:
  name: k8s-env
  namespace: kube-system
---
apiVersion: v1
kind: Pod
metadata:
  name: k8s
  namespace: kube-system
spec:
  containers:
  - envFrom:
    - configMapRef:
        name: k8s-env
    - secretRef:
        name: credentials
    image: registry.example/k8s:1
    name: main
`

// remotes are kustomizations that use a git repository, each with what a build of it gives. In both texts REMOTE is the URL of the repository.
var remotes = map[string]struct {
	reason, remote, top string
	want, wantErr       string
}{
	"base": {
		reason: "a remote base with a generator of its own",
		remote: "-- base/kustomization.yaml --\ngenerators: [nested-config.yaml]\n-- base/nested-config.yaml --\n" + remoteConfig[strings.Index(remoteConfig, "apiV"):],
		top:    "resources: ['REMOTE//base?ref=main']\n",
		want:   remoteWant,
	},
	"generator": {
		reason: "a generator that is a remote kustomization",
		remote: remoteConfig,
		top:    "generators: ['REMOTE//config?ref=main']\n",
		want:   remoteWant,
	},
	"generator of a remote base": {
		reason: "a remote base whose generator is a directory elsewhere in its repository",
		remote: "-- base/kustomization.yaml --\ngenerators: [../config]\n" + remoteConfig,
		top:    "resources: ['REMOTE//base?ref=main']\n",
		want:   remoteWant,
	},
	"transformer of a remote base": {
		reason: "a transformer in a directory of a remote base, with an alias beside it",
		remote: "-- base/kustomization.yaml --\nresources: [cm.yaml]\nnamePrefix: p-\ntransformers: [../config]\n-- base/cm.yaml --\n" +
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\n" + remoteConfig,
		top:  "resources: ['REMOTE//base?ref=main']\n",
		want: strings.Replace(remoteWant, "---\n", "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: p-cm\n---\n", 1),
	},
	"transformer in the root of the repository": {
		reason: "the place beside the root of the repository is nobody's",
		remote: "-- kustomization.yaml --\nresources: [cm.yaml]\ntransformers: [config]\n-- cm.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\n" + remoteConfig,
		top:    "resources: ['REMOTE?ref=main']\n",
		want:   strings.Replace(remoteWant, "---\n", "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: cm\n---\n", 1),
	},
	"origins": {
		reason: "where remote resources come from is told as kustomize tells it, also of a directory beside, of its own generators and of ours",
		remote: "-- base/kustomization.yaml --\nresources: [../beside]\ngenerators: [../config]\nconfigMapGenerator: [{name: made, literals: [a=b]}]\n" +
			"generatorOptions: {disableNameSuffixHash: true}\n-- beside/kustomization.yaml --\nresources: [cm.yaml]\n" +
			"-- beside/cm.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\n" + remoteConfig,
		top: "resources: ['REMOTE//base?ref=main']\nbuildMetadata: [originAnnotations]\n",
		want: "apiVersion: v1\n" +
			"data:\n" +
			"  value: \"1\"\n" +
			"kind: ConfigMap\n" +
			"metadata:\n" +
			"  annotations:\n" +
			"    config.kubernetes.io/origin: |\n" +
			"      repo: https://git.example/team/repo.git\n" +
			"      ref: main\n" +
			"      configuredIn: config/nested-config.yaml\n" +
			"      configuredBy:\n" +
			"        apiVersion: nested.opencontrail.org/v1alpha1\n" +
			"        kind: NestedConfig\n" +
			"        name: k8s\n" +
			"  name: k8s-env\n" +
			"  namespace: kube-system\n" +
			"---\n" +
			"apiVersion: v1\n" +
			"kind: ConfigMap\n" +
			"metadata:\n" +
			"  annotations:\n" +
			"    config.kubernetes.io/origin: |\n" +
			"      path: beside/cm.yaml\n" +
			"      repo: https://git.example/team/repo.git\n" +
			"      ref: main\n" +
			"  name: cm\n" +
			"---\n" +
			"apiVersion: v1\n" +
			"data:\n" +
			"  a: b\n" +
			"kind: ConfigMap\n" +
			"metadata:\n" +
			"  annotations:\n" +
			"    config.kubernetes.io/origin: |\n" +
			"      repo: https://git.example/team/repo.git\n" +
			"      ref: main\n" +
			"      configuredIn: base/kustomization.yaml\n" +
			"      configuredBy:\n" +
			"        apiVersion: builtin\n" +
			"        kind: ConfigMapGenerator\n" +
			"  name: made\n" +
			"---\n" +
			"apiVersion: v1\n" +
			"kind: Pod\n" +
			"metadata:\n" +
			"  annotations:\n" +
			"    config.kubernetes.io/origin: |\n" +
			"      repo: https://git.example/team/repo.git\n" +
			"      ref: main\n" +
			"      configuredIn: config/nested-config.yaml\n" +
			"      configuredBy:\n" +
			"        apiVersion: nested.opencontrail.org/v1alpha1\n" +
			"        kind: NestedConfig\n" +
			"        name: k8s\n" +
			"  name: k8s\n" +
			"  namespace: kube-system\n" +
			"spec:\n" +
			"  containers:\n" +
			"  - envFrom:\n" +
			"    - configMapRef:\n" +
			"        name: k8s-env\n" +
			"    - secretRef:\n" +
			"        name: credentials\n" +
			"    image: registry.example/k8s:1\n" +
			"    name: main\n",
	},
	"origins of a root": {
		reason: "kustomize has a name of its own for the root of a repository",
		remote: "-- kustomization.yaml --\nresources: [cm.yaml]\nconfigMapGenerator: [{name: made, literals: [a=b], options: {disableNameSuffixHash: true}}]\n" +
			"-- cm.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\n",
		top: "resources: ['REMOTE?ref=main']\nbuildMetadata: [originAnnotations]\n",
		want: "apiVersion: v1\n" +
			"kind: ConfigMap\n" +
			"metadata:\n" +
			"  annotations:\n" +
			"    config.kubernetes.io/origin: |\n" +
			"      path: notCloned/cm.yaml\n" +
			"      repo: https://git.example/team/repo.git\n" +
			"      ref: main\n" +
			"  name: cm\n" +
			"---\n" +
			"apiVersion: v1\n" +
			"data:\n" +
			"  a: b\n" +
			"kind: ConfigMap\n" +
			"metadata:\n" +
			"  annotations:\n" +
			"    config.kubernetes.io/origin: |\n" +
			"      repo: https://git.example/team/repo.git\n" +
			"      ref: main\n" +
			"      configuredIn: notCloned/kustomization.yaml\n" +
			"      configuredBy:\n" +
			"        apiVersion: builtin\n" +
			"        kind: ConfigMapGenerator\n" +
			"  name: made\n",
	},
	"twice": {
		reason: "one clone serves two entries, and a base of the repository names another of its own",
		remote: "-- a/kustomization.yaml --\nresources: [cm.yaml]\nnamePrefix: a-\n-- a/cm.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\n" +
			"-- b/kustomization.yaml --\nresources: ['REMOTE//a?ref=main']\nnamePrefix: b-\n",
		top:  "resources: ['REMOTE//a?ref=main', 'REMOTE//b?ref=main']\n",
		want: "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a-cm\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b-a-cm\n",
	},
	"program in the repository": {
		reason: "kustomize would run a program out of the remote repository",
		remote: "-- base/kustomization.yaml --\ngenerators: [exec.yaml]\n-- base/exec.yaml --\napiVersion: example.com/v1\nkind: Generator\n" +
			"metadata:\n  name: exec\n  annotations:\n    config.kubernetes.io/function: |\n      exec: {path: ./evil.sh}\n-- base/evil.sh --\n#!/bin/sh\n",
		top: "resources: ['REMOTE//base?ref=main']\n",
		wantErr: `(remote) base/kustomization.yaml: generators[0]: Generator exec wants to run the program "./evil.sh": build runs no function but ` +
			"NestedConfig and FleetCheck, and no plugin; remove the entry, or run it first and list what it writes under resources",
	},
	"directory outside": {
		reason:  "a generator of a remote base must not reach a kustomization on the machine that builds",
		remote:  "-- base/kustomization.yaml --\ngenerators: [LOCAL]\n",
		top:     "resources: ['REMOTE//base?ref=main']\n",
		wantErr: "is outside of its own repository: name a path inside it",
	},
	"file outside": {
		reason:  "nor a file",
		remote:  "-- base/kustomization.yaml --\ngenerators: [LOCAL/nested-config.yaml]\n",
		top:     "resources: ['REMOTE//base?ref=main']\n",
		wantErr: "is outside of its own repository: name a path inside it",
	},
	"cycle": {
		reason:  "a repository whose generator is itself is an error, not a loop",
		remote:  "-- base/kustomization.yaml --\ngenerators: ['REMOTE//base?ref=main']\n",
		top:     "resources: ['REMOTE//base?ref=main']\n",
		wantErr: "remote bases are nested more than 16 deep: name the innermost directly",
	},
}

func TestRemote(t *testing.T) {
	for name, c := range remotes {
		t.Run(name, func(t *testing.T) {
			top, repository := remoteTop(t, c.remote, c.top)
			got, stderr := run(top, build.Options{Remote: elsewhere{repositories: map[string]string{remoteURL: repository}}})
			if c.wantErr != "" {
				if !strings.Contains(stderr, c.wantErr) || got != "" {
					t.Errorf("%s: got %q, want the error %q", c.reason, got+stderr, c.wantErr)
				}
				return
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s%s", c.reason, diff, stderr)
			}
			if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "*-build-*")); len(left) > 0 {
				t.Errorf("%s: clones left behind: %v", c.reason, left)
			}
		})
	}
}

const remoteURL = "https://git.example/team/repo.git"

// elsewhere is what lies elsewhere: a directory for each repository, a text for each file.
type elsewhere struct{ repositories, files map[string]string }

func (e elsewhere) Get(_ context.Context, address string) ([]byte, error) {
	if text, ok := e.files[address]; ok {
		return []byte(text), nil
	}
	return nil, errors.New("the server has no such file")
}

func (e elsewhere) Clone(_ context.Context, r fetch.Repository, dir string) error {
	from, ok := e.repositories[r.URL]
	if !ok {
		return errors.New("no such repository")
	}
	return os.CopyFS(dir, os.DirFS(from))
}

// remoteTop makes a repository and a kustomization that uses it, in a directory for temporary files of its own, and returns the kustomization and
// the directory of the repository.
func remoteTop(t *testing.T, remote, top string) (dir, repository string) {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	local := unpack(t, txtar.Parse([]byte(remoteConfig[:strings.Index(remoteConfig, "-- config/kust")])))
	replace := strings.NewReplacer("REMOTE", remoteURL, "LOCAL", strings.Repeat("../", 20)+filepath.Join(local, "config")[1:]).Replace
	repository = unpack(t, txtar.Parse([]byte(replace(remote))))
	return filepath.Join(unpack(t, txtar.Parse([]byte("-- top/kustomization.yaml --\n"+replace(top)))), "top"), repository
}
