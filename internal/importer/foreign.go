package importer

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
)

// remedy is what to give instead of a file that is something else.
const remedy = "import takes a common.env, with a NAME=value on each line"

// foreign says once what a text is that is no dotenv text at all, instead of an
// error for each of its lines; nil when it is one, with whatever mistakes. It
// goes by the content: files have any name.
func foreign(file, text string) config.Problems {
	what := whatIs(text)
	if what == "" {
		return nil
	}
	return config.Problems{{Severity: config.Error, Path: file, Message: what + ": " + remedy}}
}

var (
	apiVersionLine = regexp.MustCompile(`(?m)^["']?apiVersion["']?:`)
	kindLine       = regexp.MustCompile(`(?m)^["']?kind["']?:[ \t]*["']?([A-Za-z]{1,63})["']?[ \t]*(#.*)?\r?$`)
	sectionLine    = regexp.MustCompile(`(?m)^\[[A-Za-z0-9_.: -]+\][ \t]*\r?$`)
	fieldLine      = regexp.MustCompile(`^[ \t]*(- )?["']?[A-Za-z0-9_.-]+["']?:([ \t]|$)`)
)

func whatIs(text string) string {
	trimmed := strings.TrimSpace(strings.TrimPrefix(text, "\uFEFF"))
	lower := strings.ToLower(trimmed[:min(len(trimmed), 64)])
	switch {
	case trimmed == "":
		return "is empty"
	case strings.HasPrefix(text, "\xff\xfe"), strings.HasPrefix(text, "\xfe\xff"):
		return "is UTF-16: save it as UTF-8"
	case strings.Contains(text[:min(len(text), 8<<10)], "\x00"), !utf8.ValidString(text) && strings.Count(text, "=") == 0:
		return "is a binary file"
	case strings.HasPrefix(lower, "<!doctype html"), strings.HasPrefix(lower, "<html"):
		return "is an HTML page, as a browser saves one: download the file itself"
	case strings.HasPrefix(lower, "<"):
		return "is XML or HTML"
	case strings.HasPrefix(lower, "-----begin "):
		return "is a key or a certificate"
	case strings.HasPrefix(trimmed, "{") || strings.HasPrefix(trimmed, "["):
		if json.Valid([]byte(trimmed)) {
			return "is JSON"
		}
	}
	lines, faults := env.Parse(text)
	noSettings, errors := 0, 0
	for _, f := range faults {
		if !f.Warning {
			errors++
		}
		if !f.Warning && f.Name == "" {
			noSettings++
		}
	}
	switch kind := kindLine.FindStringSubmatch(text); {
	case errors == 0:
		return ""
	case kind != nil && apiVersionLine.MatchString(text):
		return manifest(kind[1])
	case sectionLine.MatchString(text):
		return "is an inventory of Ansible or another INI file"
	case noSettings <= len(lines) || noSettings < 3:
		return ""
	case fields(trimmed):
		return "is YAML, such as the instances.yaml of contrail-ansible-deployer: write what its contrail_configuration holds as settings"
	case strings.HasPrefix(trimmed, "#!"):
		return "is a script, and nothing is executed: write the settings that it makes"
	}
	return "has no settings in most of its lines"
}

// manifest says what a Kubernetes resource is.
func manifest(kind string) string {
	switch kind {
	case config.Kind:
		return "is a NestedConfig already: render it with nested-config FILE"
	case "Config":
		return "is a kubeconfig, with credentials of a cluster"
	}
	return "is a manifest of Kubernetes, of kind " + kind
}

// fields reports whether most lines that are no comments look like fields of YAML.
func fields(text string) bool {
	yes, all := 0, 0
	for line := range bytes.Lines([]byte(text)) {
		line = bytes.TrimRight(line, "\r\n")
		if t := bytes.TrimSpace(line); len(t) == 0 || t[0] == '#' {
			continue
		}
		all++
		if fieldLine.Match(line) {
			yes++
		}
	}
	return 2*yes > all
}
