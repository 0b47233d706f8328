package fn_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Another module can name, make and read every type that the packages below fn show
// it: none is of an internal package.
func TestAPIHasNoInternalTypes(t *testing.T) {
	const module = "github.com/nested-config/nested-config/"
	exports := map[string]string{}
	out, err := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		exports[path] = file
	}
	imports := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	shown := 0
	for path := range exports {
		if path != module+"fn" && !strings.HasPrefix(path, module+"fn/") {
			continue
		}
		pkg, err := imports.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range pkg.Scope().Names() {
			if o := pkg.Scope().Lookup(name); o.Exported() {
				shown++
				for _, found := range internalIn(o) {
					t.Errorf("%s: %s", strings.TrimPrefix(path, module), found)
				}
			}
		}
	}
	if shown < 100 {
		t.Errorf("%d names only: the packages are not read", shown)
	}
}

// internalIn says where a package shows a type of an internal package: in the
// signature of a function, in a variable, in an exported field or method.
func internalIn(o types.Object) []string {
	var found []string
	seen := map[types.Type]bool{}
	var walk func(where string, t types.Type)
	tuple := func(where string, t *types.Tuple) {
		for v := range t.Variables() {
			walk(where, v.Type())
		}
	}
	named := func(where string, name *types.TypeName) {
		if name.Pkg() != nil && strings.Contains(name.Pkg().Path(), "/nested-config/internal/") {
			found = append(found, fmt.Sprintf("%s: is of %s.%s", where, name.Pkg().Path(), name.Name()))
		}
	}
	walk = func(where string, t types.Type) {
		if seen[t] {
			return
		}
		seen[t] = true
		switch t := t.(type) {
		case *types.Alias:
			named(where, t.Obj())
			walk(where, t.Rhs())
		case *types.Named:
			named(where, t.Obj())
			for a := range t.TypeArgs().Types() {
				walk(where, a)
			}
			if t.Obj().Pkg() != o.Pkg() {
				return // shown, or not, by its own package
			}
			for m := range t.Methods() {
				if m.Exported() {
					walk(where+"."+m.Name(), m.Type())
				}
			}
			walk(where, t.Underlying())
		case *types.Struct:
			for f := range t.Fields() {
				if f.Exported() {
					walk(where+"."+f.Name(), f.Type())
				}
			}
		case *types.Signature:
			tuple(where, t.Params())
			tuple(where, t.Results())
		case *types.Interface:
			for m := range t.Methods() {
				walk(where+"."+m.Name(), m.Type())
			}
		case *types.Map:
			walk(where, t.Key())
			walk(where, t.Elem())
		case interface{ Elem() types.Type }: // pointer, slice, array, channel
			walk(where, t.Elem())
		}
	}
	walk(o.Name(), o.Type())
	return found
}

// The examples are what another module may copy: .ci/module runs them in one. So each
// package that is to be imported has them, and none of them imports an internal package.
func TestExamplesAreForOtherModules(t *testing.T) {
	for _, dir := range []string{".", "config", "fleet", "linklocal", "manifest", "underlay"} {
		text, err := os.ReadFile(filepath.Join(dir, "example_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), dir, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		examples := 0
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && strings.HasPrefix(f.Name.Name, "Example") {
				examples++
			}
		}
		if examples == 0 || bytes.Contains(text, []byte("/internal/")) {
			t.Errorf("%s/example_test.go: has %d examples, or imports an internal package", dir, examples)
		}
	}
}
