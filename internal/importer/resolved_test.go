package importer_test

import (
	"bytes"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/yaml"

	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/golden"
	"github.com/nested-config/nested-config/internal/importer"
	"github.com/nested-config/nested-config/internal/source"
)

// reference has the outputs of the old script themselves, where they are at
// hand; testdata/resolved.txtar has the facts of them.
const reference = "../../../shared/reference/resolved"

// inert are the variables of the old script that no image reads in nested mode.
var inert = []string{"CONFIG_API_VIP", "ZOOKEEPER_SERVERS"}

// changed are the variables that the old script left to the image and that are
// written otherwise now, with the reason.
var changed = map[string]string{
	"RABBITMQ_HEARTBEAT_INTERVAL": "the image's default moved; 60 is the newest",
	"KEYSTONE_AUTH_INSECURE":      "counts with https alone, which the old script could not do",
}

// Importing the sample and rendering it gives the pods the values that the old
// script gave them, in every release, dialed directly and through link-local
// services.
func TestImportIsWhatTheScriptGave(t *testing.T) {
	text, err := os.ReadFile("testdata/common.env")
	if err != nil {
		t.Fatal(err)
	}
	for _, release := range facts(t) {
		for name, pairs := range map[string][]importer.Pair{
			"Direct":    nil,
			"LinkLocal": {{ServiceIP: netip.MustParseAddr("10.10.10.1"), Fabric: linklocal.ParseHost("192.168.1.100")}},
		} {
			t.Run(release.Name+" "+name, func(t *testing.T) {
				site, ps := importer.Import("common.env", string(text), pairs)
				if ps.Errors() {
					t.Fatal(ps)
				}
				got := rendered(t, site)
				want := settings(release.Data)
				want[env.KeystonePassword] = "c0ntrail123"
				for _, name := range inert {
					delete(want, name)
				}
				for name, value := range want {
					if got[name] != value {
						t.Errorf("%s is %q, was %q", name, got[name], value)
					}
				}
				for name, value := range got {
					if _, was := want[name]; !was && changed[name] == "" && value != imageDefault(name, want) {
						t.Errorf("%s is %q, was left to the image, which takes %q", name, value, imageDefault(name, want))
					}
				}
			})
		}
	}
}

// facts are the variables and images of each release: of the reference if it is
// there, and then the project's own copy must be the same.
func facts(t *testing.T) []txtar.File {
	t.Helper()
	const file = "testdata/resolved.txtar"
	own, err := txtar.ParseFile(file)
	if err != nil && !golden.Update() {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(reference + "/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		return own.Files
	}
	a := &txtar.Archive{Comment: []byte("What the old script made of its sample, per release: the variables of both pods and\ntheir images.\n\n")}
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		a.Files = append(a.Files, txtar.File{Name: strings.TrimSuffix(filepath.Base(p), ".yaml"), Data: factsOf(t, text)})
	}
	if golden.Update() {
		if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
		return a.Files
	}
	if diff := cmp.Diff(string(txtar.Format(a)), string(txtar.Format(own))); diff != "" {
		t.Errorf("%s is not what the reference says (-reference +own):\n%s", file, diff)
	}
	return a.Files
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
				if name == env.KeystonePassword {
					value = "(that of the sample)" // no golden file holds a password
				}
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
