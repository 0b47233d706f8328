package config

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// verbs of a format string, where each message has something else.
var verbs = regexp.MustCompile(`%(\[\d\])?[qsdv]`)

// Every message about a config stands in an expected output or a test: one that is
// in none was never seen, and says at its worst what nobody understands.
func TestEveryRefusalHasACase(t *testing.T) {
	var expected bytes.Buffer
	for _, pattern := range []string{"testdata/*.txtar", "../testdata/*.txtar", "../../internal/cli/testdata/*/*.txtar", "*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			expected.Write(text)
		}
	}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	said := 0
	for _, source := range sources {
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		files := token.NewFileSet()
		f, err := parser.ParseFile(files, source, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			fun, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || !slices.Contains([]string{"errorf", "hidden", "warnf", "report", "missing"}, fun.Sel.Name) {
				return true
			}
			for _, arg := range call.Args {
				l, ok := arg.(*ast.BasicLit)
				if !ok || l.Kind != token.STRING {
					continue
				}
				text, _ := strconv.Unquote(l.Value)
				if !strings.Contains(text, " ") || strings.Trim(verbs.ReplaceAllString(text, ""), ": ") == "" {
					continue // a path, or a message that was made elsewhere
				}
				said++
				quoted := regexp.QuoteMeta(verbs.ReplaceAllString(text, "\x00"))
				if !regexp.MustCompile(strings.ReplaceAll(quoted, "\x00", ".*")).Match(expected.Bytes()) {
					t.Errorf("%s: no case has the message %q", files.Position(l.Pos()), text)
				}
			}
			return true
		})
	}
	if said < 60 {
		t.Errorf("only %d messages were found: this test looks for the wrong calls", said)
	}
}
