package pattern

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Every call that is made before main begins costs every run of the function, whether it
// needs the result or not.
func TestNothingIsCompiledAtStart(t *testing.T) {
	files := token.NewFileSet()
	seen := 0
	for _, path := range sources(t) {
		f, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			ast.Inspect(g, func(n ast.Node) bool {
				if _, deferred := n.(*ast.FuncLit); deferred {
					return false
				}
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				switch name := called(call); {
				case strings.HasPrefix(name, "regexp.MustCompile"):
					t.Errorf("%s: a regular expression is compiled at every start: use pattern.Of", files.Position(call.Pos()))
				case name == "pattern.Of":
					seen++
					compiles(t, files.Position(call.Pos()), call.Args[0])
				}
				return true
			})
		}
	}
	if seen == 0 {
		t.Error("no pattern is found: the test looks in the wrong place")
	}
}

// compiles checks an expression that stands in a source as it is: at run time it would
// panic only when it is needed.
func compiles(t *testing.T, at token.Position, arg ast.Expr) {
	t.Helper()
	literal, ok := arg.(*ast.BasicLit)
	if !ok {
		return // put together
	}
	defer func() {
		if v := recover(); v != nil {
			t.Errorf("%s: %v", at, v)
		}
	}()
	expr, err := strconv.Unquote(literal.Value)
	if err != nil {
		t.Fatal(err)
	}
	Of(expr)()
}

// called is the name of a function with its package, "" for any other call.
func called(call *ast.CallExpr) string {
	if s, ok := call.Fun.(*ast.SelectorExpr); ok {
		if pkg, ok := s.X.(*ast.Ident); ok {
			return pkg.Name + "." + s.Sel.Name
		}
	}
	return ""
}

func sources(t *testing.T) (paths []string) {
	t.Helper()
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}
