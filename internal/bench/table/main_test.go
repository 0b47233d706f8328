package main

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const output = `goos: linux
BenchmarkFunction-2   	      20	         5.8 cpu-ms	        14.5 peak-MiB	         1.25 x-cpu-empty
BenchmarkFile-16	 10	 0.25 x-cpu-plain	 0.125 x-cpu-script
BenchmarkPlan/first-2	 1	 2.9 x-list	 1.03 linear
PASS
`

func TestTable(t *testing.T) {
	all := rows()
	if err := read(strings.NewReader(output), all); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := text(&b, all); err != nil {
		t.Fatal(err)
	}
	want := `RATIO                                                    TODAY         LIMIT  
function / an empty function on kyaml, CPU               1.25          1.15   above
build / kustomize build of the same as a file, CPU       not measured  1.10   
kustomize with the function / with a script that prints  not measured  1.10   
FILE / kustomize build of the same as a file, CPU        0.25          0.30   
FILE / the old script, CPU                               0.12          0.15   
one of 4,000 clusters / libyaml round trip, CPU          not measured  0.35   
4,000 clusters onto a disk / cp -r, wall                 not measured  3.00   
4,000 clusters / 25 MB + 12 KB each, memory              not measured  1.00   
first plan, 1,000 clusters / the list as JSON, CPU       2.90          3.00   
second plan, 1,000 clusters / the list as JSON, CPU      not measured  3.00   
first plan, a cluster of 1,000 / of 250, CPU             1.03          1.25   
function, MiB of memory / 16 MiB                         14.50         16.00  
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
	d := xml.NewDecoder(strings.NewReader(picture(all)))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestTableRefusesWhatIsNoNumber(t *testing.T) {
	got := read(strings.NewReader("BenchmarkFile-2 1 many x-cpu-plain\n"), rows())
	if want := `BenchmarkFile-2 1 many x-cpu-plain: strconv.ParseFloat: parsing "many": invalid syntax`; got == nil || got.Error() != want {
		t.Errorf("got %v, want %s", got, want)
	}
}
