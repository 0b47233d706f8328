//go:build unix

package cli_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/cli"
	"github.com/nested-config/nested-config/internal/golden"
	"github.com/nested-config/nested-config/internal/underlay/apitest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestPaths asks every command that reads NestedConfigs the same paths. The
// document has them as files, and for each question what the commands say, once
// for those that say the same. A line of paths.txt is a question: its paths, and
// behind a # why it is asked.
func TestPaths(t *testing.T) {
	const path = "testdata/paths.txtar"
	doc, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(apitest.New())
	defer api.Close()
	var questions, want string
	var stdin []byte
	for _, f := range doc.Files {
		switch f.Name {
		case "paths.txt":
			questions = string(f.Data)
		case "said.txt":
			want = string(f.Data)
		case "stdin":
			stdin = f.Data
		}
	}

	var said strings.Builder
	for line := range strings.Lines(questions) {
		line = strings.TrimSpace(line)
		paths, _, _ := strings.Cut(line, "#")
		said.WriteString("== " + line + "\n")
		t.Chdir(layOut(t, doc))
		commands := map[string][]string{} // by what they say
		var order []string
		for _, c := range []struct {
			name string
			args []string
		}{
			{"FILE", nil},
			{"nodes", []string{"nodes"}},
			{"explain", []string{"explain"}},
			{"render", []string{"render", "-o", t.TempDir()}},
			{"underlay plan", []string{"underlay", "plan", "--config-api", api.URL}},
			{"underlay apply", []string{"underlay", "apply", "--dry-run", "--config-api", api.URL}},
			{"underlay verify", []string{"underlay", "verify"}},
			{"pin", []string{"pin"}}, // the last, because it writes
		} {
			args := strings.Fields(paths)
			if len(args) > 1 && (c.name == "FILE" || c.name == "nodes") {
				continue
			}
			text := ask(stdin, append(c.args, args...))
			if commands[text] == nil {
				order = append(order, text)
			}
			commands[text] = append(commands[text], c.name)
		}
		for _, text := range order {
			if text == "" {
				text = "(nothing)\n"
				commands[text] = commands[""]
			}
			if len(order) > 1 {
				said.WriteString(strings.Join(commands[text], ", ") + ":\n")
			}
			said.WriteString(text)
		}
	}
	if golden.Update() {
		for i := range doc.Files {
			if doc.Files[i].Name == "said.txt" {
				doc.Files[i].Data = []byte(said.String())
			}
		}
		if err := os.WriteFile(file, txtar.Format(doc), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, said.String()); diff != "" {
		t.Errorf("said.txt (-want +got):\n%s", diff)
	}
}

// unanswered is what verify says at the end, when nobody is there to be greeted.
var unanswered = regexp.MustCompile(`(?m)^\d+ of \d+ addresses do not answer as they should\n`)

// layOut gives a fresh directory with the files of the document. A name with -> in
// it is a link.
func layOut(t *testing.T, doc *txtar.Archive) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range doc.Files {
		name, target, link := strings.Cut(f.Name, " -> ")
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		var err error
		switch {
		case link:
			err = os.Symlink(target, name)
		case strings.HasSuffix(f.Name, "/"):
			err = os.MkdirAll(name, 0o777)
		default:
			err = os.WriteFile(name, f.Data, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	// A file beyond every bound that costs nothing.
	if err := os.WriteFile(filepath.Join(dir, "huge.yaml"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(dir, "huge.yaml"), 1<<40); err != nil {
		t.Fatal(err)
	}
	return dir
}

// ask runs a command and gives its stderr.
func ask(stdin []byte, args []string) string {
	var stderr bytes.Buffer
	cli.Run(args, cli.Env{
		In: bytes.NewReader(stdin), Out: new(bytes.Buffer), Err: &stderr, InIsTerminal: true, Interrupt: context.WithCancel,
		Getenv: func(string) string { return "" },
		Dial: func(context.Context, string, string) (net.Conn, error) {
			return nil, errors.New("nobody is there")
		},
		Exec: func(context.Context, string, ...string) ([]byte, error) { return nil, fmt.Errorf("no kubectl") },
	})
	return unanswered.ReplaceAllString(stderr.String(), "")
}
