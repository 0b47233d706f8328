package importer_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/importer"
)

// read gives the text of a file.
func read(t testing.TB, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// With several sources the pods get what the first one says of every variable, for
// every output of the old script, before and after its sample.
func TestTheFirstSourceCounts(t *testing.T) {
	sample := read(t, "testdata/common.env")
	// The sample of somebody else: every value is another one.
	other := strings.NewReplacer("10.10.10.1", "10.20.20.1", "c0ntrail123", "an0ther", "10.84.31.67", "10.84.31.68", "__public__", "other", `"k8s"`, `"k9s"`, "latest", "R21.4-1",
		"10.32.0.0", "10.48.0.0", "5673", "5672", "/v3", "/v2.0", "opencontrailnightly", "elsewhere", "10.10.10.5", "10.20.20.5").Replace(sample)
	if other == sample {
		t.Fatal("the other sample is the same")
	}
	for _, file := range outputs(t) {
		manifest := read(t, file)
		for name, sources := range map[string][]importer.Source{
			"the manifest first":       {{Name: "manifest", Text: manifest}, {Name: "other.env", Text: other}},
			"the common.env first":     {{Name: "common.env", Text: sample}, {Name: "other.env", Text: other}},
			"the same twice":           {{Name: "manifest", Text: manifest}, {Name: "again", Text: manifest}},
			"the common.env in three":  {{Name: "common.env", Text: sample}, {Name: "manifest", Text: manifest}, {Name: "other.env", Text: other}},
			"nothing beside the first": {{Name: "manifest", Text: manifest}},
		} {
			t.Run(file+" "+name, func(t *testing.T) {
				alone, ps := importer.Import(sources[0].Name, sources[0].Text, importer.Options{})
				if ps.Errors() {
					t.Fatal(ps)
				}
				together, ps := importer.Import(sources[0].Name, sources[0].Text, importer.Options{Further: sources[1:]})
				if ps.Errors() {
					t.Fatal(ps)
				}
				want, got := rendered(t, alone), rendered(t, together)
				for _, name := range slices.Sorted(maps.Keys(want)) {
					if got[name] != want[name] {
						t.Errorf("%s is %q with further sources, and %q without", name, got[name], want[name])
					}
				}
			})
		}
	}
}

// Whatever two sources hold: no panic, no message on several lines or with a
// password, and what is imported loads, with no password in it.
func FuzzSeveral(f *testing.F) {
	const marker, other = "s3cr3tM4rk", "0th3rM4rk"
	sample := read(f, "testdata/common.env")
	f.Add(sample, strings.ReplaceAll(sample, "10.10.10.1", "10.10.10.2"), false)
	f.Add("LOG_LEVEL=$KEYSTONE_AUTH_ADMIN_PASSWORD\nCONFIG_NODES=${KEYSTONE_AUTH_ADMIN_PASSWORD}\n"+sample, "LOG_DIR=$KEYSTONE_AUTH_ADMIN_PASSWORD\nX=$KEYSTONE_AUTH_ADMIN_PASSWORD\n"+sample, true)
	f.Add("", sample, true)
	f.Add("KEYSTONE_AUTH_ADMIN_USER=a\nRABBITMQ_USER=b\nAUTH_MODE=keystone", "KEYSTONE_AUTH_ADMIN_USER=c\nRABBITMQ_PASSWORD=d\nCONTRAIL_CONTAINER_TAG=x", true)
	manifest := importer.Source{Name: "manifest", Text: strings.ReplaceAll(read(f, "testdata/resolved/R2011-to-master.yaml"), "c0ntrail123", other), Form: importer.Manifest}
	f.Fuzz(func(t *testing.T, first, second string, live bool) {
		sources := []importer.Source{
			{Name: "first", Text: "KEYSTONE_AUTH_ADMIN_PASSWORD=" + marker + "\n" + first, Form: importer.CommonEnv},
			{Name: "second", Text: "KEYSTONE_AUTH_ADMIN_PASSWORD=" + other + "\n" + second, Form: importer.CommonEnv}}
		if live {
			sources = append([]importer.Source{manifest}, sources...)
		}
		site, ps := importer.Import(sources[0].Name, sources[0].Text, importer.Options{Form: sources[0].Form, Further: sources[1:]})
		if sound(t, site, ps, marker, other) {
			concealed(t, site, marker, other)
		}
	})
}
