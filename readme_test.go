package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/internal/cli"
	"github.com/nested-config/nested-config/internal/golden"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// after is the text that follows a heading.
func after(t *testing.T, text, heading string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, "\n"+heading+"\n")
	if !found {
		t.Fatalf("README.md has no %q", heading)
	}
	return rest
}

// block is the first code block of a language.
func block(t *testing.T, text, language string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, "```"+language+"\n")
	body, _, ended := strings.Cut(rest, "```\n")
	if !ok || !ended {
		t.Fatalf("no block of %s", language)
	}
	return body
}

// The table in README is what its NestedConfig gives; -update writes it.
func TestReadmeTable(t *testing.T) {
	text := readme(t)
	c, problems := config.Load(yaml.MustParse(block(t, after(t, text, "## A cluster in one file"), "yaml")).YNode())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	const head = "| Link-local service | Service IP | Service port | Fabric IP | Fabric port |\n| --- | --- | --- | --- | --- |\n"
	before, rest, found := strings.Cut(text, head)
	got, rest, ended := strings.Cut(rest, "\n\n")
	if !found || !ended {
		t.Fatalf("README.md does not have the table\n%s", head)
	}
	var rows []string
	for _, s := range c.Services {
		rows = append(rows, fmt.Sprintf("| %s | %s | %d | %s | %d |", s.Name, s.ServiceIP, s.ServicePort, s.FabricIPs[0], s.FabricPort))
	}
	want := strings.Join(rows, "\n")
	if golden.Update() && got != want {
		if err := os.WriteFile("README.md", []byte(before+head+want+"\n\n"+rest), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("README.md, table of link-local services (-want +got):\n%s", diff)
	}
}

// README's table of commands has every command, and no other.
func TestReadmeCommands(t *testing.T) {
	var out bytes.Buffer
	if status := cli.Run([]string{"--help"}, cli.Env{Out: &out, Err: &out}); status != 0 {
		t.Fatal(out.String())
	}
	_, list, _ := strings.Cut(out.String(), "Available Commands:\n")
	list, _, _ = strings.Cut(list, "\n\n")
	want := map[string]bool{}
	for line := range strings.Lines(list) {
		if name := strings.Fields(line)[0]; name != "help" {
			want[name] = true
		}
	}
	got := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `nested-config ([a-z]+)").FindAllStringSubmatch(readme(t), -1) {
		got[m[1]] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("commands (-program +README.md):\n%s", diff)
	}
}

// Every link within the repository leads somewhere.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#]+)[^)]*\)`)
	err := filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".md" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), m[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", path, m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
