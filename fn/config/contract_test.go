package config

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/golden"
)

// noVariable are the fields that set no variable, with the reason.
var noVariable = map[string]string{
	"connectivity":                        "decides which addresses the variables of node lists hold",
	"release":                             "compatibility warnings",
	"namespace":                           "the namespace of all resources",
	"images.pullPolicy":                   "the pods",
	"images.insecure":                     "node preparation",
	"images.kubeManager.name":             "the pod",
	"images.kubeManager.tag":              "the pod",
	"images.kubeManager.digest":           "the pod",
	"images.cniInit.name":                 "the pods",
	"images.cniInit.tag":                  "the pods",
	"images.cniInit.digest":               "the pods",
	"underlay.name":                       "checks across configs",
	"underlay.rabbitmq.credentialsSecret": "a Secret with RABBITMQ_USER and RABBITMQ_PASSWORD",
	"linkLocal.pool":                      "service IPs, which the node lists hold",
	"linkLocal.exclude":                   "service IPs",
	"linkLocal.serviceIPs":                "service IPs",
	"linkLocal.namePrefix":                "names of link-local services",
	"kubernetes.version":                  "compatibility warnings, and the nodes that kube-manager asks for",
	"auth.credentialsSecret":              "a Secret with KEYSTONE_AUTH_ADMIN_USER and KEYSTONE_AUTH_ADMIN_PASSWORD",
	"auth.caSecret":                       "a Secret that is mounted; KEYSTONE_AUTH_CA_CERTFILE names the file",
	"tls.secretName":                      "a Secret that is mounted where the image looks",
	"kubeManager.resources":               "the pod",
	"kubeManager.nodeSelector":            "the pod",
	"kubeManager.tolerations":             "the pod",
	"kubeManager.env":                     "further variables",
	"cni.resources":                       "the pods",
	"cni.tolerations":                     "the pods",
	"cni.env":                             "further variables",
	"cni.hostPlugins":                     "the pods",
	"rbac":                                "the ClusterRole",
	"nodes":                               "node preparation",
	"commonEnv":                           "variables as dotenv text",
}

// leaf is a field of the spec that holds a value.
type leaf struct {
	path, fallback, doc string
	kind                reflect.Type
}

// leaves are the fields of the spec; those whose sections a variable holds as a
// whole, and the parts of pods, count as one.
func leaves() []leaf {
	whole := []reflect.Type{reflect.TypeFor[Network](), reflect.TypeFor[FIPPool](), reflect.TypeFor[Resources]()}
	var out []leaf
	var walk func(path string, t reflect.Type, defaults string)
	walk = func(path string, t reflect.Type, defaults string) {
		for i := range t.NumField() {
			f := t.Field(i)
			p := join(path, f.Tag.Get("yaml"))
			if isSection(f.Type) && !slices.Contains(whole, f.Type) {
				walk(p, f.Type, f.Tag.Get("defaults"))
				continue
			}
			fallback := withDefault(f, defaults).Get("default")
			if f.Type.Kind() == reflect.Bool {
				fallback = "false"
			}
			out = append(out, leaf{p, fallback, f.Tag.Get("doc"), f.Type})
		}
	}
	walk("", reflect.TypeFor[Spec](), "")
	return out
}

// Every field is in the contract of the images or is known to be no variable,
// and never both; and every line of the contract fits the type of its field.
func TestContractAndFieldsAgree(t *testing.T) {
	fields := map[string]leaf{}
	for _, l := range leaves() {
		fields[l.path] = l
	}
	held := map[string]string{}
	names := map[string]bool{}
	for v := range env.Contract() {
		if names[v.Name] {
			t.Errorf("%s stands in the contract twice", v.Name)
		}
		names[v.Name] = true
		if v.Field == "" {
			continue
		}
		l, ok := fields[v.Field]
		if !ok {
			t.Errorf("%s: spec has no field %s", v.Name, v.Field)
			continue
		}
		if other := held[v.Field]; other != "" {
			t.Errorf("%s is the field of %s and of %s", v.Field, other, v.Name)
		}
		held[v.Field] = v.Name
		if want := kindOf(l); want != v.Kind && v.Name != env.PullSecret {
			t.Errorf("%s has kind %d, its field %s is a %v", v.Name, v.Kind, v.Field, l.kind)
		}
	}
	for _, l := range leaves() {
		if (held[l.path] == "") != (noVariable[l.path] != "") {
			t.Errorf("%s: must be either in the contract (%q) or in noVariable (%q)", l.path, held[l.path], noVariable[l.path])
		}
	}
	for path := range noVariable {
		if _, ok := fields[path]; !ok {
			t.Errorf("noVariable: spec has no field %s", path)
		}
	}
}

// A line of the contract speaks only of fields, conditions, variables and releases
// that there are, and says when for every field that has no effect in some configs.
func TestContractIsWhole(t *testing.T) {
	var s Spec
	for v := range env.Contract() {
		for _, path := range []string{v.From, v.Instead, v.Secret} {
			if path != "" {
				s.Field(path) // panics where there is none
			}
		}
		s.Meets(v.When)
		when := ""
		switch {
		case strings.HasPrefix(v.Field, "auth.") && v.Field != "auth.mode", strings.HasPrefix(v.Field, "underlay.keystone."):
			when = "auth.mode=keystone"
		case strings.HasPrefix(v.Field, "tls."):
			when = "tls"
		}
		if v.Field != "" && v.When != when {
			t.Errorf("%s: its field spec.%s has an effect when %q, the contract says %q", v.Name, v.Field, when, v.When)
		}
		if v.Since != "" && since(v.Since) < 0 {
			t.Errorf("%s: %q is no release", v.Name, v.Since)
		}
		if _, known := env.Lookup(v.Fallback); v.Fallback != "" && !known {
			t.Errorf("%s: its fallback %s is no variable", v.Name, v.Fallback)
		}
		if set := []bool{v.Constant != "", v.Preset != "", v.Field != "" || v.From != "", v.Credential}; trues(set) > 1 {
			t.Errorf("%s has its value from more than one of Constant, Preset, a field and a Secret", v.Name)
		}
		if v.Default != "" && (v.DefaultText != "" || v.Fallback != "") || strings.ContainsAny(v.Default, " $") {
			t.Errorf("%s: its default is a value (%q), a variable (%q) or a text (%q)", v.Name, v.Default, v.Fallback, v.DefaultText)
		}
	}
}

func trues(set []bool) int {
	n := 0
	for _, b := range set {
		if b {
			n++
		}
	}
	return n
}

// The name of a variable is a string in one place: a misspelt one would be a
// variable that nobody reads.
func TestNamesAreSpelledOnce(t *testing.T) {
	root := filepath.Join("..", "..")
	spelled := map[string][]string{}
	for _, top := range []string{"main.go", "bases", "fn", "internal"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			files := token.NewFileSet()
			f, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
					text, _ := strconv.Unquote(l.Value)
					spelled[text] = append(spelled[text], files.Position(l.Pos()).String())
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for v := range env.Contract() {
		if places := spelled[v.Name]; len(places) != 1 || !strings.Contains(filepath.ToSlash(places[0]), "fn/env/contract.go") {
			t.Errorf("%s is spelled at %s: use a constant of fn/env", v.Name, strings.Join(places, ", "))
		}
	}
}

func kindOf(l leaf) env.Kind {
	switch l.kind {
	case reflect.TypeFor[linklocal.Host]():
		if strings.HasPrefix(l.path, "underlay.") {
			return env.Fabric // what stands there may have a service IP
		}
	case reflect.TypeFor[netip.Addr]():
		return env.Agent
	case reflect.TypeFor[[]netip.Addr]():
		return env.Nodes
	case reflect.TypeFor[[]netip.Prefix]():
		return env.Words
	case reflect.TypeFor[bool]():
		return env.Bool
	case reflect.TypeFor[int]():
		return env.Int
	case reflect.TypeFor[Network](), reflect.TypeFor[FIPPool]():
		return env.Dict
	}
	return env.Text
}

// docs/environment.md is the contract for people; -update writes it.
func TestEnvironmentDocument(t *testing.T) {
	const file = "../../docs/environment.md"
	got := environmentDocument()
	if golden.Update() {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs from the contract; go test ./fn/config -run TestEnvironmentDocument -update writes it (-want +got):\n%s", file, diff)
	}
}

func environmentDocument() string {
	var b strings.Builder
	b.WriteString(`# The environment of the images

This page lists every variable that the images ` + "`contrail-kubernetes-kube-manager`" + ` and
` + "`contrail-kubernetes-cni-init`" + ` read in nested mode: the field of a NestedConfig that holds it, the
value that is written by default, the default of the image if the variable is missing or empty, and the
releases that read it. The page is generated from ` + "`fn/env/contract.go`" + ` and the types of
` + "`fn/config`" + `; do not edit it.

`)
	fields := map[string]leaf{}
	for _, l := range leaves() {
		fields[l.path] = l
	}
	section(&b, "Fields", "", []string{"field below `spec`", "variable", "written by default", "default of the image", "image", "releases"},
		func(v env.Variable) []string {
			if v.Field == "" || v.Images == 0 {
				return nil
			}
			return []string{code(v.Field), code(v.Name), ours(v, fields[v.Field]), defaultOf(v), imagesOf(v), releasesOf(v)}
		})
	section(&b, "Credentials", "Only kube-manager gets them, from a Secret. Credentials in `commonEnv` are written into a Secret.",
		[]string{"variable", "Secret", "default of the image", "releases"},
		func(v env.Variable) []string {
			if !v.Credential || v.Images == 0 {
				return nil
			}
			where := "`contrail-kube-manager-token`, as a file"
			if v.Secret != "" {
				where = "of " + code(v.Secret)
			}
			return []string{code(v.Name), where, defaultOf(v), releasesOf(v)}
		})
	section(&b, "Always the same", "Another value in `commonEnv` is an error.",
		[]string{"variable", "value", "default of the image", "image", "releases"},
		func(v env.Variable) []string {
			if v.Constant == "" {
				return nil
			}
			return []string{code(v.Name), code(v.Constant), defaultOf(v), imagesOf(v), releasesOf(v)}
		})
	section(&b, "Without a field", "Add these with `kubeManager.env`, `cni.env` or `commonEnv`, unless their value follows from a field.",
		[]string{"variable", "written by default", "default of the image", "image", "releases"},
		func(v env.Variable) []string {
			if v.Field != "" || v.Images == 0 || v.Credential || v.Constant != "" {
				return nil
			}
			return []string{code(v.Name), follows(v), defaultOf(v), imagesOf(v), releasesOf(v)}
		})
	b.WriteString("`KUBERNETES__<section>__<param>` adds `<param>` to a section of kube-manager's configuration file, with `DASH`\nfor `-` since R1909. It writes the header of the section again. If the entrypoint has already\nwritten that section, kube-manager starts only with Python 2, which all releases up to R2005 have.\n\n")
	section(&b, "Where the images come from", "These variables are part of a `common.env`, but not of the environment of the pods.", []string{"field below `spec`", "variable"},
		func(v env.Variable) []string {
			if v.Field == "" || v.Images != 0 {
				return nil
			}
			return []string{code(v.Field), code(v.Name)}
		})
	b.WriteString("## Known, but not read in nested mode\n\n")
	var inert []string
	for v := range env.Contract() {
		if v.Field == "" && v.Images == 0 {
			inert = append(inert, code(v.Name))
		}
	}
	b.WriteString(strings.Join(inert, ", ") + ".\n\n## Fields without a variable\n\n| field below `spec` | purpose |\n| --- | --- |\n")
	for _, l := range leaves() {
		if why := noVariable[l.path]; why != "" {
			fmt.Fprintf(&b, "| %s | %s |\n", code(l.path), why)
		}
	}
	return b.String()
}

// section writes a table of the lines of the contract that row has cells for.
func section(b *strings.Builder, title, text string, columns []string, row func(env.Variable) []string) {
	fmt.Fprintf(b, "## %s\n\n", title)
	if text != "" {
		fmt.Fprintf(b, "%s\n\n", text)
	}
	fmt.Fprintf(b, "| %s |\n|%s\n", strings.Join(columns, " | "), strings.Repeat(" --- |", len(columns)))
	for v := range env.Contract() {
		if cells := row(v); cells != nil {
			fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
		}
	}
	b.WriteString("\n")
}

func code(s string) string { return "`" + s + "`" }

// defaultOf is what the image takes when the variable is missing, with what is
// literal as code.
func defaultOf(v env.Variable) string {
	switch {
	case v.DefaultText != "":
		return v.DefaultText
	case v.Fallback != "":
		return code("$" + v.Fallback)
	case v.Default != "":
		return code(v.Default)
	}
	return "none"
}

// ours is what this program writes when nothing sets the field.
func ours(v env.Variable, l leaf) string {
	switch {
	case v.Field == "kubernetes.clusterName":
		return "`metadata.name`"
	case v.Kind == env.Agent:
		return "allocated"
	case v.Name == env.FIPPool:
		return "`{}`"
	case strings.HasSuffix(v.Field, ".nodes") && v.Name != env.ConfigNodes:
		if kind := strings.Split(v.Field, ".")[1]; roleOf(linklocal.Kind(kind)).inherits {
			return "those of `underlay.config`"
		}
		return "not written"
	case v.When == "tls":
		return "`false`, once a switch of `tls` is true"
	case l.fallback == "" && strings.HasPrefix(v.Field, "cni."):
		return "not written"
	case l.fallback == "":
		return "required"
	}
	return code(l.fallback)
}

// follows is what is written of a variable without a field.
func follows(v env.Variable) string {
	switch {
	case v.From != "":
		return "the nodes of " + code(strings.TrimSuffix(v.From, ".nodes"))
	case v.Preset != "" && v.When != "":
		return code(v.Preset) + ", with " + code(v.When[strings.LastIndex(v.When, ",")+1:])
	case v.Preset != "":
		return code(v.Preset)
	case v.Instead != "":
		return "not written: follows from " + code(v.Instead)
	}
	return "not written"
}

// releasesOf are the releases that read the variable, in words; "" when nobody does in
// nested mode.
func releasesOf(v env.Variable) string {
	switch {
	case v.Images == 0 && v.Field == "":
		return ""
	case v.Readers != "":
		return v.Readers
	case v.Since == "":
		return "all"
	case v.Since == "master":
		return "tf master"
	case v.Since == "R5.0":
		return "R5.0 branch+"
	}
	return v.Since + "+"
}

func imagesOf(v env.Variable) string {
	var names []string
	if v.Images&env.KubeManager != 0 {
		names = append(names, "kube-manager")
	}
	if v.Images&env.CNI != 0 {
		names = append(names, "CNI")
	}
	return strings.Join(names, ", ")
}
