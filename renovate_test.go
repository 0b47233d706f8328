package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/fn/config"
)

// The expressions for Renovate find every mention in the examples that Renovate's
// own managers do not, and each of them finds something.
func TestRenovate(t *testing.T) {
	text, err := os.ReadFile("examples/renovate/renovate.json")
	if err != nil {
		t.Fatal(err)
	}
	var r struct {
		CustomManagers []struct{ MatchStrings, ManagerFilePatterns []string }
	}
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	files := tree(t, "examples")
	for _, m := range r.CustomManagers {
		for _, s := range m.MatchStrings {
			expression, found := regexp.MustCompile(s), 0
			for name, text := range files {
				matched := false
				for _, p := range m.ManagerFilePatterns {
					matched = matched || regexp.MustCompile(strings.Trim(p, "/")).MatchString(name)
				}
				if !matched {
					continue
				}
				text = expression.ReplaceAllStringFunc(text, func(match string) string {
					found++
					if v := expression.FindStringSubmatch(match)[1]; v != config.Release {
						t.Errorf("%s: %q is %s", name, match, v)
					}
					return ""
				})
				files[name] = text
			}
			if found == 0 {
				t.Errorf("%s finds nothing", s)
			}
		}
	}
	own := regexp.MustCompile(`\?ref=\S+|targetRevision: \S+|(?m)^  version: \S+`) // what Renovate's managers, or the plugin's own name, have
	for name, text := range files {
		if ext := filepath.Ext(name); ext == ".md" || ext == ".json" || ext == ".go" {
			continue
		}
		if rest := own.ReplaceAllString(text, ""); strings.Contains(rest, config.Release) {
			t.Errorf("examples/%s names the version where no manager looks", name)
		}
	}
}
