package fn

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/nested-config/nested-config/fn/config"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// resourceID is what kustomize knows a resource again by after a transformer.
const resourceID = "kustomize.config.k8s.io/id"

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
	case !ofKind(fc, config.Kind):
		l.report(fc, config.Problem{Severity: config.Error, Path: "kind", Value: strconv.Quote(fc.GetKind()), Message: "must be " + config.Kind + " of " + config.APIVersion + ", or " + config.FleetCheckKind})
		return
	}
	for _, item := range l.rl.Items {
		if !ofKind(item, config.Kind) || !l.mine(item) {
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
	if v := l.view(); len(l.members) == 0 && v.part && v.hidden > l.kptfiles() {
		l.report(nil, config.Problem{Severity: config.Error, Message: "no NestedConfig is among the items: " + wholeList})
		return
	}
	if l.unrendered() == 0 && len(l.members) == 0 {
		l.report(nil, config.Problem{Severity: config.Info, Message: "no NestedConfig here: nothing to do"})
	}
}

func (l *list) isFleetCheck() bool {
	fc := l.rl.FunctionConfig
	if !ofKind(fc, config.FleetCheckKind) {
		return false
	}
	for _, p := range config.LoadFleetCheck(fc.YNode()) {
		l.report(fc, p)
	}
	for _, item := range l.rl.Items {
		if ofKind(item, config.Kind) {
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

// isNoConfig reports whether a functionConfig is what `kpt fn eval` sends when it
// was given none: an empty ConfigMap of a name of its own.
func isNoConfig(fc *yaml.RNode) bool {
	return fc.GetApiVersion() == "v1" && fc.GetKind() == "ConfigMap" && fc.GetName() == "function-input" && len(fc.GetDataMap()) == 0
}

// sameResource reports whether the functionConfig is this item: kpt and
// kustomize send it in both places.
func sameResource(fc, item *yaml.RNode) bool {
	return fc.GetName() == item.GetName() && fc.GetApiVersion() == item.GetApiVersion() && specText(fc) == specText(item)
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
// that is a resource as well. A list with an error keeps its items as they came.
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
	m := &member{node: n, item: item, path: pathOf(n), pkg: l.packages.of(n)}
	if !item {
		m.pkg = l.packages.at(path.Join(slashed(l.own), "config")) // of the package that runs us
	}
	if len(l.members) > 0 && n.GetAnnotations()[packagePath] != l.members[0].node.GetAnnotations()[packagePath] {
		l.several = true
	}
	// What is written goes beside the config: an orchestrator gives no such path, and a hostile list must not lead the writer out of the package.
	if p := slashed(m.path); path.IsAbs(p) || path.Clean(p) == ".." || strings.HasPrefix(path.Clean(p), "../") {
		l.report(n, config.Problem{Severity: config.Error, Path: "metadata.annotations[" + kioutil.PathAnnotation + "]", Value: strconv.Quote(m.path),
			Message: "leads out of the package: must be relative to it, without .."})
	}
	l.members = append(l.members, m)
}
