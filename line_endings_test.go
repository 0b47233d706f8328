package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/cli"

	"github.com/google/go-cmp/cmp"
)

const bom = "\uFEFF"

// What an editor of Windows does to a file changes nothing: every command reads
// text with CRLF and a byte order mark as the same text without.
func TestLineEndings(t *testing.T) {
	for _, c := range []struct {
		why, dir string
		args     []string
	}{
		{"one file", "examples/link-local", []string{"nested-config.yaml"}},
		{"commonEnv in a block of text, whose line ends are part of it", "examples/import", []string{"nested-config.yaml"}},
		{"another mode", "examples/fabric-snat", []string{"nested-config.yaml"}},
		{"a table", "examples/link-local", []string{"explain", "nested-config.yaml"}},
		{"a shell's file", "examples/import", []string{"import", "common.env"}},
		{"a kustomization", "examples/link-local", []string{"build", "."}},
		{"a file that is written back", "examples/flux/cluster", []string{"pin", "nested-config.yaml"}},
	} {
		t.Run(strings.Join(c.args, " ")+" in "+c.dir, func(t *testing.T) {
			files := tree(t, c.dir)
			files["kustomization.yaml"] = "generators:\n- nested-config.yaml\n"
			if c.args[0] == "pin" { // which has something to write, then
				before, rest, _ := strings.Cut(files["nested-config.yaml"], "    serviceIPs:\n")
				_, rest, found := strings.Cut(rest, "    vrouterServiceIP: 10.10.10.5\n")
				if !found {
					t.Fatal("the example is not pinned")
				}
				files["nested-config.yaml"] = before + rest
			}
			want, wantFiles := runIn(t, files, c.args)
			for name, text := range files {
				files[name] = bom + strings.ReplaceAll(text, "\n", "\r\n")
			}
			got, gotFiles := runIn(t, files, c.args)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-LF +CRLF and BOM):\n%s", c.why, diff)
			}
			for name, text := range gotFiles {
				if plain, ok := strings.CutPrefix(text, bom); !ok || strings.Count(text, "\n") != strings.Count(text, "\r\n") {
					t.Errorf("%s has lost its line ends or its mark:\n%q", name, text)
				} else {
					gotFiles[name] = strings.ReplaceAll(plain, "\r\n", "\n")
				}
			}
			if diff := cmp.Diff(wantFiles, gotFiles); diff != "" {
				t.Errorf("%s: files (-LF +CRLF and BOM):\n%s", c.why, diff)
			}
		})
	}
}

// runIn writes the files to an empty directory, runs a command there and gives
// what it said, and the files afterwards.
func runIn(t *testing.T, files map[string]string, args []string) (string, map[string]string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	var out bytes.Buffer
	status := cli.Run(args, cli.Env{Out: &out, Err: &out})
	if status != 0 || out.Len() == 0 && args[0] != "pin" {
		t.Fatalf("exit status %d: %s", status, out.String())
	}
	return out.String(), tree(t, dir)
}
