package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A tag of an action can be moved, a commit cannot; and a workflow has no right
// that a job does not ask for.
func TestWorkflowsArePinned(t *testing.T) {
	files, err := filepath.Glob(".github/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no workflows: %v", err)
	}
	uses := regexp.MustCompile(`(?m)^ *(?:- )?uses: *(.*)$`)
	pinned := regexp.MustCompile(`^[a-z-]+/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	versions := map[string]string{}
	for _, file := range append(files, "action.yml") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range uses.FindAllStringSubmatch(string(text), -1) {
			name, _, _ := strings.Cut(m[1], "@")
			if !pinned.MatchString(m[1]) {
				t.Errorf("%s: %s: must be a commit with its version behind it", file, m[1])
			}
			if first, ok := versions[name]; ok && first != m[1] {
				t.Errorf("%s: %s, and elsewhere %s", file, m[1], first)
			}
			versions[name] = m[1]
		}
		if file != "action.yml" && !strings.Contains(string(text), "\npermissions: {}\n") {
			t.Errorf("%s: must begin without rights: permissions: {}", file)
		}
		if strings.Contains(string(text), "pull_request_target") {
			t.Errorf("%s: pull_request_target gives the rights of the project to whoever opens a pull request", file)
		}
	}
}
