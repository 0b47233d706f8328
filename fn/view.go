package fn

import (
	"path"
	"slices"
	"strconv"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/manifest"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// resourceNumber is kpt's count of the resources of a package, from 0. Items carry
// it only when kpt hides some of them from the function, to put back what comes
// out: when a pipeline has selectors or an exclude, and for --match-* and
// --exclude-* of kpt fn eval. What is missing in the count is hidden, and maybe
// something behind the last.
const resourceNumber = "internal.config.k8s.io/kpt-resource-id"

// hiding is what hides resources, and wholeList the remedy.
const hiding = "selectors or exclude in a pipeline, or --match-* or --exclude-* of kpt fn eval, hide a part of the package"
const wholeList = hiding +
	", and hidden files would be written twice: let nested-config see the whole package (Kptfiles may be left out once it has rendered)"

// view is what of a package the function sees.
type view struct {
	part   bool // kpt hides something
	hidden int  // how many resources, at least
}

func (l *list) view() view {
	seen, highest := map[int]bool{}, -1
	for _, item := range l.rl.Items {
		if n, err := strconv.Atoi(item.GetAnnotations()[resourceNumber]); err == nil {
			seen[n] = true
			highest = max(highest, n)
		}
	}
	if highest >= 0 {
		return view{true, highest + 1 - len(seen)}
	}
	// kpt fn render always has the Kptfile of the package that runs us.
	if own := slashed(l.own); own != "" && l.packages[own] == nil {
		return view{true, 1}
	}
	return view{}
}

// kptfiles is how many of the hidden resources may be Kptfiles, which nobody
// needs: one in each directory where one can have been, when none is seen.
func (l *list) kptfiles() int {
	dirs := map[string]bool{}
	for _, item := range l.rl.Items {
		if item.GetKind() == "Kptfile" {
			return 0
		}
		if ownerOf(item) == "" {
			dirs[l.directory(item)] = true
		}
	}
	return len(dirs)
}

// directory is where a Kptfile for an item may stand: in its package where kpt
// names that, else in its directory.
func (l *list) directory(item *yaml.RNode) string {
	if p := item.GetAnnotations()[packagePath]; p != "" {
		return p
	}
	return path.Dir(slashed(pathOf(item)))
}

// checkView refuses to add files to a package of which a part is hidden, unless
// that part can be nothing but Kptfiles. What is updated in place does no harm.
func (l *list) checkView(c changes) {
	v := l.view()
	if !v.part || len(c.added) == 0 {
		return
	}
	harmless := v.hidden <= l.kptfiles()
	if len(c.old) == 0 {
		// The first time, or is everything hidden? Service IPs that are not pinned tell
		// that it never rendered here.
		harmless = harmless && c.pinned != nil
	}
	declared := func(n *yaml.RNode) bool { return n.GetKind() == config.LinkLocalServiceKind }
	if len(c.old) > 0 && (slices.ContainsFunc(c.added, manifest.Always) || !slices.ContainsFunc(c.old, declared)) {
		harmless = false // what every config has was there, and is hidden now
	}
	if !harmless {
		l.report(c.node, config.Problem{Severity: config.Error, Message: wholeList})
	}
}

// checkPackages refuses to write into a package that was made of what was
// rendered: its resources are not seen as those of our package any more.
func (l *list) checkPackages(c changes) {
	for _, r := range c.added {
		if pkg := l.packages.at(location(r)); pkg != c.pkg {
			l.subPackage(c.member, pkg)
			return
		}
	}
	rendered := map[string]bool{} // packages with a config of this name
	for _, item := range l.rl.Items {
		if ofKind(item, config.Kind) && item.GetName() == c.config.Name {
			rendered[l.packages.of(item)] = true
		}
	}
	for _, item := range l.rl.Items {
		pkg := l.packages.of(item)
		if ownerOf(item) == c.config.Name && manifest.Always(item) && below(pkg, c.pkg) && !rendered[pkg] && !l.packages.runsFunctions(pkg) {
			l.subPackage(c.member, pkg)
			return
		}
	}
}

func (l *list) subPackage(m *member, pkg string) {
	l.report(m.node, config.Problem{Severity: config.Error, Message: l.shown(pkg) + " is a separate kpt package, but holds resources that are rendered for " + m.config.Name +
		", which would be written twice: remove " + l.shown(pkg) + "/Kptfile, or move this NestedConfig and the pipeline into it"})
}
