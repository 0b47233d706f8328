package config_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/manifest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// FuzzLoad gives the one door of a NestedConfig whatever YAML there is. Whatever
// it is: no panic; every problem is one line with a message; what passes
// renders, to the same bytes each time, and gives the agent no pair of service IP
// and port twice.
func FuzzLoad(f *testing.F) {
	scripts, err := filepath.Glob("../testdata/*.txtar")
	if err != nil || len(scripts) == 0 {
		f.Fatalf("no scripts: %v", err)
	}
	for _, script := range scripts {
		a, err := txtar.ParseFile(script)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			if bytes.HasPrefix(file.Data, []byte("apiVersion: nested.opencontrail.org/")) {
				f.Add(file.Data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 64<<10 {
			t.Skip() // the parser's own work, and no other path
		}
		var doc yaml.Node
		if yaml.NewDecoder(bytes.NewReader(text)).Decode(&doc) != nil || len(doc.Content) != 1 {
			return
		}
		c, problems := config.Load(doc.Content[0])
		for _, p := range problems {
			if p.Message == "" || strings.ContainsAny(p.String(), "\n\r\x1b") {
				t.Fatalf("not one line for a person: %q", p)
			}
		}
		if problems.Errors() {
			return
		}
		if diff := cmp.Diff(rendered(t, c), rendered(t, c)); diff != "" {
			t.Fatalf("the same config gives other bytes:\n%s", diff)
		}
		type key struct {
			ip   string
			port uint16
		}
		seen := map[key]string{}
		for _, s := range c.Services {
			k := key{s.ServiceIP.String(), s.ServicePort}
			if seen[k] != "" {
				t.Fatalf("the agent drops %s: %v is %s already", s.Name, k, seen[k])
			}
			seen[k] = s.Name
		}
	})
}

func rendered(t *testing.T, c config.Config) string {
	t.Helper()
	var text strings.Builder
	for _, n := range manifest.Render(&c) {
		s, err := n.String()
		if err != nil {
			t.Fatal(err)
		}
		text.WriteString("---\n" + s)
	}
	return text.String()
}
