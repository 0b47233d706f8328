package build

import (
	"errors"
	"regexp"
	"strings"

	"github.com/nested-config/nested-config/internal/notyaml"
	"github.com/nested-config/nested-config/internal/pattern"
	"github.com/nested-config/nested-config/internal/printable"
	"github.com/nested-config/nested-config/internal/secret"
)

// parser is where the words of a YAML parser begin in an error. What stands in front of it are names of files.
var parser = pattern.Of("(^|[ '`(:])(yaml: )")

// quoting are the words of kustomize that quote what a file holds (kv.go, fns.go, kusttarget_configplugin.go, patchtransformer.go), and what is said in their
// place: it may be a Secret, or a patch of one.
var quoting = []struct {
	words func() *regexp.Regexp
	said  string
}{
	{pattern.Of(`(?s)literal sources \[.*\]: `), "literal sources: "},
	{pattern.Of(`(?s)invalid literal source .*, expected key=value`), "invalid literal source, expected key=value"},
	{pattern.Of(`(?s): node contents:.*`), ""},
	{pattern.Of(`(?s)line \[[0-9 ]*\] has invalid utf8 bytes :.*`), "a line has invalid utf8 bytes"},
	{pattern.Of("(?s) with config: `.*?\n`"), ""},
	{pattern.Of(`(?s)(unable to parse SM or JSON patch) from .*`), "$1"},
	{pattern.Of(`(?s)(Transformer: |fails configuration: )decoding .*`), "${1}the patch is no list of operations of JSON patch"},
	{pattern.Of(`(?s)map\[string\]interface \{\}\{.*\}: json: `), "a resource has a key that is no text: json: "},
	{pattern.Of(`(?s) \[patch: ".*"\]`), ""},
	{pattern.Of(`(?s)(must specify one of patch and path) in\n.*`), "$1"},
	{pattern.Of(`(?s)(patch and path can't be set at the same time)\n.*`), "$1"},
}

// words is one printable line of an error, without what a file holds: neither a parser nor kustomize may show what they could not read.
func words(text string) string {
	for _, q := range quoting {
		text = q.words().ReplaceAllString(text, q.said)
	}
	if at := parser().FindStringSubmatchIndex(text); at != nil {
		text = text[:at[4]] + "is not YAML: " + notyaml.Fault(errors.New(text[at[4]:]))
	}
	return printable.Text(secret.WithoutURLSecrets(strings.TrimSpace(text)))
}
