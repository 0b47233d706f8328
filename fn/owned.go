package fn

import (
	"path"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/manifest"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Owner is the annotation of rendered files: it holds the name of the NestedConfig.
// A resource with this annotation that can have been rendered for that config is
// updated and deleted by this program. A copy that somebody made belongs to them.
const Owner = config.Group + "/owner"

// holdings are what a package holds.
type holdings struct {
	// owned is what was written before, by owner, kind and the name with which it
	// was written. Several are copies of one, as an older version made them.
	owned map[string][]*yaml.RNode
	// foreign is somebody else's, by its identity in a cluster.
	foreign map[string]*yaml.RNode
	// files are the resources of each file.
	files map[string][]*yaml.RNode
	// claims are those of foreign that have our annotation all the same.
	claims []*yaml.RNode
}

// holdings looks at the items of a package. The configs of it say what else can
// be ours than what the items themselves tell.
func (l *list) holdings(pkg string) holdings {
	h := holdings{map[string][]*yaml.RNode{}, map[string]*yaml.RNode{}, map[string][]*yaml.RNode{}, nil}
	var items []*yaml.RNode
	for _, item := range l.rl.Items {
		if l.mine(item) && l.packages.of(item) == pkg {
			items = append(items, item)
		}
	}
	earlier := l.earlier(items)
	for _, item := range items {
		h.files[path.Clean(pathOf(item))] = append(h.files[path.Clean(pathOf(item))], item)
		owner := ownerOf(item)
		if name, ok := writtenAs(item, earlier[owner]); ok {
			key := ownedKey(owner, item.GetKind(), name)
			h.owned[key] = append(h.owned[key], item)
			continue
		}
		h.foreign[identity(item)] = item
		if owner != "" {
			h.claims = append(h.claims, item)
		}
	}
	return h
}

// earlier is, for each owner, what may have been rendered for it: by the config
// that there is, and by one that was there when the items were written.
func (l *list) earlier(items []*yaml.RNode) map[string][]manifest.Earlier {
	namespaces, secrets := map[string]map[string]int{}, map[string][]string{}
	for _, item := range items {
		owner := ownerOf(item)
		if owner == "" || !manifest.Namespaced(original(item)) {
			continue
		}
		if namespaces[owner] == nil {
			namespaces[owner] = map[string]int{}
		}
		namespaces[owner][item.GetNamespace()]++
		if item.GetKind() == "Deployment" {
			secrets[owner] = append(secrets[owner], firstSecret(item)...)
		}
	}
	out := map[string][]manifest.Earlier{}
	for owner, counts := range namespaces {
		// The namespace of most of them: a copy into another one is a copy.
		commonest := ""
		for ns, n := range counts {
			if commonest == "" || n > counts[commonest] || n == counts[commonest] && ns < commonest {
				commonest = ns
			}
		}
		out[owner] = append(out[owner], manifest.Earlier{Owner: owner, Namespace: commonest, Secrets: secrets[owner]})
	}
	for _, m := range l.members {
		c := m.config
		out[c.Name] = append(out[c.Name], manifest.Earlier{Owner: c.Name, Namespace: c.Spec.Namespace, Secrets: []string{c.Spec.Auth.CredentialsSecret}})
	}
	for _, item := range items {
		// Declarations have no namespace, and may be all that is left.
		if owner := ownerOf(item); owner != "" && out[owner] == nil {
			out[owner] = []manifest.Earlier{{Owner: owner}}
		}
	}
	return out
}

// firstSecret is the first Secret that a Deployment takes its environment from:
// that with the credentials. Those behind it are the user's alone.
func firstSecret(deployment *yaml.RNode) []string {
	from, err := deployment.Pipe(yaml.Lookup("spec", "template", "spec", "containers", "0", "envFrom"))
	if err != nil || from == nil || from.YNode().Kind != yaml.SequenceNode {
		return nil // no Deployment of ours
	}
	for _, n := range from.Content() {
		if name, err := yaml.NewRNode(n).Pipe(yaml.Lookup("secretRef", "name")); err == nil && name != nil {
			return []string{yaml.GetValue(name)}
		}
	}
	return nil
}

// writtenAs tells the name with which one of our resources was written.
func writtenAs(item *yaml.RNode, earlier []manifest.Earlier) (name string, ours bool) {
	for _, n := range []*yaml.RNode{item, original(item)} {
		if slices.ContainsFunc(earlier, func(e manifest.Earlier) bool { return e.Holds(n) }) {
			return n.GetName(), true
		}
	}
	return "", false
}

// original is a resource as it was written, where a function behind us put
// something before or after all names: the name of the file tells. It is the
// resource itself where nobody did.
func original(item *yaml.RNode) *yaml.RNode {
	p := path.Clean(slashed(pathOf(item)))
	name, ok := strings.CutSuffix(path.Base(p), ".yaml")
	name, kind := strings.CutPrefix(name, strings.ToLower(item.GetKind())+"-")
	if !ok || !kind || name == item.GetName() || path.Base(path.Dir(p)) != ownerOf(item) || !strings.Contains(item.GetName(), name) {
		return item
	}
	n := item.Copy()
	if err := n.SetName(name); err != nil {
		return item
	}
	return n
}

// ownerOf is the config that a resource says it was written for, "" for none. A
// config is never written, whatever annotation it was copied with.
func ownerOf(n *yaml.RNode) string {
	if ofKind(n, config.Kind) || ofKind(n, config.FleetCheckKind) {
		return ""
	}
	return n.GetAnnotations()[Owner]
}

// ownedKey leaves the namespace out: a later function may have changed it.
func ownedKey(owner, kind, name string) string { return owner + " " + kind + " " + name }

func identity(n *yaml.RNode) string {
	group, _, ok := strings.Cut(n.GetApiVersion(), "/")
	if !ok {
		group = ""
	}
	return group + " " + n.GetKind() + " " + n.GetNamespace() + " " + n.GetName()
}
