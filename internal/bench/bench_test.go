package bench

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// contestant is a program with all that it gets.
type contestant struct {
	name  string
	args  []string
	stdin []byte
	dir   string
	env   []string
	quiet bool // prints nothing
}

// cost is what one run took, children included.
type cost struct {
	cpu, wall time.Duration
}

func (c contestant) run(b *testing.B) cost {
	b.Helper()
	cmd := exec.Command(c.args[0], c.args[1:]...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Dir = bytes.NewReader(c.stdin), &out, &errs, c.dir
	cmd.Env = append(os.Environ(), c.env...)
	begin := time.Now()
	if err := cmd.Run(); err != nil {
		b.Fatalf("%s: %v\n%s", c.name, err, &errs)
	}
	wall := time.Since(begin)
	if (out.Len() == 0) != c.quiet {
		b.Fatalf("%s prints %d bytes", c.name, out.Len())
	}
	return cost{cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), wall}
}

// peak is the resident memory that its largest process reaches, in MiB.
func (c contestant) peak(b *testing.B) float64 {
	b.Helper()
	if !filepath.IsAbs(c.args[0]) {
		c.args[0] = tool(b, c.args[0])
	}
	cmd := exec.Command(build(b, "github.com/nested-config/nested-config/internal/bench/peak"), c.args...)
	cmd.Stdin, cmd.Dir, cmd.Env = bytes.NewReader(c.stdin), c.dir, append(os.Environ(), c.env...)
	kib, err := strconv.Atoi(output(b, cmd))
	if err != nil {
		b.Fatal(err)
	}
	return float64(kib) / 1024
}

// race lets the contestants take turns, and reports the medians of the first and
// by how much it exceeds each of the others: x-cpu-NAME, x-wall-NAME.
func race(b *testing.B, contestants ...contestant) {
	b.Helper()
	costs := make([][]cost, len(contestants))
	for _, c := range contestants {
		c.run(b) // into the page cache
	}
	for b.Loop() {
		for i, c := range contestants {
			costs[i] = append(costs[i], c.run(b))
		}
	}
	cpu := func(i int) float64 { return median(costs[i], func(c cost) float64 { return float64(c.cpu) }) }
	wall := func(i int) float64 { return median(costs[i], func(c cost) float64 { return float64(c.wall) }) }
	b.ReportMetric(0, "ns/op") // of all contestants together: says nothing
	b.ReportMetric(cpu(0)/1e6, "cpu-ms")
	b.ReportMetric(wall(0)/1e6, "wall-ms")
	b.ReportMetric(contestants[0].peak(b), "peak-MiB")
	for i := 1; i < len(contestants); i++ {
		b.ReportMetric(cpu(0)/cpu(i), "x-cpu-"+contestants[i].name)
		b.ReportMetric(wall(0)/wall(i), "x-wall-"+contestants[i].name)
	}
}

func median(costs []cost, of func(cost) float64) float64 {
	values := make([]float64, len(costs))
	for i, c := range costs {
		values[i] = of(c)
	}
	slices.Sort(values)
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}

// BenchmarkFunction: one config, as kustomize sends it.
func BenchmarkFunction(b *testing.B) {
	list := resourceList(0)
	race(b, contestant{name: "nested-config", args: []string{build(b, "github.com/nested-config/nested-config")}, stdin: list},
		contestant{name: "empty", args: []string{build(b, "github.com/nested-config/nested-config/internal/bench/empty")}, stdin: list})
}

// BenchmarkFunction10000: the same in a package with 10,000 resources of others.
func BenchmarkFunction10000(b *testing.B) {
	list := resourceList(10_000)
	race(b, contestant{name: "nested-config", args: []string{build(b, "github.com/nested-config/nested-config")}, stdin: list},
		contestant{name: "empty", args: []string{build(b, "github.com/nested-config/nested-config/internal/bench/empty")}, stdin: list})
}

// BenchmarkFile: nested-config FILE against what else makes such a manifest.
func BenchmarkFile(b *testing.B) {
	dir := b.TempDir()
	file := filepath.Join(dir, "nested-config.yaml")
	write(b, file, config)
	program := build(b, "github.com/nested-config/nested-config")
	manifest := output(b, exec.Command(program, file))
	race(b, contestant{name: "nested-config", args: []string{program, file}},
		kustomizations(b)[1],
		contestant{name: "script", args: []string{"bash", oldScript(b, dir)}},
		contestant{name: "helm", args: []string{tool(b, "helm"), "template", "k8s", chart(b, dir, manifest)}, env: helmHome(dir)})
}

// BenchmarkKustomize: a build with the function as a program, against the same
// resources as plain files, and against a program that only prints them.
func BenchmarkKustomize(b *testing.B) {
	race(b, kustomizations(b)...)
}

// BenchmarkBuild: nested-config build, which is both in one process.
func BenchmarkBuild(b *testing.B) {
	all := kustomizations(b)
	race(b, contestant{name: "build", args: []string{build(b, "github.com/nested-config/nested-config"), "build", all[0].dir}}, all[1], all[0])
}

// BenchmarkFleet: 200 clusters of one underlay in one process, against a process
// for each.
func BenchmarkFleet(b *testing.B) {
	dir := b.TempDir()
	for i := range 200 {
		name := fmt.Sprintf("k8s-%d", i)
		write(b, filepath.Join(dir, "in", name+".yaml"), strings.Replace(config, "name: k8s\n", "name: "+name+"\n", 1))
	}
	program := build(b, "github.com/nested-config/nested-config")
	race(b, contestant{name: "render", args: []string{program, "render", "in", "-o", "out"}, dir: dir, quiet: true},
		contestant{name: "each", args: []string{"bash", "-c", `for f in in/*.yaml; do "$0" "$f" >each.yaml; done`, program}, dir: dir, quiet: true})
}

// manyClusters is how many clusters BenchmarkClusters renders.
const manyClusters = 4000

// BenchmarkClusters: 4,000 clusters into an empty directory, in memory and on the disk.
// Reported are
//
//	x-cpu-libyaml  CPU time for each, over that of reading and writing the documents of
//	               one with PyYAML on libyaml
//	x-wall-cp      wall time over that of cp -r of what is written
//	x-memory       peak memory over 25 MB + 12 KB for each cluster
func BenchmarkClusters(b *testing.B) {
	dir := b.TempDir()
	for i := range manyClusters {
		name := fmt.Sprintf("k8s-%d", i)
		text := strings.NewReplacer("name: k8s\n", "name: "+name+"\n", "name: k8s-vms", "name: vms-"+name, "10.84.31.67", fmt.Sprintf("10.84.%d.%d", i/250, i%250+1)).Replace(config)
		write(b, filepath.Join(dir, "in", name+".yaml"), text)
	}
	program := build(b, "github.com/nested-config/nested-config")
	// Nothing is deleted meanwhile: for minutes after many inodes were freed, ext4 takes
	// many times as long to find others. Where there is a file system in memory, CPU time
	// is measured there.
	memory, err := os.MkdirTemp("/dev/shm", "nested-config-")
	if err != nil {
		memory = b.TempDir()
	}
	b.Cleanup(func() { os.RemoveAll(memory) })
	render := func(parent string, i int) contestant {
		out := filepath.Join(parent, fmt.Sprintf("out-%d", i))
		return contestant{name: "render", args: []string{program, "render", "in", "-o", out}, dir: dir, quiet: true}
	}
	copying := func(i int) contestant {
		return contestant{name: "cp", args: []string{"cp", "-r", fmt.Sprintf("out-%d", i), fmt.Sprintf("copy-%d", i)}, dir: dir, quiet: true}
	}
	var inMemory, rendered, copied []cost
	var libyaml []float64
	for b.Loop() {
		i := len(rendered)
		inMemory = append(inMemory, render(memory, i).run(b))
		rendered = append(rendered, render(dir, i).run(b))
		copied = append(copied, copying(i).run(b))
		libyaml = append(libyaml, roundTrip(b, filepath.Join(dir, fmt.Sprintf("out-%d", i), "k8s-1")))
	}
	cpu := func(c cost) float64 { return float64(c.cpu) }
	wall := func(c cost) float64 { return float64(c.wall) }
	peak := render(memory, len(rendered)).peak(b)
	slices.Sort(libyaml)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(inMemory, cpu)/1e6/manyClusters, "cpu-ms")
	b.ReportMetric(median(rendered, wall)/1e6, "wall-ms")
	b.ReportMetric(peak, "peak-MiB")
	b.ReportMetric(peak*(1<<20)/(25e6+12e3*manyClusters), "x-memory")
	b.ReportMetric(median(inMemory, cpu)/manyClusters/1e9/libyaml[len(libyaml)/2], "x-cpu-libyaml")
	b.ReportMetric(median(rendered, wall)/median(copied, wall), "x-wall-cp")
}

// roundTrip is the CPU time, in seconds, for reading and writing all documents below a
// directory with libyaml: the least of a few.
func roundTrip(b *testing.B, dir string) float64 {
	b.Helper()
	const program = `
import glob, sys, time, yaml
text = "---\n".join(open(f).read() for f in sorted(glob.glob(sys.argv[1] + "/**/*.yaml", recursive=True)))
best = 1e9
for _ in range(50):
    begin = time.process_time()
    yaml.dump_all(yaml.load_all(text, Loader=yaml.CSafeLoader), Dumper=yaml.CSafeDumper)
    best = min(best, time.process_time() - begin)
print(best)
`
	seconds, err := strconv.ParseFloat(strings.TrimSpace(output(b, exec.Command(tool(b, "python3"), "-c", program, dir))), 64)
	if err != nil {
		b.Fatal(err)
	}
	return seconds
}

// BenchmarkStart: what every command pays before it does anything.
func BenchmarkStart(b *testing.B) {
	race(b, contestant{name: "version", args: []string{build(b, "github.com/nested-config/nested-config"), "version"}},
		contestant{name: "empty", args: []string{build(b, "github.com/nested-config/nested-config/internal/bench/empty")}, stdin: []byte("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n")})
}

// BenchmarkSize: the binary as it is shipped.
func BenchmarkSize(b *testing.B) {
	info, err := os.Stat(build(b, "github.com/nested-config/nested-config"))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(info.Size())/1e6, "MB")
}

// build builds a program as it is shipped.
func build(b *testing.B, path string) string {
	b.Helper()
	program := filepath.Join(b.TempDir(), filepath.Base(path))
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid=", "-o", program, path)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	output(b, cmd)
	return program
}

func output(b *testing.B, cmd *exec.Cmd) string {
	b.Helper()
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		b.Fatalf("%v: %v\n%s", cmd.Args, err, &errs)
	}
	return string(out)
}

func tool(b *testing.B, name string) string {
	b.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		b.Fatalf("%s: is not on PATH: run .ci/bench", name)
	}
	return path
}

func write(b *testing.B, path, text string) {
	b.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		b.Fatal(err)
	}
}

// resourceList is the config as functionConfig, with n ConfigMaps of others.
func resourceList(n int) []byte {
	var list strings.Builder
	list.WriteString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig:\n  ")
	list.WriteString(strings.ReplaceAll(strings.TrimSpace(config), "\n", "\n  "))
	list.WriteString("\nitems:\n")
	for i := range n {
		fmt.Fprintf(&list, "- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: other-%d\n    namespace: default\n    annotations:\n"+
			"      internal.config.kubernetes.io/path: other/%d.yaml\n      internal.config.kubernetes.io/index: '0'\n"+
			"      config.kubernetes.io/path: other/%d.yaml\n      config.kubernetes.io/index: '0'\n  data:\n    key: value\n    number: \"%d\"\n", i, i, i, i)
	}
	return []byte(list.String())
}
