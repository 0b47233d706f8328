package notyaml_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/notyaml"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Every way in which a parser quotes a text: a line number stays, the text does not.
func TestErrorShowsNoContent(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"an unquoted password that begins with *", "a: 1\npassword: *SECRET\n", "is not YAML: an unquoted * begins an alias, and its anchor is missing: quote text that begins with *"},
		{"a mapping within a value", "a: 1\nb: SECRET: SECRET\n", "is not YAML: line 2: mapping values are not allowed in this context"},
		{"a key without a colon", "a: 1\nSECRET\nb: 2\n", "is not YAML: line 2: could not find expected ':'"},
		{"a list without an end", "a: 1\nb: [SECRET\n", "is not YAML: line 1: did not find expected ',' or ']'"},
		{"a quote without an end", "a: 1\nb: \"SECRET\n", "is not YAML: line 2: found unexpected end of stream"},
		{"a tag of nobody", "a: 1\nb: !SECRET!x y\n", "is not YAML: line 1: found undefined tag handle"},
		{"a directive", "%SECRET x\n---\na: 1\n", "is not YAML: found unknown directive name"},
		{"an escape", "a: 1\nb: \"\\SECRET\"\n", "is not YAML: line 2: found unknown escape character"},
		{"a control character", "a: SECRET\x01\n", "is not YAML: control characters are not allowed"},
		{"no UTF-8", "a: SECRET\xff\n", "is not YAML: invalid leading UTF-8 octet"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var n yaml.Node
			got := notyaml.Error(yaml.Unmarshal([]byte(c.text), &n))
			if got == nil || got.Error() != c.want {
				t.Errorf("got  %v\nwant %s", got, c.want)
			}
		})
	}
}

// Decoding into types quotes values and keys.
func TestErrorOfDecoding(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a value of another type", "a: 1\nb: SECRET\n", "is not YAML: line 2: a value has the wrong type"},
		{"a key twice", "SECRET: 1\nSECRET: 2\n", "is not YAML: line 2: a key appears twice"},
		{"a value that is not what its tag says", "b: !!int SECRET\n", "is not YAML: a value does not match its tag"},
		{"a key that is none", "[SECRET]: 1\n", "is not YAML: line 1: a value has the wrong type"},
		{"a loop", "a: &SECRET [*SECRET]\n", "is not YAML: an alias contains itself"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var v struct {
				B int            `yaml:"b"`
				X map[string]any `yaml:",inline"`
			}
			got := notyaml.Error(yaml.Unmarshal([]byte(c.text), &v))
			if got == nil || got.Error() != c.want {
				t.Errorf("got  %v\nwant %s", got, c.want)
			}
		})
	}
}

// An error of which nothing is known is not shown; none stays none.
func TestErrorOfStrangers(t *testing.T) {
	if got := notyaml.Error(errors.New("yaml: line 7: SECRET is odd\nline 8: SECRET")); got.Error() != "is not YAML: line 7: cannot be parsed" {
		t.Errorf("got %v", got)
	}
	if got := notyaml.Error(nil); got != nil {
		t.Errorf("got %v", got)
	}
}

// The parser's constant messages are all told as they are: a new version of it has
// to be read.
func TestEveryMessageOfTheParser(t *testing.T) {
	source, err := filepath.Glob(filepath.Join(moduleDir(t), "*c.go"))
	if err != nil || len(source) == 0 {
		t.Fatal(source, err)
	}
	call := regexp.MustCompile(`(?s)yaml_parser_set_(?:scanner|parser|reader)_error(?:_context)?\((.*?)\)\n`)
	text := regexp.MustCompile(`"((?:[^"\\]|\\.)*)"`)
	found := 0
	for _, path := range source {
		code, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range call.FindAllStringSubmatch(string(code), -1) {
			for _, m := range text.FindAllStringSubmatch(c[1], -1) {
				if strings.HasPrefix(m[1], "while ") || m[1] == "input error: " || !strings.Contains(m[1], " ") {
					continue // where the parser was, which it does not say; an error of reading; no message
				}
				found++
				message := strings.ReplaceAll(m[1], "%d", "10000")
				if got := notyaml.Fault(errors.New("yaml: " + message)); got != message {
					t.Errorf("%q is told as %q", message, got)
				}
			}
		}
	}
	if found < 40 {
		t.Errorf("found %d messages in the parser's source", found)
	}
}

func moduleDir(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "go.yaml.in/yaml/v3").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}
