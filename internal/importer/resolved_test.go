package importer_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/importer"
	"github.com/nested-config/nested-config/internal/source"
)

// reference has the outputs of the old script themselves, where they are at hand;
// testdata/resolved has copies.
const reference = "../../../shared/reference/resolved"

// Importing the sample, or what the old script made of it in any release, and
// rendering that gives the pods the values that the old script gave them, dialed
// directly and through link-local services. What differs is in the table of
// docs/migration.md, and nothing else differs.
func TestImportIsWhatTheScriptGave(t *testing.T) {
	differs := differences(t)
	seen := map[string]bool{}
	for _, file := range outputs(t) {
		manifest, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want := settings(factsOf(t, manifest))
		for _, source := range []string{"testdata/common.env", file} {
			text, err := os.ReadFile(source)
			if err != nil {
				t.Fatal(err)
			}
			for name, pairs := range map[string][]importer.Pair{
				"Direct":    nil,
				"LinkLocal": {{ServiceIP: netip.MustParseAddr("10.10.10.1"), Fabric: linklocal.ParseHost("192.168.1.100")}},
			} {
				t.Run(filepath.Base(file)+" from "+filepath.Base(source)+" "+name, func(t *testing.T) {
					site, ps := importer.Import(source, string(text), importer.Options{Pairs: pairs})
					if ps.Errors() {
						t.Fatal(ps)
					}
					got := rendered(t, site)
					for name, value := range want {
						if got[name] != value && !differs[name] {
							t.Errorf("%s is %q, was %q", name, got[name], value)
						}
						seen[name] = seen[name] || got[name] != value
					}
					for name, value := range got {
						if _, was := want[name]; !was && value != imageDefault(name, want) {
							seen[name] = true
							if !differs[name] {
								t.Errorf("%s is %q, was left to the image, which takes %q", name, value, imageDefault(name, want))
							}
						}
					}
				})
			}
		}
	}
	for name := range differs {
		if !seen[name] {
			t.Errorf("docs/migration.md says that %s differs, and it does not", name)
		}
	}
}

// differences are the variables of the table in docs/migration.md.
func differences(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile("../../docs/migration.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(text), "\n| variable | then | now | why |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	names := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([A-Z_]+)` \\|.*\\|.*\\| [^|]+ \\|$").FindAllStringSubmatch(table, -1) {
		names[m[1]] = true
	}
	if !ok || len(names) != strings.Count(table, "\n") {
		t.Fatalf("no table, or a row without a reason: %q", table)
	}
	return names
}

// outputs are the files with what the old script made of its sample, one for each
// release. Where the reference is at hand they must be the same.
func outputs(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/resolved/*.yaml")
	if err != nil || len(files) != 4 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		theirs, err := os.ReadFile(filepath.Join(reference, filepath.Base(f)))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		ours, err2 := os.ReadFile(f)
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(theirs), string(ours)); diff != "" {
			t.Errorf("%s is not what the reference says (-reference +own):\n%s", f, diff)
		}
	}
	return files
}

// factsOf reads an output of the old script. Its workloads are no valid YAML, so
// that only the ConfigMaps are parsed.
func factsOf(t *testing.T, text []byte) []byte {
	t.Helper()
	var lines []string
	for part := range bytes.SplitSeq(text, []byte("\n---\n")) {
		if bytes.Contains(part, []byte("kind: ConfigMap")) {
			var m struct{ Data map[string]string }
			if err := yaml.Unmarshal(part, &m); err != nil {
				t.Fatal(err)
			}
			for name, value := range m.Data {
				lines = append(lines, name+"="+value+"\n")
			}
		}
	}
	for _, m := range regexp.MustCompile(`image: "(.*/(contrail-.*):.*)"`).FindAllSubmatch(text, -1) {
		lines = append(lines, fmt.Sprintf("image %s=%s\n", m[2], m[1]))
	}
	slices.Sort(lines)
	return []byte(strings.Join(lines, ""))
}

// settings reads lines of NAME=value as they stand.
func settings(text []byte) map[string]string {
	m := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "="); ok && !strings.HasPrefix(line, "#") {
			m[name] = value
		}
	}
	return m
}

// rendered are the variables and images of both pods: what the ConfigMaps say,
// and the credentials.
func rendered(t *testing.T, site importer.Site) map[string]string {
	t.Helper()
	var out bytes.Buffer
	one, problems := source.One(source.Stdin, bytes.NewReader(site.Config))
	if problems.Errors() {
		t.Fatal(problems)
	}
	if results, err := fn.RenderConfig(one.Node, &out); err != nil {
		t.Fatal(err, results)
	}
	got := settings(site.Credentials)
	for part := range bytes.SplitSeq(out.Bytes(), []byte("\n---\n")) {
		var o struct {
			Kind     string
			Metadata struct{ Name string }
			Data     map[string]string
			Spec     struct {
				Template struct {
					Spec struct{ Containers []struct{ Image string } }
				}
			}
		}
		if err := yaml.Unmarshal(part, &o); err != nil {
			t.Fatal(err)
		}
		for name, value := range o.Data {
			if !strings.HasSuffix(name, ".json") {
				got[name] = value
			}
		}
		for _, c := range o.Spec.Template.Spec.Containers {
			image, _, _ := strings.Cut(c.Image[strings.LastIndex(c.Image, "/")+1:], ":")
			got["image "+image] = c.Image
		}
	}
	return got
}

// imageDefault is what the image takes for a variable that the script did not
// write.
func imageDefault(name string, written map[string]string) string {
	v, _ := env.Lookup(name)
	if f := v.Fallback; f != "" {
		if value, ok := written[f]; ok {
			return value
		}
		return imageDefault(f, written)
	}
	return v.Default
}
