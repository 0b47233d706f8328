// Command table reads the output of the benchmarks and prints the ratios that have a
// limit, beside it. With the name of a file it draws them there too, as SVG.
package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
)

// row is a ratio of one run, and what it should not exceed.
type row struct {
	what              string
	benchmark, metric string
	limit             float64
	value             float64
	measured          bool
}

func rows() []row {
	return []row{
		{what: "function / an empty function on kyaml, CPU", benchmark: "Function", metric: "x-cpu-empty", limit: 1.15},
		{what: "build / kustomize build of the same as a file, CPU", benchmark: "Build", metric: "x-cpu-plain", limit: 1.10},
		{what: "kustomize with the function / with a script that prints", benchmark: "Kustomize", metric: "x-cpu-printer", limit: 1.10},
		{what: "FILE / kustomize build of the same as a file, CPU", benchmark: "File", metric: "x-cpu-plain", limit: 0.30},
		{what: "FILE / the old script, CPU", benchmark: "File", metric: "x-cpu-script", limit: 0.15},
		{what: "one of 4,000 clusters / libyaml round trip, CPU", benchmark: "Clusters", metric: "x-cpu-libyaml", limit: 0.35},
		{what: "4,000 clusters onto a disk / cp -r, wall", benchmark: "Clusters", metric: "x-wall-cp", limit: 3},
		{what: "4,000 clusters / 25 MB + 12 KB each, memory", benchmark: "Clusters", metric: "x-memory", limit: 1},
		{what: "first plan, 1,000 clusters / the list as JSON, CPU", benchmark: "Plan/first", metric: "x-list", limit: 3},
		{what: "second plan, 1,000 clusters / the list as JSON, CPU", benchmark: "Plan/second", metric: "x-list", limit: 3},
		{what: "first plan, a cluster of 1,000 / of 250, CPU", benchmark: "Plan/first", metric: "linear", limit: 1.25},
		{what: "function, MiB of memory / 16 MiB", benchmark: "Function", metric: "peak-MiB", limit: 16},
	}
}

func main() {
	all := rows()
	err := read(os.Stdin, all)
	if err == nil {
		err = text(os.Stdout, all)
	}
	if err == nil && len(os.Args) > 1 {
		err = os.WriteFile(os.Args[1], []byte(picture(all)), 0o644)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// read finds the values of the rows in what go test -bench prints. Of a benchmark that
// ran several times the last counts.
func read(in io.Reader, all []row) error {
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 2 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name := strings.TrimPrefix(fields[0], "Benchmark")
		if i := strings.LastIndexByte(name, '-'); i > 0 { // the number of cores
			name = name[:i]
		}
		for i := 2; i+1 < len(fields); i += 2 {
			value, err := strconv.ParseFloat(fields[i], 64)
			if err != nil {
				return fmt.Errorf("%s: %w", lines.Text(), err)
			}
			for j := range all {
				if all[j].benchmark == name && all[j].metric == fields[i+1] {
					all[j].value, all[j].measured = value, true
				}
			}
		}
	}
	return lines.Err()
}

// value of a row as people read it.
func (r row) shown() string {
	if !r.measured {
		return "not measured"
	}
	return strconv.FormatFloat(r.value, 'f', 2, 64)
}

func text(out io.Writer, all []row) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "RATIO\tTODAY\tLIMIT\t")
	for _, r := range all {
		verdict := ""
		if r.measured && r.value > r.limit {
			verdict = "above"
		}
		fmt.Fprintf(w, "%s\t%s\t%.2f\t%s\n", r.what, r.shown(), r.limit, verdict)
	}
	return w.Flush()
}
