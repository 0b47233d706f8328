package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/nested-config/nested-config/fn/config"

	"github.com/google/go-cmp/cmp"
)

// mention is a version of this program where a text names one: an image, a
// reference in Git, a module, a schema, a plugin. .ci/version has the same list.
var mention = regexp.MustCompile(`(?m)(?:nested-config[:@/-]|[?&]ref=|targetRevision: |VERSION: |^release=|rev: |^  version: |\.org/version: |Release = ")(v\d+\.\d+\.\d+(?:-[0-9A-Za-z-]+)*)`)

// Whatever names a version of this program names this one.
func TestVersionIsOne(t *testing.T) {
	kinds := map[string]int{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{".git", "dist"}, d.Name()):
			return fs.SkipDir
		case d.IsDir(), slices.Contains([]string{"go.sum", "CHANGELOG.md"}, d.Name()), !d.Type().IsRegular():
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range mention.FindAllSubmatch(text, -1) {
			if string(m[1]) != config.Release {
				t.Errorf("%s: %q is not %s: run .ci/version", filepath.ToSlash(path), m[0], config.Release)
			}
			kinds[string(m[0][:len(m[0])-len(m[1])])]++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for kind := range kinds {
		got = append(got, kind)
	}
	slices.Sort(got)
	// Each way of naming it is in use: a list that has grown too long looks for nothing.
	want := []string{"  version: ", ".org/version: ", "?ref=", "Release = \"", "VERSION: ", "nested-config-", "nested-config/", "nested-config:", "nested-config@", "release=", "rev: ", "targetRevision: "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ways of naming a version (-want +got):\n%s", diff)
	}
}
