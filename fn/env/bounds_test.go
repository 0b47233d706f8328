package env

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A few lines could refer to each other until the memory is full. What they may
// make is bounded before it is made, for each value and in sum; the fault names
// line and variable, and what refers to one at fault is left out without a word.
func TestReferencesAreBounded(t *testing.T) {
	thousand := "A=" + strings.Repeat("x", 1000) + "\n"
	bomb := func(lines int) string {
		text := "A0=12345678\n"
		for i := range lines {
			text += fmt.Sprintf("A%d=%s\n", i+1, strings.Repeat(fmt.Sprintf("$A%d", i), 8))
		}
		return text
	}
	sum := thousand + "B=$A$A$A$A\n"
	for i := range 16 {
		sum += fmt.Sprintf("C%d=${B}\n", i)
	}
	for _, c := range []struct{ reason, text, want string }{
		{"eight lines make 8^8 bytes", bomb(7), "line 5 A4: " + grows + "\n"},
		{"eleven crashed", bomb(10), "line 5 A4: " + grows + "\n"},
		{"in quotes", thousand + `B="$A$A$A$A$A"`, "line 2 B: " + grows + "\n"},
		{"just as long as it may be", thousand + "B=$A$A$A${A}" + strings.Repeat("y", 96), ""},
		{"what follows the references counts", thousand + "B=$A$A$A$A" + "${A}" + strings.Repeat("y", 97), "line 2 B: " + grows + "\n"},
		{"what stands before them counts", thousand + "B=" + strings.Repeat("y", 97) + "$A$A$A$A", "line 2 B: " + grows + "\n"},
		{"without a reference nothing grows", "A=" + strings.Repeat("x", 10_000), ""},
		{"one reference to it does", "A=" + strings.Repeat("x", 10_000) + "\nB=$A", "line 2 B: " + grows + "\n"},
		{"an empty one, often", "A=\nB=" + strings.Repeat("$A", 2000), ""},
		{"each is small enough, the sum is not", sum, "line 18 C15: " + growsInSum + "\n"},
		{"the sum may be reached", strings.Join(strings.SplitAfter(sum, "\n")[:17], ""), ""},
		{"and then literals are still free", sum + "D=1\nE='2'", "line 18 C15: " + growsInSum + "\n"},
		{"braces without an end, each of which asks for what follows", "export A=" + strings.Repeat("{", 100_000), ""},
	} {
		t.Run(c.reason, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			lines, faults := Parse(c.text)
			runtime.ReadMemStats(&after)
			var got strings.Builder
			for _, f := range faults {
				fmt.Fprintf(&got, "line %d %s: %s\n", f.Line, f.Name, f.Message)
			}
			if diff := cmp.Diff(c.want, got.String()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			size := 0
			for _, l := range lines {
				size += len(l.Value)
			}
			if most := len(c.text) + maxReferred; size > most {
				t.Errorf("the values have %d bytes, more than %d", size, most)
			}
			if spent, most := after.TotalAlloc-before.TotalAlloc, uint64(8<<20); spent > most {
				t.Errorf("took %d bytes, more than %d", spent, most)
			}
		})
	}
}
