//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/cli"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

type step struct {
	ID, Shell, Run, If string
	Env                map[string]string
}

// action gives the steps of action.yml by their names.
func action(t *testing.T) map[string]step {
	t.Helper()
	text, err := os.ReadFile("action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var a struct{ Runs struct{ Steps []step } }
	if err := yaml.Unmarshal(text, &a); err != nil {
		t.Fatal(err)
	}
	steps := map[string]step{}
	for _, s := range a.Runs.Steps {
		steps[s.ID] = s
	}
	return steps
}

// What an input holds, a title of a pull request among them, must never be read
// as a script.
func TestActionTakesInputsAsVariables(t *testing.T) {
	for id, s := range action(t) {
		if s.Shell != "bash" || strings.Contains(s.Run, "${{") || id == "" {
			t.Errorf("step %s: shell %s, or an expression in its script", id, s.Shell)
		}
	}
}

// shell runs the script of a step as GitHub does, with the programs of bin before
// others, and gives all that it wrote, and its exit status.
func (s step) shell(t *testing.T, bin string, env ...string) (string, int) {
	t.Helper()
	script := filepath.Join(t.TempDir(), "script.sh")
	if err := os.WriteFile(script, []byte(s.Run), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", script)
	cmd.Env = append([]string{"PATH=" + bin + ":" + os.Getenv("PATH")}, env...)
	out, err := cmd.CombinedOutput()
	if _, failed := err.(*exec.ExitError); err != nil && !failed {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// onPath is the directory of the program that the scripts of fn/testdata run.
func onPath(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("nested-config")
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(path)
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// The scripts of action.yml do what it says: check, and comment once.
func TestAction(t *testing.T) {
	steps, temp := action(t), t.TempDir()
	bin := onPath(t)
	env := func(more ...string) []string {
		return append([]string{"RUNNER_TEMP=" + temp, "GITHUB_OUTPUT=" + filepath.Join(temp, "output"), "CONFIG_API=", "PINNED=true"}, more...)
	}
	example := "examples/link-local/nested-config.yaml"
	out, status := steps["check"].shell(t, bin, env("TARGET="+example)...)
	if status != 0 {
		t.Fatalf("exit status %d: %s", status, out)
	}
	var want strings.Builder
	cli.Run([]string{"explain", example}, cli.Env{Out: &want, Err: &want})
	if diff := cmp.Diff(want.String(), out); diff != "" {
		t.Errorf("the report (-want +got):\n%s", diff)
	}

	text, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	unpinned := filepath.Join(temp, "nested-config.yaml")
	before, rest, _ := strings.Cut(string(text), "    serviceIPs:\n")
	_, rest, _ = strings.Cut(rest, "    vrouterServiceIP: 10.10.10.5\n")
	write(t, unpinned, before+rest, 0o600)
	hostile := filepath.Join(temp, "$(touch run).yaml")
	write(t, hostile, strings.Replace(string(text), "LinkLocal", "Bridge", 1), 0o600)
	for _, c := range []struct {
		why, want string
		status    int
		env       []string
	}{
		{"not pinned", unpinned + ": has service IPs that are not pinned: run nested-config pin\n", 1, []string{"TARGET=" + unpinned}},
		{"a name that would be a command", `spec.connectivity: "Bridge": must be LinkLocal, FabricSNAT or Direct` + "\n", 1, []string{"TARGET=" + hostile}},
		{"a name that would be a flag", "--help: no such file or directory\n", 1, []string{"TARGET=--help"}},
	} {
		out, status := steps["check"].shell(t, bin, env(c.env...)...)
		if status != c.status || out != c.want {
			t.Errorf("%s: exit status %d:\n%swant:\n%s", c.why, status, out, c.want)
		}
	}

	// gh is told once to make a comment, and then to change it.
	fake := t.TempDir()
	write(t, filepath.Join(fake, "gh"), `#!/bin/sh
for a; do case $a in body=@*) cp "${a#body=@}" "$RUNNER_TEMP/posted" ;; esac; done
case "$*" in *--paginate*) cat "$RUNNER_TEMP/comments" 2>/dev/null || true ;; *) echo "$*" ;; esac
`, 0o700)
	report := filepath.Join(temp, "nested-config.txt")
	write(t, report, "the table\n", 0o600)
	comment := []string{"REPORT=" + report, "TARGET=clusters", "REPOSITORY=o/r", "PULL_REQUEST=7", "GH_TOKEN=t", "RUNNER_TEMP=" + temp}
	body := filepath.Join(temp, "nested-config.md")
	out, _ = steps["comment"].shell(t, fake, comment...)
	if want := "api --silent --method POST repos/o/r/issues/7/comments --field body=@" + body + "\n"; out != want {
		t.Errorf("%q, not %q", out, want)
	}
	posted, err := os.ReadFile(filepath.Join(temp, "posted"))
	if want := "<!-- nested-config Y2x1c3RlcnM= -->\n~~~~~~~~text\nthe table\n\n~~~~~~~~\n"; err != nil || string(posted) != want {
		t.Errorf("%v: %q, not %q", err, posted, want)
	}
	write(t, filepath.Join(temp, "comments"), "42\n", 0o600)
	out, _ = steps["comment"].shell(t, fake, comment...)
	if want := "api --silent --method PATCH repos/o/r/issues/comments/42 --field body=@" + body + "\n"; out != want {
		t.Errorf("%q, not %q", out, want)
	}
}

// The hooks run what they say on the files that they are given.
func TestPreCommitHooks(t *testing.T) {
	text, err := os.ReadFile(".pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var hooks []struct{ ID, Entry string }
	if err := yaml.Unmarshal(text, &hooks); err != nil {
		t.Fatal(err)
	}
	bin := onPath(t)
	got := map[string]string{}
	for _, h := range hooks {
		for _, file := range []string{"examples/link-local/nested-config.yaml", "examples/fleet/kustomize/east/expected.yaml"} {
			s := step{Run: h.Entry + " " + file + " >/dev/null"}
			out, status := s.shell(t, bin)
			got[h.ID+" "+filepath.Base(file)] = strings.TrimSpace(out) + " " + string(rune('0'+status))
		}
	}
	want := map[string]string{
		"nested-config nested-config.yaml":     " 0",
		"nested-config expected.yaml":          "examples/fleet/kustomize/east/expected.yaml: holds no NestedConfig 1",
		"nested-config-pin nested-config.yaml": " 0",
		"nested-config-pin expected.yaml":      "examples/fleet/kustomize/east/expected.yaml: holds no NestedConfig 1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
