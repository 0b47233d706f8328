package main

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/cli"
	"github.com/nested-config/nested-config/internal/underlay/apitest"

	"github.com/spf13/cobra"
)

// Every command that prints its result fails when that cannot be written, and says so. An empty line stands for a command that prints none.
func TestFullOutput(t *testing.T) {
	config, err := filepath.Abs("examples/link-local/nested-config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "nested-config")
	for name, content := range map[string]string{"kustomization.yaml": "generators: [config.yaml]\n", "config.yaml": string(text), "common.env": "AUTH_MODE=noauth\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(must(os.Executable()), program); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	lines := map[string][]string{
		"nested-config":                       {"config.yaml", "--version", "--help"},
		"nested-config build":                 {"build .", "build --discover ."},
		"nested-config new":                   {"new k8s"},
		"nested-config explain":               {"explain config.yaml", "explain --format json config.yaml", "explain --format mermaid config.yaml", "explain --format provision config.yaml"},
		"nested-config nodes":                 {"nodes config.yaml"},
		"nested-config schema":                {"schema", "schema --format json-schema"},
		"nested-config version":               {"version"},
		"nested-config underlay plan":         {"underlay plan --config-api API config.yaml", "underlay plan --format json --config-api API config.yaml"},
		"nested-config underlay apply":        {"underlay apply --config-api API config.yaml"},
		"nested-config underlay remove":       {"underlay remove --config-api API k8s"},
		"nested-config underlay verify":       {"underlay verify --timeout 1ms config.yaml"},
		"nested-config completion bash":       {"completion bash"},
		"nested-config completion zsh":        {"completion zsh"},
		"nested-config completion fish":       {"completion fish"},
		"nested-config completion powershell": {"completion powershell"},
		"nested-config underlay":              {""}, // prints its help
		"nested-config import":                {""}, // writes files
		"nested-config install":               {""},
		"nested-config pin":                   {""},
		"nested-config render":                {""},
	}
	for _, name := range leaves(cli.Commands(cli.Env{})) {
		if len(lines[name]) == 0 {
			t.Errorf("%s: what does it print? Add it to this test", name)
		}
		for _, line := range lines[name] {
			if line == "" {
				continue
			}
			api := httptest.NewServer(apitest.New()) // in which nobody has done anything
			full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
			if err != nil {
				t.Skip(err)
			}
			var stderr strings.Builder
			cmd := exec.Command(program, strings.Fields(strings.ReplaceAll(line, "API", api.URL))...)
			cmd.Stdout, cmd.Stderr = full, &stderr
			err = cmd.Run()
			full.Close()
			api.Close()
			said := "stdout: write /dev/stdout: no space left on device\n"
			if name == "nested-config underlay verify" { // which has failed for another reason, and has said it
				said = "addresses do not answer as they should\n"
			}
			if cmd.ProcessState.ExitCode() != 1 || !strings.HasSuffix(stderr.String(), said) {
				t.Errorf("%s: %v: %s", line, err, &stderr)
			}
		}
	}
}

// leaves are the paths of all commands that do something.
func leaves(cmd *cobra.Command) (names []string) {
	if cmd.Runnable() {
		names = append(names, cmd.CommandPath())
	}
	for _, c := range cmd.Commands() {
		names = append(names, leaves(c)...)
	}
	return names
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
