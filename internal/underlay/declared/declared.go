// Package declared reads the declarations for an underlay: from NestedConfigs, or
// from the LinkLocalServices and FabricSNATs that were rendered from them.
package declared

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/fleet"
	"github.com/nested-config/nested-config/fn/underlay"
	"github.com/nested-config/nested-config/internal/source"
	"github.com/nested-config/nested-config/internal/underlay/plan"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Kinds are those that say what an underlay has to hold.
func Kinds() []string {
	return []string{config.Kind, config.LinkLocalServiceKind, config.FabricSNATKind}
}

// Options choose among what the files hold.
type Options struct {
	// Cluster owns the rendered resources that do not name their owner.
	Cluster string
	// Underlay is the spec.underlay.name of the NestedConfigs to take, when the
	// files are of several underlays.
	Underlay string
}

// Declarations are what the files hold.
type Declarations struct {
	Clusters []underlay.Cluster
	Configs  []config.Config // those of Clusters that came as NestedConfigs
}

// ownerAnnotation names the NestedConfig that a rendered resource comes from.
const ownerAnnotation = config.Group + "/owner"

// Read reads the documents, of Kinds, and tells all that is wrong with them; with an
// error among the problems the Declarations must not be used. A cluster whose
// NestedConfig is there is taken from it, and what was rendered from it earlier is
// passed over.
func Read(docs []source.Doc, o Options) (Declarations, config.Problems) {
	r := reader{Options: o}
	// First, every NestedConfig: it wins over what was rendered from it.
	for _, d := range docs {
		if d.Kind == config.Kind {
			r.nestedConfig(d)
		}
	}
	r.checkTogether()

	// Then, what came without one.
	for _, d := range docs {
		if v := yaml.NewRNode(d.Node).GetApiVersion(); d.Kind != config.Kind && v != config.APIVersion {
			r.fail(d.Where, "apiVersion", strconv.Quote(v), "must be "+config.APIVersion)
			continue
		}
		switch d.Kind {
		case config.LinkLocalServiceKind:
			r.linkLocalService(d)
		case config.FabricSNATKind:
			r.fabricSNAT(d)
		}
	}
	if !r.found.Errors() && len(docs) > 0 && len(r.out.Clusters) == 0 {
		r.fail("", "spec.underlay.name", strconv.Quote(o.Underlay), "no NestedConfig of the paths is of this underlay: name one of theirs with --underlay")
	}
	return r.out, r.found
}

type reader struct {
	Options
	out   Declarations
	where []string // of out.Configs
	other []string // clusters whose NestedConfig is of another underlay
	found config.Problems
}

func (r *reader) nestedConfig(d source.Doc) {
	c, problems := source.Config(d)
	r.problems(d, problems)
	switch {
	case problems.Errors():
		return
	case r.Underlay != "" && c.Spec.Underlay.Name != r.Underlay:
		r.other = append(r.other, c.Name)
		return
	case len(r.out.Configs) > 0 && c.Spec.Underlay.Name != r.out.Configs[0].Spec.Underlay.Name:
		r.fail(d.Where, "spec.underlay.name", strconv.Quote(c.Spec.Underlay.Name), fmt.Sprintf("%s has %q: give one underlay at a time, with --underlay", r.where[0], r.out.Configs[0].Spec.Underlay.Name))
		return
	}
	r.out.Configs = append(r.out.Configs, c)
	r.where = append(r.where, d.Where)
	r.out.Clusters = append(r.out.Clusters, underlay.Declare(c))
}

func (r *reader) checkTogether() {
	for _, p := range fleet.Check(r.out.Configs, r.where) {
		p.Where = r.where[p.Member]
		r.found = append(r.found, p.Problem)
	}
}

func (r *reader) linkLocalService(d source.Doc) {
	name, skip := r.owner(d, "")
	if skip {
		return
	}
	s, problems := config.LoadLinkLocalService(d.Node)
	if r.problems(d, problems); name != "" && !problems.Errors() {
		c := r.cluster(name)
		c.Services = append(c.Services, s)
	}
}

func (r *reader) fabricSNAT(d source.Doc) {
	name, skip := r.owner(d, d.Name)
	if skip {
		return
	}
	v, pools, problems := config.LoadFabricSNAT(d.Node)
	if r.problems(d, problems); name == "" || problems.Errors() {
		return
	}
	c := r.cluster(name)
	if c.SNAT != nil {
		r.fail(d.Where, "", "", fmt.Sprintf("is the second FabricSNAT of cluster %s: a cluster has one", name))
		return
	}
	c.SNAT = &underlay.FabricSNAT{Network: underlay.FQName{v.Domain, v.Project, v.Name}, Pools: pools}
}

// owner is the cluster that a rendered resource belongs to, empty when that is
// an error; skip: its NestedConfig is there, or of another underlay.
func (r *reader) owner(d source.Doc, otherwise string) (name string, skip bool) {
	name = yaml.NewRNode(d.Node).GetAnnotations()[ownerAnnotation]
	if name == "" {
		name = r.Cluster
	}
	if name == "" {
		name = otherwise
	}
	switch {
	case name == "":
		r.fail(d.Where, "metadata.annotations["+ownerAnnotation+"]", "", fmt.Sprintf("%s %s has no owner: give its cluster with --cluster", d.Kind, d.Name))
		return "", false
	case !plan.ValidName(name):
		r.fail(d.Where, "", strconv.Quote(name), "is not a cluster name: must be the name of a NestedConfig")
		return "", false
	case slices.Contains(r.other, name), slices.ContainsFunc(r.out.Configs, func(c config.Config) bool { return c.Name == name }):
		return "", true
	}
	return name, false
}

func (r *reader) cluster(name string) *underlay.Cluster {
	i := slices.IndexFunc(r.out.Clusters, func(c underlay.Cluster) bool { return c.Name == name })
	if i < 0 {
		r.out.Clusters = append(r.out.Clusters, underlay.Cluster{Name: name})
		i = len(r.out.Clusters) - 1
	}
	return &r.out.Clusters[i]
}

func (r *reader) problems(d source.Doc, problems config.Problems) {
	r.found = append(r.found, problems.At(d.Where)...)
}

func (r *reader) fail(where, path, value, message string) {
	r.found = append(r.found, config.Problem{Severity: config.Error, Where: where, Path: path, Value: value, Message: message})
}
