package fn

//lint:file-ignore SA1019 kpt and older kustomize know items by the legacy annotations alone

import (
	"path"
	"strings"

	"github.com/nested-config/nested-config/fn/config"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// packagePath is kpt's mark of the package that an item belongs to: the absolute
// path of its directory, to which the item's own path is relative. kpt fn render
// sets it, kpt fn eval and others do not: their paths are relative to the
// directory that they were given, whatever packages are in it.
const packagePath = "internal.config.kubernetes.io/package-path"

// packages are the directories that are kpt packages, by what can be seen: those
// with a Kptfile among the items, and those that kpt names. The Kptfile is nil
// where it is left out of the list.
type packages map[string]*yaml.RNode

func findPackages(items []*yaml.RNode) packages {
	ps := packages{}
	for _, item := range items {
		if p := item.GetAnnotations()[packagePath]; p != "" && ps[slashed(p)] == nil {
			ps[slashed(p)] = nil
		}
		if p := pathOf(item); path.Base(p) == "Kptfile" && item.GetKind() == "Kptfile" {
			ps[path.Dir(location(item))] = item
		}
	}
	return ps
}

// of is the package of an item: the nearest directory above it. It is "." where
// the list shows none.
func (ps packages) of(item *yaml.RNode) string { return ps.at(location(item)) }

func (ps packages) at(file string) string {
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		if _, is := ps[dir]; is || dir == path.Dir(dir) {
			return dir
		}
	}
}

// runsFunctions reports whether a package has a pipeline, so that it may have
// rendered what it holds by itself.
func (ps packages) runsFunctions(dir string) bool {
	kptfile := ps[dir]
	return kptfile == nil || kptfile.Field("pipeline") != nil
}

// unrendered reports the configs of sub-packages for which nothing is rendered: a
// pipeline renders its own package only, and those of the sub-packages have run
// before. It is an error where the pipeline has nothing else to do; beside a config
// of its own they may be there for a FleetCheck.
func (l *list) unrendered() (found int) {
	if l.view().part {
		return 0
	}
	rendered := map[string]bool{} // packages and, in them, owners
	for _, item := range l.rl.Items {
		rendered[l.packages.of(item)+" "+ownerOf(item)] = true
	}
	severity := config.Error
	if len(l.members) > 0 {
		severity = config.Warning
	}
	for _, item := range l.rl.Items {
		pkg := l.packages.of(item)
		if !ofKind(item, config.Kind) || l.mine(item) || rendered[pkg+" "+item.GetName()] {
			continue
		}
		found++
		l.report(item, config.Problem{Severity: severity, Message: "no pipeline has rendered this NestedConfig of the package " + l.shown(pkg) +
			": a pipeline renders only its own package: add nested-config to the pipeline of " + l.shown(pkg) + "/Kptfile"})
	}
	return found
}

// location is where a resource stands, in one tree for the whole list.
func location(n *yaml.RNode) string {
	return path.Join(slashed(n.GetAnnotations()[packagePath]), slashed(pathOf(n)))
}

// below reports whether a package lies in another one.
func below(dir, parent string) bool {
	return dir != parent && (parent == "." || strings.HasPrefix(dir, strings.TrimSuffix(parent, "/")+"/"))
}

// shown is how a message calls a directory or a file: relative to the package
// that runs the function.
func (l *list) shown(location string) string {
	return strings.TrimPrefix(location, slashed(l.own)+"/")
}

func pathOf(n *yaml.RNode) string {
	a := n.GetAnnotations()
	if p := a[kioutil.PathAnnotation]; p != "" {
		return p
	}
	return a[kioutil.LegacyPathAnnotation]
}

// slashed are kpt's paths of Windows as those of everybody.
func slashed(p string) string { return strings.ReplaceAll(p, `\`, "/") }
