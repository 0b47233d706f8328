package doors

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/nested-config/nested-config/internal/cli"
)

// most is what one run may allocate in all, so that its peak is below that too.
const maxAllocated = 50 << 20

// door is one way in: what it makes of a text is files and arguments, or stdin.
type door struct {
	name   string
	inputs []input
	args   []string                 // FILE is the file with the text, DIR an empty directory
	stdin  func(text string) string // nil: the text is in FILE
}

func doors() []door {
	yamls, envs := configs(), dotenvs()
	commonEnvs := make([]input, len(envs))
	for i, e := range envs {
		commonEnvs[i] = input{e.name, "apiVersion: nested.opencontrail.org/v1alpha1\nkind: NestedConfig\nspec: {commonEnv: " + fmt.Sprintf("%q", e.text) + "}\n"}
	}
	indent := func(text string) string { return strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n  ") }
	return []door{
		{"function, functionConfig", yamls, nil, func(s string) string {
			return "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\nfunctionConfig:\n  " + indent(s) + "\n"
		}},
		{"function, items", yamls, nil, func(s string) string {
			return "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig: {apiVersion: nested.opencontrail.org/v1alpha1, kind: FleetCheck, metadata: {name: x}}\nitems:\n- " + indent(s) + "\n"
		}},
		{"function, the whole", yamls, nil, func(s string) string { return s }},
		{"FILE", yamls, []string{"FILE"}, nil},
		{"FILE, commonEnv", commonEnvs, []string{"FILE"}, nil},
		{"render", yamls, []string{"render", "FILE", "-o", "DIR"}, nil},
		{"render, commonEnv", commonEnvs, []string{"render", "FILE", "-o", "DIR"}, nil},
		{"pin", yamls, []string{"pin", "FILE"}, nil},
		{"explain", yamls, []string{"explain", "FILE"}, nil},
		{"explain, mermaid", yamls, []string{"explain", "--format", "mermaid", "FILE"}, nil},
		{"nodes", yamls, []string{"nodes", "FILE"}, nil},
		{"underlay plan", yamls, []string{"underlay", "plan", "--config-api", "http://127.0.0.1:1", "FILE"}, nil},
		{"build, generators", yamls, []string{"build", "generators"}, nil},
		{"build, transformers", yamls, []string{"build", "transformers"}, nil},
		{"build, resources", yamls, []string{"build", "resources"}, nil},
		{"build, patches", yamls, []string{"build", "patches"}, nil},
		{"build, the kustomization", append(kustomizations(), yamls...), []string{"build", "kustomization"}, nil},
		{"import", envs, []string{"import", "FILE"}, nil},
		{"import of a manifest", manifests(), []string{"import", "FILE", "--from", "manifest"}, nil},
		{"import of YAML", yamls, []string{"import", "FILE"}, nil},
		{"import beside another source", envs, []string{"import", "../../docs/testdata/common.env", "FILE"}, nil},
		{"import with pairs", envs, []string{"import", "FILE", "--link-local", "10.10.10.1=192.168.1.100"}, nil},
	}
}

// spent is what a run took.
type spent struct {
	bytes uint64
	wall  time.Duration
}

// run gives a text to a door. What the program makes of it is no matter here.
func (d door) run(tb testing.TB, text string) spent {
	tb.Helper()
	dir := tb.TempDir()
	file := filepath.Join(dir, "input.yaml")
	in := ""
	if d.stdin != nil {
		in = d.stdin(text)
	} else if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	if len(d.args) > 1 && d.args[0] == "build" {
		kustomize(tb, dir, d.args[1], text)
		d.args = []string{"build", dir}
	}
	args := make([]string, len(d.args))
	for i, a := range d.args {
		args[i] = strings.NewReplacer("FILE", file, "DIR", filepath.Join(dir, "out")).Replace(a)
	}
	var out, errs bytes.Buffer
	e := cli.Env{
		In: strings.NewReader(in), Out: &out, Err: &errs,
		Getenv: func(string) string { return "" }, Self: os.Executable, Version: "test",
		Proxy:     func(*http.Request) (*url.URL, error) { return nil, nil },
		Exec:      func(context.Context, string, ...string) ([]byte, error) { return nil, io.EOF },
		Interrupt: context.WithCancel,
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	begin := time.Now()
	cli.Run(args, e)
	wall := time.Since(begin)
	runtime.ReadMemStats(&after)
	return spent{after.TotalAlloc - before.TotalAlloc, wall}
}

// kustomize makes a kustomization that has the text, in input.yaml, in a field.
func kustomize(tb testing.TB, dir, field, text string) {
	tb.Helper()
	kustomization := field + ": [input.yaml]\n"
	switch field {
	case "patches":
		kustomization = "resources: [cm.yaml]\npatches: [{path: input.yaml}]\n"
	case "transformers":
		kustomization += "resources: [cm.yaml]\n"
	case "kustomization":
		kustomization = text
	}
	for name, content := range map[string]string{"kustomization.yaml": kustomization, "cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
}

// No input of less than 1 KB makes a door spend more than 50 MB. How long each
// takes is for BenchmarkDoors.
func TestDoors(t *testing.T) {
	for _, d := range doors() {
		t.Run(d.name, func(t *testing.T) {
			var worst spent
			name := ""
			for _, in := range d.inputs {
				if len(in.text) >= sized && !strings.HasSuffix(d.name, "commonEnv") { // whose own text is below
					t.Errorf("%s: has %d bytes", in.name, len(in.text))
				}
				s := d.run(t, in.text)
				if s.bytes > maxAllocated {
					t.Errorf("%s: %d bytes allocated, more than %d; %s", in.name, s.bytes, maxAllocated, s.wall)
				}
				if s.bytes > worst.bytes {
					worst, name = s, in.name
				}
			}
			t.Logf("%d inputs, the worst allocates %.1f MB in %s: %s", len(d.inputs), float64(worst.bytes)/1e6, worst.wall.Round(time.Millisecond), name)
		})
	}
}

// BenchmarkDoors reports the slowest input of each door.
func BenchmarkDoors(b *testing.B) {
	for _, d := range doors() {
		b.Run(d.name, func(b *testing.B) {
			var worst spent
			for b.Loop() {
				for _, in := range d.inputs {
					s := d.run(b, in.text)
					worst.wall, worst.bytes = max(worst.wall, s.wall), max(worst.bytes, s.bytes)
				}
			}
			b.ReportMetric(0, "ns/op") // of all inputs together: says nothing
			b.ReportMetric(float64(worst.wall.Microseconds())/1000, "worst-ms")
			b.ReportMetric(float64(worst.bytes)/1e6, "worst-MB")
		})
	}
}
