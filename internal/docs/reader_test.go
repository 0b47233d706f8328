package docs

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/nested-config/nested-config/internal/underlay/apitest"
)

// reader is someone who pastes the blocks of one document.
type reader struct {
	t        *testing.T
	document string
	line     int // of the block at hand
	shared   shared
	home     string
	alone    string   // where they begin
	clone    string   // where they do what is done in a clone; made when it is needed
	env      []string // of every command
	printed  string   // by the last block
	skipped  bool     // the last block was not run
}

func newReader(t *testing.T, s shared, document string) *reader {
	r := &reader{t: t, document: document, shared: s, home: t.TempDir(), alone: filepath.Join(t.TempDir(), "here")}
	switch dir := filepath.Dir(document); {
	case document == "CONTRIBUTING.md":
		command(t, s.env(), "git", "clone", "--quiet", s.tree, r.alone)
	case dir == "." || dir == "docs":
		if err := os.Mkdir(r.alone, 0o755); err != nil {
			t.Fatal(err)
		}
	default:
		// Where they copied it, they keep it in Git.
		if err := os.CopyFS(r.alone, os.DirFS(filepath.Join(s.tree, dir))); err != nil {
			t.Fatal(err)
		}
		commit(t, s.env(), r.alone)
	}
	api := apitest.New()
	script := "apply.txtar"
	if document == filepath.Join("docs", "migration.md") { // it is about a site that has its link-local services
		script = "import-manifest.txtar"
		api.Create("virtual-network", "default-domain", "admin", "__public__")
	}
	api.Set("linklocal_services", r.fileOf("internal/cli/testdata/underlay/"+script, "list.json"))
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Host != "192.168.1.100:8082" {
			http.Error(w, "a test reaches for "+req.Host, http.StatusBadGateway)
			return
		}
		api.ServeHTTP(w, req)
	}))
	t.Cleanup(proxy.Close)
	r.env = append(s.env(), "HOME="+r.home, "http_proxy="+proxy.URL, "KUBECONFIG="+r.kubeconfig())
	return r
}

// kubeconfig is a copy of the cluster's, so that a document may add contexts.
func (r *reader) kubeconfig() string {
	path := filepath.Join(r.home, "kubeconfig")
	text := ""
	if named := os.Getenv("KUBECONFIG"); real && named != "" {
		text = read(r.t, named)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
	return path
}

func (r *reader) where(clone bool) string {
	if !clone {
		return r.alone
	}
	if r.clone == "" {
		r.clone = filepath.Join(r.t.TempDir(), "nested-config")
		command(r.t, r.shared.env(), "git", "clone", "--quiet", r.shared.tree, r.clone)
	}
	return r.clone
}

// save makes a file where the reader stands.
func (r *reader) save(path, text string) {
	r.t.Helper()
	path = filepath.Join(r.alone, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

// programsOf are the real programs that a block calls.
var programsOf = regexp.MustCompile(`(?m)(?:^|[|;&(])[ \t]*(kustomize|kpt|kubectl)\b`)

// must runs a block, and wants its exit status, or with -1 any. What it printed is on both of standard output and error, as on a terminal.
func (r *reader) must(clone bool, status int, block string) (printed string, skipped bool) {
	r.t.Helper()
	for _, m := range programsOf.FindAllStringSubmatch(block, -1) {
		if !real {
			r.t.Logf("%s:%d: not run without the tag e2e: it calls %s", r.document, r.line, m[1])
			return "", true
		}
	}
	// A block goes on where the one before has ended: directory, and exported variables.
	dir, state := r.where(clone), r.home
	if clone {
		state = filepath.Dir(dir)
	}
	script := "cd '" + dir + "'\n[ ! -f '" + state + "/state' ] || . '" + state + "/state'\n" +
		"trap '{ export -p; printf \"cd %q\\n\" \"$PWD\"; } >" + state + "/state' EXIT\n" + block
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", script)
	cmd.Env = r.env
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		r.t.Fatalf("%s:%d: %v", r.document, r.line, err)
	}
	if got := cmd.ProcessState.ExitCode(); status >= 0 && got != status {
		r.t.Fatalf("%s:%d: exit status %d, want %d:\n%s%s", r.document, r.line, got, status, block, out)
	}
	return string(out), false
}
