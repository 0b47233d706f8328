package fn_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A variable that a package exports is an error to compare with, or the files that are
// embedded: anybody could write to a table.
func TestNoTableIsExported(t *testing.T) {
	found := 0
	for _, top := range []string{"../bases", "../fn", "../internal"} {
		err := filepath.WalkDir(top, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for _, d := range f.Decls {
				g, ok := d.(*ast.GenDecl)
				if !ok || g.Tok != token.VAR {
					continue
				}
				for _, s := range g.Specs {
					v := s.(*ast.ValueSpec)
					if !slices.ContainsFunc(v.Names, (*ast.Ident).IsExported) {
						continue
					}
					found++
					if !strings.HasPrefix(v.Names[0].Name, "Err") && filepath.ToSlash(path) != "../bases/bases.go" {
						t.Errorf("%s: %s: give it by a function", path, v.Names[0].Name)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found < 5 {
		t.Errorf("only %d exported variables are found: this test looks in the wrong place", found)
	}
}
