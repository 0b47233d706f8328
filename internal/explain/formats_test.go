package explain_test

import (
	"os"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/explain"
)

// Every format has a command in the script of explain, which holds its output.
func TestEveryFormatHasAScript(t *testing.T) {
	script, err := os.ReadFile("../../fn/testdata/explain.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range explain.Formats() {
		command := "exec nested-config explain clusters --format " + f.Name + "\n"
		if i == 0 {
			command = "exec nested-config explain clusters\n"
		}
		if !strings.Contains(string(script), "\n"+command) {
			t.Errorf("%s is in no command of fn/testdata/explain.txtar", f.Name)
		}
	}
}
