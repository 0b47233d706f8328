package cli_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/cli"

	"github.com/google/go-cmp/cmp"
)

// panics is input that makes its reader panic.
type panics struct{ value any }

func (p panics) Read([]byte) (int, error) { panic(p.value) }

func outOfRange() (err error) {
	defer func() { err = recover().(error) }()
	var none []int
	_ = none[len(none)+7]
	return nil
}

// A panic ends in status 1, whichever goroutine it is of: 2 means that changes are
// pending. What is told helps to find the fault and shows nothing of the input.
func TestCrash(t *testing.T) {
	const report = ": this is a fault of nested-config; report it to github.com/nested-config/nested-config with these lines, which hold nothing of your input\n"
	file := filepath.Join(t.TempDir(), "SECRET.yaml")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		reason string
		args   []string
		in     io.Reader
		want   string
	}{
		{"a command", []string{"nodes", "-"}, panics{"SECRET"}, "internal error: string" + report + "  nested-config v1 OS, nested-config nodes\n  "},
		{"a worker of a command", []string{"explain", "-", file}, panics{errors.New("SECRET")}, "internal error: *errors.errorString" + report + "  nested-config v1 OS, nested-config explain\n  "},
		{"a command of a command", []string{"underlay", "plan", "-", "--cluster", "SECRET"}, panics{outOfRange()}, "internal error: runtime error: index out of range [7] with length 0" + report + "  nested-config v1 OS, nested-config underlay plan\n  "},
		{"the function", nil, panics{[]byte("SECRET")}, "internal error: []uint8" + report + "  nested-config v1 OS, as a function\n  "},
		{"a file", []string{"-"}, panics{"SECRET"}, "internal error: string" + report + "  nested-config v1 OS, nested-config\n  "},
	} {
		t.Run(c.reason, func(t *testing.T) {
			var out, stderr bytes.Buffer
			status := cli.Run(c.args, cli.Env{In: c.in, Out: &out, Err: &stderr, Version: "v1", Getenv: func(string) string { return "" }})
			if status != 1 || out.Len() > 0 {
				t.Errorf("status %d, stdout %q", status, &out)
			}
			got := regexp.MustCompile(`[a-z0-9]+/[a-z0-9]+, `).ReplaceAllString(stderr.String(), "OS, ")
			head, tail, _ := strings.Cut(got, "github.com/nested-config/nested-config/internal/cli_test.panics.Read crash_test.go:21\n")
			if diff := cmp.Diff(c.want, head); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if !strings.Contains(tail, "github.com/nested-config/nested-config/internal/bounded.Read bounded.go:") || strings.Contains(got, "SECRET") || strings.Contains(got, "0x") {
				t.Errorf("the stack is\n%s", tail)
			}
		})
	}
}
