package docs

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a document may not do, each with the line that is told.
func TestProblems(t *testing.T) {
	for _, tc := range []struct{ name, document, want string }{
		{"sh is run", "```sh\ntrue\n```\n", ""},
		{"a block that nothing is said about", "text\n\n```yaml\na: b\n```\n", `3: a block of "yaml" without a comment that says what it is: see the package's documentation`},
		{"a comment with text in between", "<!-- output -->\ntext\n", "2: the comment above belongs to no block: output"},
		{"a comment with a blank line in between", "<!-- output -->\n\n```\n```\n",
			"2: the comment above belongs to no block: output\n3: " + `a block of "" without a comment that says what it is: see the package's documentation`},
		{"two comments", "<!-- run -->\n<!-- output -->\n```\n```\n", "2: the comment above belongs to no block"},
		{"a command of the test before one of the reader", "<!-- given: true -->\n<!-- run, status 2 -->\n```sh\nfalse\n```\n", ""},
		{"an unknown directive", "<!-- outptu -->\n```\n```\n", `2: <!-- outptu --> says nothing about a block of ""`},
		{"an unknown option", "<!-- run, in a hurry -->\n```sh\n```\n", `2: <!-- run, in a hurry -->: "in a hurry" is no option of run`},
		{"a block that nobody can run", "<!-- run -->\n```yaml\n```\n", `2: <!-- run --> says nothing about a block of "yaml"`},
		{"no reason", "<!-- not run -->\n```sh\n```\n", `2: <!-- not run --> says nothing about a block of "sh"`},
		{"a comment that goes on", "<!-- given: cat >a <<EOF\nb\nEOF\n-->\n", ""},
		{"code by indentation", "text\n\n    make\n", "3: indented code: put it between fences"},
		{"text of a list", "- item\n\n    more of it\n", ""},
		{"a block in a list", "- item\n  ```sh\n  true\n  ```\n", "2: a block begins with ``` at the margin, and ends with it"},
		{"a block without an end", "```sh\ntrue\n", "1: a block begins with ``` at the margin, and ends with it"},
		{"comments for other programs", "<!--mdtogo:Short-->\n\ntext\n", ""},
	} {
		_, problems := parse(tc.document)
		if diff := cmp.Diff(tc.want, strings.Join(problems, "\n")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}
