package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// A block that cannot be run may still name what is not there. Each pattern finds names of this repository in documents, with a path of the tree,
// a version, or both.
var names = []*regexp.Regexp{
	regexp.MustCompile(`github\.com/nested-config/nested-config/(?P<path>[\w./-]+)\?ref=(?P<version>v[\w.-]*\w)`),
	regexp.MustCompile(`ghcr\.io/nested-config/nested-config:(?P<version>v[\w.-]*\w)`),
	regexp.MustCompile(`nested-config/nested-config@(?P<version>v[\w.-]*\w)`),
	regexp.MustCompile(`rev: (?P<version>v[\w.-]*\w)`),
	regexp.MustCompile(`nested-config/nested-config/(?P<path>\.github/[\w./-]+)@`),
	regexp.MustCompile(`(?m)(?:^|[\x60 (])(?P<path>\.ci/[a-z0-9/]+)`),
	regexp.MustCompile(`(?:go test|go doc|go generate|-bench \w+) (?P<path>\./[a-z0-9/]+[a-z0-9])`),
}

func TestNames(t *testing.T) {
	released := version.FindStringSubmatch(read(t, root+"/examples/argocd/sidecar/plugin.yaml"))[1]
	found := make([]int, len(names))
	for _, document := range documents(t) {
		text := read(t, filepath.Join(root, document))
		for i, name := range names {
			for _, m := range name.FindAllStringSubmatch(text, -1) {
				found[i]++
				if at := name.SubexpIndex("path"); at > 0 {
					if _, err := os.Stat(filepath.Join(root, m[at])); err != nil {
						t.Errorf("%s: %s: the tree has no %s", document, m[0], m[at])
					}
				}
				if at := name.SubexpIndex("version"); at > 0 && m[at] != released {
					t.Errorf("%s: %s: the examples name %s", document, m[0], released)
				}
			}
		}
	}
	for i, n := range found {
		if n == 0 {
			t.Errorf("no document has a name like %s", names[i])
		}
	}
}

// The versions of other programs are those that the checks use.
func TestVersions(t *testing.T) {
	for _, tc := range []struct{ document, pattern, file, same string }{
		{"README.md", `Go (1\.\d+)`, "go.mod", `(?m)^go (1\.\d+)`},
		{"CONTRIBUTING.md", `Go (1\.\d+)`, "go.mod", `(?m)^go (1\.\d+)`},
		{"examples/argocd/README.md", `argo-cd/(v[\d.]+\d)/`, ".ci/peers/argocd/lib", `(?m)^version=(v[\d.]+\d)$`},
		{"docs/scale.md", `Argo CD (v[\d.]+\d)`, ".ci/peers/argocd/lib", `(?m)^version=(v[\d.]+\d)$`},
		{"examples/argocd/fleet/README.md", `Argo CD (v[\d.]+\d)`, ".ci/peers/argocd/lib", `(?m)^version=(v[\d.]+\d)$`},
		{"examples/flux/README.md", "fluxcd/pkg/kustomize` (v[\\d.]+\\d)", ".ci/peers/flux/go.mod", `fluxcd/pkg/kustomize (v[\d.]+\d)`},
	} {
		named := regexp.MustCompile(tc.pattern).FindAllStringSubmatch(read(t, filepath.Join(root, tc.document)), -1)
		used := regexp.MustCompile(tc.same).FindStringSubmatch(read(t, filepath.Join(root, tc.file)))
		if len(named) == 0 || used == nil {
			t.Errorf("%s names no version %s, or %s none", tc.document, tc.pattern, tc.file)
			continue
		}
		for _, m := range named {
			if m[1] != used[1] {
				t.Errorf("%s names %s, %s has %s", tc.document, m[1], tc.file, used[1])
			}
		}
	}
}
