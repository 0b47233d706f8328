package env

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/golden"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// The cases stand in testdata/dotenv.txtar: a text, what Parse makes of it, and
// what bash makes of it, recorded by -update. Wherever Parse takes a value, bash
// has the same one.
func TestParse(t *testing.T) {
	const file = "testdata/dotenv.txtar"
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if golden.Update() {
		record(t, a)
		if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if len(a.Files)%3 != 0 || len(a.Files) == 0 {
		t.Fatal("each case needs env, parsed and bash")
	}
	for c := range slices.Chunk(a.Files, 3) {
		t.Run(strings.TrimSuffix(c[0].Name, ".env"), func(t *testing.T) {
			lines, faults := Parse(raw(c[0].Data))
			if diff := cmp.Diff(string(c[1].Data), text(lines, faults)); diff != "" {
				t.Errorf("Parse (-want +got):\n%s", diff)
			}
			if slices.ContainsFunc(faults, changesTheRest) {
				return
			}
			said := strings.Split(string(c[2].Data), "\n")
			for _, l := range lines {
				if s := fmt.Sprintf("%s=%q", l.Name, l.Value); !slices.Contains(said, s) {
					t.Errorf("%s, but bash says:\n%s", s, c[2].Data)
				}
			}
		})
	}
}

// changesTheRest reports whether bash takes the following lines as part of the
// one at fault, so that they can be compared no more. Parse gives them, for more
// faults to be found; no text with a fault counts.
func changesTheRest(f Fault) bool {
	return slices.Contains([]string{notASetting, openQuote, continued}, f.Message)
}

// raw turns the escapes of a case into what an editor would not keep.
func raw(b []byte) string {
	return strings.NewReplacer("<BOM>", "\uFEFF", "<CR>", "\r", "<NUL>", "\x00", "<NBSP>", "\u00a0", "<LATIN1>", "\xe9", "<TAB>", "\t").Replace(string(b))
}

func text(lines []Line, faults []Fault) string {
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "%d %s=%q\n", l.Number, l.Name, l.Value)
	}
	for _, f := range faults {
		kind := "error"
		if f.Warning {
			kind = "warning"
		}
		fmt.Fprintf(&b, "%s: line %d: %s %s\n", kind, f.Line, f.Name, f.Message)
	}
	return b.String()
}

// record runs bash on the cases, which do no harm, and Parse.
func record(t *testing.T, a *txtar.Archive) {
	var inputs []txtar.File
	for _, f := range a.Files {
		if strings.HasSuffix(f.Name, ".env") {
			inputs = append(inputs, f)
		}
	}
	a.Files = nil
	for _, f := range inputs {
		name := strings.TrimSuffix(f.Name, ".env")
		lines, faults := Parse(raw(f.Data))
		a.Files = append(a.Files, f,
			txtar.File{Name: name + ".parsed", Data: []byte(text(lines, faults))},
			txtar.File{Name: name + ".bash", Data: []byte(sourced(t, raw(f.Data)))})
	}
}

// sourced gives the variables that bash has after sourcing a text. Carriage
// returns and a byte order mark are taken out first: they are no part of what
// the writer meant, and bash makes them part of the values.
func sourced(t *testing.T, text string) string {
	dir := t.TempDir()
	file := filepath.Join(dir, "common.env")
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\uFEFF"), "\r\n", "\n")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	c := exec.Command("bash", "--norc", "--noprofile", "-c", `set -a; . ./common.env >/dev/null 2>&1; unset OLDPWD; env -0`)
	c.Dir, c.Env = dir, []string{"PATH=/usr/bin:/bin"}
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	var vars []string
	for v := range strings.SplitSeq(string(out), "\x00") {
		name, value, _ := strings.Cut(v, "=")
		if v != "" && !slices.Contains([]string{"PATH", "PWD", "SHLVL", "_"}, name) {
			vars = append(vars, fmt.Sprintf("%s=%q\n", name, value))
		}
	}
	slices.Sort(vars)
	return strings.Join(vars, "")
}

// A fault holds nothing of the text but the name of a variable: its message is
// one of those that stand in this package.
func FuzzParse(f *testing.F) {
	a, err := txtar.ParseFile("testdata/dotenv.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range a.Files {
		f.Add(raw(file.Data))
	}
	known := []string{
		notASetting, noBlanks, appends, arrays, commands, operators, openQuote, continued, trailing, expansion,
		unset, tilde, braces, control, differs, indirect, grows, growsInSum, tooMany,
	}
	f.Fuzz(func(t *testing.T, s string) {
		lines, faults := Parse(s)
		for _, f := range faults {
			var first int
			fmt.Sscanf(f.Message, twice, &first)
			if !slices.Contains(known, f.Message) && f.Message != fmt.Sprintf(twice, first) {
				t.Errorf("message %q", f.Message)
			}
			if nameLength(f.Name) != len(f.Name) {
				t.Errorf("name %q", f.Name)
			}
		}
		size, seen := 0, map[string]bool{}
		for _, l := range lines {
			if l.Name == "" || nameLength(l.Name) != len(l.Name) || seen[l.Name] || strings.ContainsAny(l.Value, "\n\x00") {
				t.Errorf("line %+v", l)
			}
			seen[l.Name] = true
			size += len(l.Value)
		}
		if size > len(s)+maxReferred {
			t.Errorf("%d bytes of text give %d", len(s), size)
		}
	})
}
