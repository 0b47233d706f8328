package build_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/kustomize/api/types"

	"github.com/nested-config/nested-config/internal/build"
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
		reason:  "the alias would lie outside of the repository",
		remote:  "-- kustomization.yaml --\nresources: [cm.yaml]\ntransformers: [config]\n-- cm.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\n" + remoteConfig,
		top:     "resources: ['REMOTE?ref=main']\n",
		wantErr: "(remote) kustomization.yaml: transformers[0]: NestedConfig cannot add resources in the root of a remote repository; list it under generators",
	},
	"program in the repository": {
		reason: "kustomize would run a program out of the remote repository",
		remote: "-- base/kustomization.yaml --\ngenerators: [exec.yaml]\n-- base/exec.yaml --\napiVersion: example.com/v1\nkind: Generator\n" +
			"metadata:\n  name: exec\n  annotations:\n    config.kubernetes.io/function: |\n      exec: {path: ./evil.sh}\n-- base/evil.sh --\n#!/bin/sh\n",
		top: "resources: ['REMOTE//base?ref=main']\n",
		wantErr: `(remote) base/kustomization.yaml: generators[0]: Generator exec wants to run the program "./evil.sh"; build runs no function but ` +
			"NestedConfig and FleetCheck, and no plugin: take it out, or render it beforehand and list what it writes under resources",
	},
	"directory outside": {
		reason:  "a generator of a remote base must not reach a kustomization on the machine that builds",
		remote:  "-- base/kustomization.yaml --\ngenerators: [LOCAL]\n",
		top:     "resources: ['REMOTE//base?ref=main']\n",
		wantErr: "is outside of the repository that it was cloned with",
	},
	"file outside": {
		reason:  "nor a file, whatever the load restrictions of the local build",
		remote:  "-- base/kustomization.yaml --\ngenerators: [LOCAL/nested-config.yaml]\n",
		top:     "resources: ['REMOTE//base?ref=main']\n",
		wantErr: "is outside of the repository that it was cloned with",
	},
	"cycle": {
		reason:  "a repository whose generator is itself is an error, not a loop",
		remote:  "-- base/kustomization.yaml --\ngenerators: ['REMOTE//base?ref=main']\n",
		top:     "resources: ['REMOTE//base?ref=main']\n",
		wantErr: "generators are nested more than 16 deep",
	},
}

func TestRemote(t *testing.T) {
	for name, c := range remotes {
		t.Run(name, func(t *testing.T) {
			top := remoteTop(t, c.remote, c.top)
			got, stderr := run(top, build.Options{Restrictions: types.LoadRestrictionsNone})
			if c.wantErr != "" {
				if !strings.Contains(stderr, c.wantErr) || got != "" {
					t.Errorf("%s: got %q, want the error %q", c.reason, got+stderr, c.wantErr)
				}
				return
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s%s", c.reason, diff, stderr)
			}
			if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "kustomize-*")); len(left) > 0 {
				t.Errorf("%s: clones left behind: %v", c.reason, left)
			}
		})
	}
}

// remoteTop makes a repository and a kustomization that uses it, in a directory for temporary files of its own, and returns the kustomization.
func remoteTop(t *testing.T, remote, top string) string {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	for _, name := range []string{"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"} {
		t.Setenv(name, os.DevNull)
	}
	repo := filepath.Join(t.TempDir(), "repo.git")
	local := unpack(t, txtar.Parse([]byte(remoteConfig[:strings.Index(remoteConfig, "-- config/kust")])))
	replace := strings.NewReplacer("REMOTE", "file://"+repo, "LOCAL", strings.Repeat("../", 20)+filepath.Join(local, "config")[1:]).Replace
	work := unpack(t, txtar.Parse([]byte(replace(remote))))
	for _, args := range [][]string{
		{"init", "-q", "-b", "main"}, {"add", "-A"}, {"-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"}, {"clone", "-q", "--bare", ".", repo},
	} {
		cmd := exec.Command("git", args...)
		cmd.Dir = work
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatal(fmt.Errorf("git %v: %w: %s", args, err, out))
		}
	}
	return filepath.Join(unpack(t, txtar.Parse([]byte("-- top/kustomization.yaml --\n"+replace(top)))), "top")
}
