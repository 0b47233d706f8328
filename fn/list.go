package fn

//lint:file-ignore SA1019 kpt and older kustomize know items by the legacy annotations alone

import (
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/krm"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

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
	members []*member
	// withFiles: items come from files, as under kpt, and go back into them.
	withFiles bool
	// own is the package whose pipeline runs the function. Its sub-packages'
	// items come along, with paths relative to themselves, and are not ours.
	own string
	// packages are those that the list shows.
	packages packages
	// several: members come from more than one package.
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

// ofKind reports whether a resource is of one of our kinds, whatever its version:
// another version is an error of the config, not somebody else's resource. Nobody
// else has a kind NestedConfig, so a group that is misspelt is an error as well.
func ofKind(n *yaml.RNode, kind string) bool {
	return n != nil && n.GetKind() == kind && (kind == config.Kind || strings.HasPrefix(n.GetApiVersion(), config.Group+"/"))
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
