// Package declared reads what an underlay has to hold: from NestedConfigs, or
// from the LinkLocalServices and FabricSNATs that were rendered from them.
package declared

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/fleet"
	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/notyaml"
	"github.com/nested-config/nested-config/internal/underlay/plan"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// File is a text with any number of YAML documents. Those of other kinds are
// passed over.
type File struct {
	Path string
	Text []byte
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
	Clusters []plan.Cluster
	Configs  []config.Config // those of Clusters that came as NestedConfigs
}

// ownerAnnotation names the NestedConfig that a rendered resource comes from.
const ownerAnnotation = config.Group + "/owner"

// Read reads the files and tells all that is wrong with them; with an error among
// the problems the Declarations must not be used. A cluster whose NestedConfig is there is taken from it, and what was
// rendered from it earlier is passed over.
func Read(files []File, o Options) (Declarations, config.Problems) {
	r := reader{Options: o}
	// First, every NestedConfig: it wins over what was rendered from it.
	docs := r.documents(files)
	for _, d := range docs {
		if d.node.GetKind() == config.Kind {
			r.nestedConfig(d)
		}
	}
	r.checkTogether()

	// Then, what came without one.
	for _, d := range docs {
		switch d.node.GetKind() {
		case config.LinkLocalServiceKind:
			r.linkLocalService(d)
		case config.FabricSNATKind:
			r.fabricSNAT(d)
		}
	}
	if !r.found.Errors() && len(r.out.Clusters) == 0 {
		r.fail("", "", "", "no NestedConfig, LinkLocalService or FabricSNAT in the files given")
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

type document struct {
	path string
	node *yaml.RNode
}

func (r *reader) documents(files []File) []document {
	var out []document
	for _, f := range files {
		d := yaml.NewDecoder(bytes.NewReader(f.Text))
		for {
			n := &yaml.Node{}
			err := d.Decode(n)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				r.fail(f.Path, "", "", notyaml.Error(err).Error())
				break
			}
			if node := yaml.NewRNode(n); node.YNode().Kind == yaml.MappingNode && node.GetApiVersion() == config.APIVersion {
				out = append(out, document{f.Path, node})
			}
		}
	}
	return out
}

func (r *reader) nestedConfig(d document) {
	c, problems := config.Load(d.node.YNode())
	r.problems(d, problems)
	switch i := slices.IndexFunc(r.out.Configs, func(o config.Config) bool { return o.Name == c.Name }); {
	case problems.Errors():
		return
	case r.Underlay != "" && c.Spec.Underlay.Name != r.Underlay:
		r.other = append(r.other, c.Name)
		return
	case i >= 0:
		r.fail(d.path, "metadata.name", strconv.Quote(c.Name), fmt.Sprintf("is also the name in %s: it must be unique in the underlay", r.where[i]))
		return
	case len(r.out.Configs) > 0 && c.Spec.Underlay.Name != r.out.Configs[0].Spec.Underlay.Name:
		r.fail(d.path, "spec.underlay.name", strconv.Quote(c.Spec.Underlay.Name), fmt.Sprintf("%s has %q: give one underlay at a time, with --underlay", r.where[0], r.out.Configs[0].Spec.Underlay.Name))
		return
	}
	r.out.Configs = append(r.out.Configs, c)
	r.where = append(r.where, d.path)
	cluster := plan.Cluster{Name: c.Name, Services: c.Services}
	if c.Spec.Connectivity == config.FabricSNATMode {
		v := c.Spec.Underlay.VirtualNetwork
		cluster.SNAT = &plan.FabricSNAT{Network: plan.FQName{v.Domain, v.Project, v.Name}, Pools: linklocal.PortTranslationPools}
	}
	r.out.Clusters = append(r.out.Clusters, cluster)
}

func (r *reader) checkTogether() {
	for _, p := range fleet.Check(r.out.Configs, r.where) {
		r.problems(document{path: r.where[p.Member]}, config.Problems{p.Problem})
	}
}

func (r *reader) linkLocalService(d document) {
	name, skip := r.owner(d, "")
	if skip {
		return
	}
	s, problems := config.LoadLinkLocalService(d.node.YNode())
	if r.problems(d, problems); name != "" && !problems.Errors() {
		c := r.cluster(name)
		c.Services = append(c.Services, s)
	}
}

func (r *reader) fabricSNAT(d document) {
	name, skip := r.owner(d, d.node.GetName())
	if skip {
		return
	}
	v, pools, problems := config.LoadFabricSNAT(d.node.YNode())
	if r.problems(d, problems); name == "" || problems.Errors() {
		return
	}
	c := r.cluster(name)
	if c.SNAT != nil {
		r.fail(d.path, "", "", fmt.Sprintf("is the second FabricSNAT of cluster %s: a cluster has one", name))
		return
	}
	c.SNAT = &plan.FabricSNAT{Network: plan.FQName{v.Domain, v.Project, v.Name}, Pools: pools}
}

// owner is the cluster that a rendered resource belongs to, empty when that is
// an error; skip: its NestedConfig is there, or of another underlay.
func (r *reader) owner(d document, otherwise string) (name string, skip bool) {
	name = d.node.GetAnnotations()[ownerAnnotation]
	if name == "" {
		name = r.Cluster
	}
	if name == "" {
		name = otherwise
	}
	switch {
	case name == "":
		r.fail(d.path, "metadata.annotations["+ownerAnnotation+"]", "", fmt.Sprintf("%s %s has no owner: give its cluster with --cluster", d.node.GetKind(), d.node.GetName()))
		return "", false
	case !plan.ValidName(name):
		r.fail(d.path, "", strconv.Quote(name), "is no name of a cluster: must be that of a NestedConfig")
		return "", false
	case slices.Contains(r.other, name), slices.ContainsFunc(r.out.Configs, func(c config.Config) bool { return c.Name == name }):
		return "", true
	}
	return name, false
}

func (r *reader) cluster(name string) *plan.Cluster {
	i := slices.IndexFunc(r.out.Clusters, func(c plan.Cluster) bool { return c.Name == name })
	if i < 0 {
		r.out.Clusters = append(r.out.Clusters, plan.Cluster{Name: name})
		i = len(r.out.Clusters) - 1
	}
	return &r.out.Clusters[i]
}

func (r *reader) problems(d document, problems config.Problems) {
	r.found = append(r.found, problems.At(d.path)...)
}

func (r *reader) fail(where, path, value, message string) {
	r.found = append(r.found, config.Problem{Severity: config.Error, Where: where, Path: path, Value: value, Message: message})
}
