package docs

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/e2e/programs"
)

// shared is what all readers have.
type shared struct {
	tree string // a clone
	vars []string
}

func (s shared) env() []string { return slices.Clone(s.vars) }

// version is the one that the examples name.
var version = regexp.MustCompile(`(?m)^  version: (v\S+)$`)

// prepare builds the program, and makes a repository of the tree as it is, committed or not.
func prepare(t *testing.T) shared {
	t.Helper()
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("the commands of the documents are for bash, which is not on PATH")
	}
	dir := t.TempDir()
	s := shared{tree: filepath.Join(dir, "tree")}
	// -trimpath, here and in the clones, lets all of them share what is compiled.
	flags := "GOFLAGS=" + strings.TrimSpace(command(t, nil, "go", "env", "GOFLAGS")) + " -trimpath"
	command(t, append(os.Environ(), flags), "go", "build", "-o", filepath.Join(dir, "bin", "nested-config"), root)
	path := []string{filepath.Join(dir, "bin")}
	if real {
		for _, name := range []string{"kustomize", "kpt", "kubectl"} {
			path = append(path, filepath.Dir(programs.Path(t, name)))
		}
	}
	config := filepath.Join(dir, "gitconfig")
	s.vars = []string{
		"PATH=" + strings.Join(append(path, os.Getenv("PATH")), string(os.PathListSeparator)),
		"GIT_CONFIG_GLOBAL=" + config, "GIT_CONFIG_NOSYSTEM=1", "GOTOOLCHAIN=local", flags, "TREE=" + s.tree,
	}
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOPROXY"} {
		s.vars = append(s.vars, name+"="+strings.TrimSpace(command(t, nil, "go", "env", name)))
	}
	text := "[user]\nname = Reader\nemail = reader@example.com\n[init]\ndefaultBranch = main\n[commit]\ngpgSign = false\n"
	for _, from := range []string{"https://github.com/nested-config/nested-config.git", "https://github.com/nested-config/nested-config"} {
		text += "[url \"file://" + s.tree + "\"]\ninsteadOf = " + from + "\n"
	}
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for file := range strings.SplitSeq(command(t, nil, "git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"), "\x00") {
		copyFile(t, filepath.Join(root, file), filepath.Join(s.tree, file))
	}
	commit(t, s.env(), s.tree)
	m := version.FindStringSubmatch(read(t, root+"/examples/argocd/sidecar/plugin.yaml"))
	command(t, s.env(), "git", "-C", s.tree, "tag", m[1])
	return s
}

// copyFile copies one that is still there.
func copyFile(t *testing.T, from, to string) {
	t.Helper()
	info, err := os.Stat(from)
	if errors.Is(err, os.ErrNotExist) || err == nil && info.IsDir() {
		return
	}
	if err == nil {
		err = os.MkdirAll(filepath.Dir(to), 0o755)
	}
	if err == nil {
		err = os.WriteFile(to, []byte(read(t, from)), info.Mode().Perm())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func commit(t *testing.T, env []string, dir string) {
	t.Helper()
	for _, args := range [][]string{{"init", "--quiet"}, {"add", "--all", "--force"}, {"commit", "--quiet", "--message", "As it is"}} {
		command(t, env, "git", append([]string{"-C", dir}, args...)...)
	}
}

// command must succeed.
func command(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = env
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s", cmd, err, stderr.String())
	}
	return string(out)
}
