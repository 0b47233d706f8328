package fn_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/fn/krm"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
)

// FuzzRun gives the function whatever may stand on stdin. Whatever it is: no
// panic; the same input gives the same bytes; with an error nothing is rendered;
// and where items have files, a second run changes nothing.
func FuzzRun(f *testing.F) {
	for _, seed := range seeds(f, "ResourceList") {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) > 64<<10 {
			t.Skip() // the reader's own work, and no other path
		}
		var out, again bytes.Buffer
		results, err := fn.Run(bytes.NewReader(in), &out)
		againResults, againErr := fn.Run(bytes.NewReader(in), &again)
		if diff := cmp.Diff(out.String(), again.String()); diff != "" {
			t.Fatalf("the same input gives other bytes (-first +second):\n%s", diff)
		}
		if diff := cmp.Diff(results, againResults); diff != "" || (err == nil) != (againErr == nil) {
			t.Fatalf("the same input gives other results:\n%s", diff)
		}
		if err != nil && !errors.Is(err, fn.ErrInvalid) {
			if out.Len() > 0 {
				t.Fatalf("%v, and yet there is output:\n%s", err, &out)
			}
			return
		}
		failed := slices.ContainsFunc(results, func(r krm.Result) bool { return r.Severity == krm.Error })
		if failed != (err != nil) {
			t.Fatalf("the error is %v, the results are\n%v", err, results)
		}
		for _, r := range results {
			if line := fn.Line(r, true); strings.ContainsAny(line, "\n\r\x1b") || r.Message == "" {
				t.Fatalf("not one line for a person: %q", line)
			}
		}
		given, written := items(t, in), items(t, out.Bytes())
		if failed && len(given) != len(written) {
			t.Fatalf("an error, and %d items have become %d", len(given), len(written))
		}
		withFiles := len(given) > 0 && !slices.ContainsFunc(given, func(i item) bool { return i.path == "" })
		if failed || !withFiles {
			return
		}
		var second bytes.Buffer
		if _, err := fn.Run(bytes.NewReader(out.Bytes()), &second); err != nil {
			t.Fatalf("the second run fails: %v\n%s", err, &second)
		}
		if diff := cmp.Diff(written, items(t, second.Bytes()), cmp.AllowUnexported(item{})); diff != "" {
			t.Fatalf("the second run changes something (-first +second):\n%s", diff)
		}
	})
}

type item struct{ path, text string }

// items are those of a ResourceList.
func items(t *testing.T, list []byte) []item {
	t.Helper()
	r := kio.ByteReader{Reader: bytes.NewReader(list), OmitReaderAnnotations: true}
	nodes, err := r.Read()
	if err != nil || r.WrappingKind != kio.ResourceListKind {
		t.Fatalf("not a ResourceList: %v\n%s", err, list)
	}
	all := make([]item, len(nodes))
	for i, n := range nodes {
		text, err := n.String()
		if err != nil {
			t.Fatal(err)
		}
		all[i] = item{n.GetAnnotations()[kioutil.PathAnnotation], text}
	}
	return all
}

// seeds are the files of a kind in the scripts of testdata.
func seeds(f *testing.F, kind string) [][]byte {
	f.Helper()
	scripts, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	var found [][]byte
	for _, script := range scripts {
		a, err := txtar.ParseFile(script)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			if bytes.Contains(file.Data, []byte("kind: "+kind+"\n")) {
				found = append(found, file.Data)
			}
		}
	}
	if len(found) == 0 {
		f.Fatalf("no %s in testdata", kind)
	}
	return found
}
