//go:build unix

package render_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// BenchmarkFleet measures the shipped program over fleets of 100 to 10,000
// clusters, a file each, and prints ratios, which another machine should confirm:
//
//	kyaml-ratio    CPU time per cluster, over that of parsing and encoding the
//	               cluster's documents with kyaml; at most 2
//	flatness       CPU time per cluster with 10,000 over that with 100; 0.85 to 1.15
//	speedup        wall time of 2,000 clusters with one core over that with two, the
//	               best of three; at least 1.6
//	second-run     wall time of an unchanged second run over the first; at most 0.5
//	memory-N       peak memory over 25 MB + 12 KB per cluster; at most 1
//
// Everything happens in memory, on /dev/shm where there is one. CPU time is that
// of user and system, with one core, so that neighbours on the machine matter
// less; wall times want a quiet one.
func BenchmarkFleet(b *testing.B) {
	const small, medium, large = 100, 2_000, 10_000
	m := newMachine(b)
	for range b.N {
		m.fleet(small)
		m.fleet(medium)
		m.fleet(large)
		few := m.best(small, 1, 10)
		base := m.kyaml()
		first, second := m.render(large, 1, true), m.render(large, 1, false)
		two := m.render(large, 2, true)
		alone, together := m.best(medium, 1, 3), m.best(medium, 2, 3)
		perCluster := first.cpu.Seconds() / large
		b.ReportMetric(perCluster*1e3, "ms/cluster")
		b.ReportMetric(perCluster/base.Seconds(), "kyaml-ratio")
		b.ReportMetric(perCluster/(few.cpu.Seconds()/small), "flatness")
		b.ReportMetric(alone.wall.Seconds()/together.wall.Seconds(), "speedup")
		b.ReportMetric(second.wall.Seconds()/first.wall.Seconds(), "second-run")
		b.ReportMetric(float64(few.peak)/budget(small), "memory-100")
		b.ReportMetric(float64(max(first.peak, two.peak))/budget(large), "memory-10000")
	}
	b.ReportMetric(0, "ns/op") // says nothing here
}

func budget(clusters int) float64 { return 25e6 + 12e3*float64(clusters) }

// machine is where the benchmark runs.
type machine struct {
	b            *testing.B
	dir, program string
}

type measured struct {
	wall, cpu time.Duration
	peak      int64 // bytes
}

func newMachine(b *testing.B) machine {
	parent := b.TempDir()
	if shm, err := os.MkdirTemp("/dev/shm", "nested-config-"); err == nil {
		b.Cleanup(func() { os.RemoveAll(shm) })
		parent = shm
	} else {
		b.Logf("no /dev/shm: the numbers are those of %s", parent)
	}
	m := machine{b, parent, filepath.Join(parent, "nested-config")}
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w -X main.version=v0.0.0-benchmark", "-o", m.program, "github.com/nested-config/nested-config")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return m
}

func (m machine) path(what string, n int) string {
	return filepath.Join(m.dir, fmt.Sprintf("%s-%d", what, n))
}

// fleet writes the configs: clusters of one underlay that share its nodes.
func (m machine) fleet(n int) {
	dir := m.path("in", n)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		m.b.Fatal(err)
	}
	for i := range n {
		text := fmt.Sprintf(config, i, i, i/250, i%250+1)
		if err := os.WriteFile(fmt.Sprintf("%s/c%05d.yaml", dir, i), []byte(text), 0o666); err != nil {
			m.b.Fatal(err)
		}
	}
}

const config = `apiVersion: nested.opencontrail.org/v1alpha1
kind: NestedConfig
metadata:
  name: c%05d
  annotations:
    config.kubernetes.io/local-config: "true"
spec:
  connectivity: LinkLocal
  images: {registry: docker.io/opencontrailnightly, tag: R21.4-latest}
  underlay:
    config: {nodes: [192.168.1.100]}
    analytics: {nodes: [192.168.1.100, 192.168.1.101]}
    configDB: {nodes: [192.168.1.100, 192.168.1.101, 192.168.1.102]}
    keystone: {host: 192.168.1.200}
    virtualNetwork: {domain: default-domain, project: admin, name: vms-%05d}
  linkLocal:
    pool: 10.10.10.0/24
    serviceIPs:
      192.168.1.100: 10.10.10.1
      192.168.1.101: 10.10.10.2
      192.168.1.102: 10.10.10.3
      192.168.1.200: 10.10.10.4
    vrouterServiceIP: 10.10.10.5
  kubernetes: {apiServer: 10.84.%d.%d}
`

// render runs the program, into an empty directory or into that of the last run.
func (m machine) render(n, cores int, fresh bool) measured {
	m.b.Helper()
	out := m.path("out", n)
	if fresh {
		if err := os.RemoveAll(out); err != nil {
			m.b.Fatal(err)
		}
	}
	cmd := exec.Command(m.program, "render", m.path("in", n), "-o", out)
	cmd.Env = append(os.Environ(), fmt.Sprint("GOMAXPROCS=", cores))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	start := time.Now()
	if err := cmd.Start(); err != nil {
		m.b.Fatal(err)
	}
	done := make(chan struct{})
	peak := make(chan int64)
	go func() { peak <- watch(cmd.Process.Pid, done) }()
	err := cmd.Wait()
	wall := time.Since(start)
	close(done)
	if err != nil || stderr.Len() > 0 {
		m.b.Fatalf("%v: %s", err, stderr.String())
	}
	return measured{wall, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), <-peak}
}

// best is the least of several fresh runs, but for memory the most.
func (m machine) best(n, cores, times int) measured {
	best := m.render(n, cores, true)
	for range times - 1 {
		x := m.render(n, cores, true)
		best = measured{min(best.wall, x.wall), min(best.cpu, x.cpu), max(best.peak, x.peak)}
	}
	return best
}

// watch reads the peak of a process until it is gone. What wait reports about a
// child would hold the memory of this process as well.
func watch(pid int, done chan struct{}) int64 {
	var peak int64
	for {
		if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)); err == nil {
			if _, rest, found := strings.Cut(string(text), "VmHWM:"); found {
				var kilobytes int64
				if _, err := fmt.Sscan(rest, &kilobytes); err == nil {
					peak = max(peak, kilobytes*1024)
				}
			}
		}
		select {
		case <-done:
			return peak
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// kyaml is the CPU time of parsing and encoding the documents of one cluster.
func (m machine) kyaml() time.Duration {
	files, err := filepath.Glob(m.path("out", 100) + "/c00000/*.yaml")
	if err != nil {
		m.b.Fatal(err)
	}
	more, err := filepath.Glob(m.path("out", 100) + "/c00000/underlay/*.yaml")
	if err != nil {
		m.b.Fatal(err)
	}
	var docs [][]byte
	for _, f := range append(files, more...) {
		text, err := os.ReadFile(f)
		if err != nil {
			m.b.Fatal(err)
		}
		docs = append(docs, text)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	const times = 200
	start := cpu()
	for range times {
		for _, doc := range docs {
			if err := through(doc); err != nil {
				m.b.Fatal(err)
			}
		}
	}
	return (cpu() - start) / times
}

func through(doc []byte) error {
	var n yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(doc)).Decode(&n); err != nil {
		return err
	}
	e := yaml.NewEncoder(io.Discard)
	return errors.Join(e.Encode(&n), e.Close())
}

// cpu is the time that this process has worked.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
