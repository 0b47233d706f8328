package importer

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/internal/pattern"
)

// remedy is what to give instead of a file that is something else.
const remedy = "import takes a common.env, with a NAME=value on each line, a manifest of Kubernetes, or the file of a deployer"

// recognise says which form a text has. It goes by the content: files have any
// name. A text of no form is told once, and not with an error for each line.
func recognise(file, text string) (Form, config.Problems) {
	form, what := whatIs(text)
	if what == "" {
		return form, nil
	}
	return "", config.Problems{{Severity: config.Error, Path: file, Message: what + ": " + remedy}}
}

// readable says what nobody can read, whatever form it is said to have.
func readable(file, text string) config.Problems {
	if what := notText(text); what != "" {
		return config.Problems{{Severity: config.Error, Path: file, Message: what + ": " + remedy}}
	}
	return nil
}

var (
	apiVersionLine = pattern.Of(`(?m)^["']?apiVersion["']?:`)
	kindLine       = pattern.Of(`(?m)^["']?kind["']?:[ \t]*["']?([A-Za-z]{1,63})["']?[ \t]*(#.*)?\r?$`)
	openShiftLine  = pattern.Of(`(?m)^[ \t]*(contrail_nested_masters_ip|k8s_nested_vrouter_vip|nested_mode_contrail)[ \t]*=`)
	sectionLine    = pattern.Of(`(?m)^\[[A-Za-z0-9_.: -]+\][ \t]*\r?$`)
	fieldLine      = pattern.Of(`^[ \t]*(- )?["']?[A-Za-z0-9_.-]+["']?:([ \t]|$)`)
)

// notText says what is no text, "" when it is.
func notText(text string) string {
	switch {
	case strings.TrimSpace(strings.TrimPrefix(text, "\uFEFF")) == "":
		return "is empty"
	case strings.HasPrefix(text, "\xff\xfe"), strings.HasPrefix(text, "\xfe\xff"):
		return "is UTF-16: save it as UTF-8"
	case strings.Contains(text[:min(len(text), 8<<10)], "\x00"), !utf8.ValidString(text) && strings.Count(text, "=") == 0:
		return "is a binary file"
	}
	return ""
}

// whatIs gives the form of a text, or what it is instead.
func whatIs(text string) (form Form, what string) {
	trimmed := strings.TrimSpace(strings.TrimPrefix(text, "\uFEFF"))
	lower := strings.ToLower(trimmed[:min(len(trimmed), 64)])
	if what := notText(text); what != "" {
		return "", what
	}
	switch {
	case strings.HasPrefix(lower, "<!doctype html"), strings.HasPrefix(lower, "<html"):
		return "", "is an HTML page, as a browser saves one: download the file itself"
	case strings.HasPrefix(lower, "<"):
		return "", "is XML or HTML"
	case strings.HasPrefix(lower, "-----begin "):
		return "", "is a key or a certificate"
	case strings.HasPrefix(trimmed, "{") || strings.HasPrefix(trimmed, "["):
		if json.Valid([]byte(trimmed)) {
			return ofJSON(trimmed)
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
	switch kind := kindLine().FindStringSubmatch(text); {
	case openShiftLine().MatchString(text): // a common.env has names in capitals
		return OpenShift, ""
	case errors == 0:
		return CommonEnv, ""
	case kind != nil && apiVersionLine().MatchString(text):
		return ofKind(kind[1])
	}
	for _, f := range forms {
		if f.line != nil && f.line().MatchString(text) {
			return f.Form, ""
		}
	}
	switch {
	case sectionLine().MatchString(text):
		return "", "is an inventory of Ansible or another INI file"
	case noSettings <= len(lines) || noSettings < 3:
		return CommonEnv, ""
	case fields(trimmed):
		return "", "is YAML, but not of a known deployer"
	case strings.HasPrefix(trimmed, "#!"):
		return "", "is a script, and scripts are not executed: write the settings that it makes"
	}
	return "", "has no settings in most of its lines"
}

// ofJSON tells what kubectl get -o json prints, and what deployers read, from other
// JSON.
func ofJSON(text string) (Form, string) {
	var o map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return "", "is JSON"
	}
	has := func(key string) bool { _, ok := o[key]; return ok }
	var kind string
	switch {
	case has("apiVersion") && json.Unmarshal(o["kind"], &kind) == nil && kind != "":
		return ofKind(kind)
	case has("contrail_configuration"):
		return Instances, ""
	case has(nestedDict), has(env.VRouterVIP), has(masterCharm),
		has("settings") && strings.Contains(text, `"`+nestedDict+`"`), (has("applications") || has("services")) && strings.Contains(text, masterCharm):
		return Juju, ""
	}
	return "", "is JSON"
}

// ofKind says what a Kubernetes resource is. The first of a text says it for all.
func ofKind(kind string) (Form, string) {
	switch kind {
	case config.Kind:
		return "", "is a NestedConfig already: render it with nested-config FILE"
	case "Config":
		return "", "is a kubeconfig, with credentials of a cluster"
	}
	return Manifest, ""
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
		if fieldLine().Match(line) {
			yes++
		}
	}
	return 2*yes > all
}
