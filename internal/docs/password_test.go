//go:build e2e

package docs

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The commands that make a Secret of password.txt put just the password into it,
// whatever editor wrote the file, and into no argument, where everybody on the
// machine would see it. kubectl only says what it would make, so that no cluster
// is needed.
func TestPasswordOfAFile(t *testing.T) {
	for document, key := range map[string]string{
		"README.md":                     "KEYSTONE_AUTH_ADMIN_PASSWORD",
		"examples/link-local/README.md": "KEYSTONE_AUTH_ADMIN_PASSWORD",
		"examples/underlay/README.md":   "OS_PASSWORD",
	} {
		command := ""
		for block := range strings.SplitSeq(read(t, filepath.Join(root, document)), "```") {
			if strings.HasPrefix(block, "sh\n") && strings.Contains(block, key+"=") {
				command = strings.TrimPrefix(block, "sh\n")
			}
		}
		if !strings.Contains(command, "password.txt") {
			t.Fatalf("%s has no block that makes a Secret of password.txt", document)
		}
		const password = ` p$a"s's\w=ö#1 `
		for name, text := range map[string]string{
			"an editor of Unix": password + "\n", "an editor of Windows": password + "\r\n", "no editor": password,
		} {
			t.Run(document+" by "+name, func(t *testing.T) {
				dir := t.TempDir()
				if err := os.WriteFile(filepath.Join(dir, "password.txt"), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				c := exec.Command("bash", "-c", `kubectl() { printf '%s\n' "$@" >arguments; command kubectl "$@" --dry-run=client --output json; }`+"\n"+command)
				c.Dir, c.Stderr = dir, os.Stderr
				out, err := c.Output()
				if err != nil {
					t.Fatal(err)
				}
				var secret struct{ Data map[string][]byte }
				if err := json.Unmarshal(out, &secret); err != nil {
					t.Fatal(err)
				}
				if got := string(secret.Data[key]); got != password {
					t.Errorf("the Secret has %q, want %q", got, password)
				}
				if strings.Contains(read(t, filepath.Join(dir, "arguments")), password) {
					t.Error("the password is an argument")
				}
			})
		}
	}
}
