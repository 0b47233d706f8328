package fn

//lint:file-ignore SA1019 kpt and older kustomize know items by the legacy annotations alone

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/fleet"
	"github.com/nested-config/nested-config/fn/krm"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// resourceID is what kustomize knows a resource again by after a transformer.
const resourceID = "kustomize.config.k8s.io/id"

// member is a NestedConfig of the list.
type member struct {
	node     *yaml.RNode
	item     bool   // stands among the items, not only in functionConfig
	path     string // of its file, relative to what kpt was given or to its package; "" for none
	pkg      string // its package, as packages has it
	config   config.Config
	valid    bool
	rendered []*yaml.RNode
	pinned   *yaml.RNode // node with the allocation written into it, nil for none
}

// list is a ResourceList while it is worked on.
type list struct {
	rl      *krm.ResourceList
	members []member
	// withFiles: items come from files, as under kpt, and go back into them.
	withFiles bool
	// own is the package whose pipeline runs the function. Its sub-packages'
	// items come along, with paths relative to themselves, and are not ours.
	own string
	// packages are those that the list shows.
	packages packages
	// several: the members are of several packages.
	several bool
	failed  bool
}

func newList(rl *krm.ResourceList) *list {
	l := &list{rl: rl, packages: findPackages(rl.Items)}
	if rl.FunctionConfig != nil {
		l.own = rl.FunctionConfig.GetAnnotations()[packagePath]
	}
	first := l.own == ""
	for _, item := range rl.Items {
		a := item.GetAnnotations(kioutil.PathAnnotation, kioutil.LegacyPathAnnotation, packagePath)
		if a[kioutil.PathAnnotation]+a[kioutil.LegacyPathAnnotation] != "" {
			l.withFiles = true
		}
		// The shortest path: a package's own items, its Kptfile at least, are always
		// among those that it gets.
		if p := a[packagePath]; first && p != "" && (l.own == "" || len(p) < len(l.own)) {
			l.own = p
		}
	}
	return l
}

// mine reports whether an item belongs to the package whose pipeline runs us.
func (l *list) mine(item *yaml.RNode) bool { return item.GetAnnotations()[packagePath] == l.own }

func (l *list) isFleetCheck() bool {
	fc := l.rl.FunctionConfig
	if !ours(fc, config.FleetCheckKind) {
		return false
	}
	for _, p := range config.LoadFleetCheck(fc.YNode()) {
		l.report(fc, p)
	}
	for _, item := range l.rl.Items {
		if ours(item, config.Kind) {
			l.add(item, true)
		}
	}
	l.checksSome()
	return true
}

// checksSome says that a FleetCheck without configs checks nothing. In a package
// that shows all of itself they may come later; everywhere else it is an error:
// kustomize sends nothing to a generator, and generators are no items.
func (l *list) checksSome() {
	isKptfile := func(n *yaml.RNode) bool { return n.GetKind() == "Kptfile" }
	switch {
	case len(l.members) > 0, l.failed:
	case l.view().part:
		l.report(l.rl.FunctionConfig, config.Problem{Severity: config.Error, Message: "no NestedConfig is among the items, so nothing is checked: " + hiding + ": let the FleetCheck see all of it"})
	case slices.ContainsFunc(l.rl.Items, isKptfile):
		l.report(l.rl.FunctionConfig, config.Problem{Severity: config.Warning, Message: "no NestedConfig is among the items, so nothing is checked"})
	default:
		l.report(l.rl.FunctionConfig, config.Problem{Severity: config.Error, Message: "no NestedConfig is among the items, so nothing is checked: " +
			"in a kustomization, list the NestedConfigs under resources and the FleetCheck under transformers"})
	}
}

// ours reports whether a resource is of one of our kinds, whatever its version:
// another version is an error of the config, not somebody else's resource. Nobody
// else has a kind NestedConfig, so a group that is misspelt is an error as well.
func ours(n *yaml.RNode, kind string) bool {
	return n != nil && n.GetKind() == kind && (kind == config.Kind || strings.HasPrefix(n.GetApiVersion(), config.Group+"/"))
}

// find collects the configs to render: the functionConfig and those among the
// items of our own package.
func (l *list) find() {
	fc := l.rl.FunctionConfig
	switch {
	case fc.IsNilOrEmpty(), isNoConfig(fc):
		fc = nil
	case fc.GetKind() == config.FleetCheckKind:
		l.report(fc, config.Problem{Severity: config.Error, Path: "apiVersion", Value: strconv.Quote(fc.GetApiVersion()), Message: "must be " + config.APIVersion})
		return
	case !ours(fc, config.Kind):
		l.report(fc, config.Problem{Severity: config.Error, Path: "kind", Value: strconv.Quote(fc.GetKind()), Message: "must be " + config.Kind + " of " + config.APIVersion + ", or " + config.FleetCheckKind})
		return
	}
	for _, item := range l.rl.Items {
		if !ours(item, config.Kind) || !l.mine(item) {
			continue
		}
		if fc != nil && sameResource(fc, item) {
			fc = nil // the orchestrator's copy of what is among the items
		}
		l.add(item, true)
	}
	if fc != nil && pathOf(fc) != "" {
		l.report(fc, config.Problem{Severity: config.Error, Message: "this NestedConfig is not among the items: " + wholeList})
		return
	}
	if fc != nil {
		l.add(fc, false)
	}
	l.dropEcho()
	if v := l.view(); len(l.members) == 0 && v.part && v.hidden > l.kptfiles() {
		l.report(nil, config.Problem{Severity: config.Error, Message: "no NestedConfig is among the items: " + wholeList})
		return
	}
	if l.unrendered() == 0 && len(l.members) == 0 {
		l.report(nil, config.Problem{Severity: config.Info, Message: "no NestedConfig here: nothing to do"})
	}
}

// isNoConfig reports whether a functionConfig is what `kpt fn eval` sends when it
// was given none: an empty ConfigMap of a name of its own.
func isNoConfig(fc *yaml.RNode) bool {
	return fc.GetApiVersion() == "v1" && fc.GetKind() == "ConfigMap" && fc.GetName() == "function-input" && len(fc.GetDataMap()) == 0
}

// sameResource reports whether the functionConfig is this item: kpt and
// kustomize send it in both places.
func sameResource(fc, item *yaml.RNode) bool {
	return fc.GetName() == item.GetName() && specText(fc) == specText(item)
}

func specText(n *yaml.RNode) string {
	spec := n.Field("spec")
	if spec == nil {
		return ""
	}
	s, err := spec.Value.String()
	if err != nil {
		return ""
	}
	return s
}

// dropEcho removes kustomize's copy of the functionConfig, a generator's only
// item: returning it costs the build a schema, and collides with the file when
// that is a resource as well.
func (l *list) dropEcho() {
	fc := l.rl.FunctionConfig
	if l.withFiles || len(l.rl.Items) != 1 || fc.IsNilOrEmpty() || len(l.members) != 1 || !l.members[0].item {
		return
	}
	if l.rl.Items[0].GetAnnotations()[resourceID] != "" {
		return // a transformer's, and thus a resource of the build
	}
	l.members[0].item = false
	l.rl.Items = nil
}

func (l *list) add(n *yaml.RNode, item bool) {
	m := member{node: n, item: item, path: pathOf(n), pkg: l.packages.of(n)}
	if !item {
		m.pkg = l.packages.at(path.Join(slashed(l.own), "config")) // of the package that runs us
	}
	if len(l.members) > 0 && n.GetAnnotations()[packagePath] != l.members[0].node.GetAnnotations()[packagePath] {
		l.several = true
	}
	l.members = append(l.members, m)
}

// loadAll reads every config, and reports whatever is wrong with any of them.
func (l *list) loadAll() {
	names := map[string]bool{}
	for i := range l.members {
		m := &l.members[i]
		c, problems := config.Load(m.node.YNode())
		m.config, m.valid = c, !problems.Errors()
		for _, p := range problems {
			l.report(m.node, p)
		}
		if key := m.pkg + " " + c.Name; c.Name != "" && names[key] {
			l.report(m.node, config.Problem{Severity: config.Error, Path: "metadata.name", Value: strconv.Quote(c.Name), Message: "is the name of another NestedConfig here: choose another"})
			m.valid = false // its cluster name would only say so again
		} else {
			names[key] = true
		}
	}
}

// checkFleet compares the configs that are valid by themselves.
func (l *list) checkFleet() {
	var configs []config.Config
	var where []string
	var at []int
	for i, m := range l.members {
		if m.valid {
			configs, where, at = append(configs, m.config), append(where, l.where(m.node)), append(at, i)
		}
	}
	for _, p := range fleet.Check(configs, where) {
		l.report(l.members[at[p.Member]].node, p.Problem)
	}
}

// where is how messages call a resource: by its file, or by its name where there
// is none. The package stands in front where the list has several.
func (l *list) where(n *yaml.RNode) string {
	f := file(n)
	if f == nil {
		return n.GetName()
	}
	if pkg := n.GetAnnotations()[packagePath]; pkg != "" && l.several {
		return pkg[strings.LastIndexAny(pkg, `/\`)+1:] + "/" + f.Path
	}
	return f.Path
}

// onePerCluster refuses a second config where both would render resources of the
// same names for one cluster: in a kpt package, which is applied as a whole, and in
// a list without files. In a directory that is no package each has its own.
func (l *list) onePerCluster() {
	first := map[string]member{}
	for _, m := range l.members {
		_, isPackage := l.packages[m.pkg]
		if l.withFiles && !isPackage {
			continue
		}
		other, second := first[m.pkg]
		switch {
		case !second:
			first[m.pkg] = m
		case other.config.Name == m.config.Name: // which is an error already
		case l.withFiles:
			l.report(m.node, config.Problem{Severity: config.Error, Message: "is the second NestedConfig of this kpt package, and what both render has the same names: " +
				"give each a package of its own, a directory with a Kptfile (" + l.where(other.node) + " is the first)"})
		default:
			l.report(m.node, config.Problem{Severity: config.Error, Message: "is the second NestedConfig here, and what both render has the same names: " +
				"render each by itself (" + l.where(other.node) + " is the first)"})
		}
	}
}

// appendAll puts what is rendered behind the items.
func (l *list) appendAll() {
	foreign := map[string]*yaml.RNode{}
	for _, item := range l.rl.Items {
		foreign[identity(item)] = item
	}
	var added []*yaml.RNode
	for _, m := range l.members {
		for _, r := range m.rendered {
			if other := foreign[identity(r)]; other != nil {
				l.conflict(m, r, other, "is there already and is not ours")
			}
		}
		added = append(added, m.rendered...)
	}
	if !l.failed {
		l.rl.Items = append(l.rl.Items, added...)
	}
}
