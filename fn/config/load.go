// Package config knows what a NestedConfig may contain. Load takes its YAML and
// returns either a complete Config, with defaults set and all checks passed, or
// the list of everything that is wrong with it. Packages that take a Config need
// not check it again.
//
// It does not depend on files, on the ResourceList, or on the rendered resources.
package config

import (
	"reflect"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/fn/linklocal"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Config is a checked NestedConfig.
type Config struct {
	Name string
	Spec Spec
	// Extra are the variables that commonEnv brings and no field holds.
	Extra []env.Setting
	// Credentials are those that commonEnv brings: they go into a Secret.
	Credentials []env.Setting
	// ServiceIPs are the pins and what was allocated beside them.
	ServiceIPs linklocal.Allocation
	// Services are the link-local services that the underlay needs, in order.
	Services []linklocal.Service
}

// document is the resource as it stands in a file.
type document struct {
	APIVersion string   `yaml:"apiVersion"`
	Kind       string   `yaml:"kind"`
	Metadata   metadata `yaml:"metadata"`
	Spec       Spec     `yaml:"spec"`
}

// metadata has the fields that tools write into a file.
type metadata struct {
	Name              string            `yaml:"name" format:"label"`
	Namespace         string            `yaml:"namespace" format:"label"`
	Labels            map[string]string `yaml:"labels" format:"dotenv"`
	Annotations       map[string]string `yaml:"annotations" format:"dotenv"`
	CreationTimestamp ignored           `yaml:"creationTimestamp"`
}

// ignored takes whatever stands there.
type ignored struct{}

// Load reads, merges, defaults and checks one NestedConfig and allocates its
// service IPs. With an error among the problems the Config must not be used.
func Load(n *yaml.Node) (Config, Problems) {
	c, ps := Parse(n)
	if !allocatable(ps) {
		return c, ps
	}
	a, err := linklocal.Allocate(c.Request())
	if err != nil {
		return c, append(ps, PoolProblem(err))
	}
	more := c.Assign(a)
	return c, append(ps, more...)
}

// apart are the fields whose mistakes say nothing about service IPs, so that
// those can be judged in the same run. A field that is not here may be, or may
// be meant for, one of those that the allocation reads.
var apart = []string{
	"apiVersion", "metadata", "spec.release", "spec.namespace", "spec.logLevel", "spec.images", "spec.tls",
	"spec.underlay.virtualNetwork", "spec.kubernetes.apiServer", "spec.kubernetes.apiServerPort",
	"spec.kubernetes.clusterName", "spec.kubernetes.publicFIPPool", "spec.kubernetes.version",
	"spec.kubeManager", "spec.cni", "spec.rbac",
}

func allocatable(ps Problems) bool {
	for _, p := range ps {
		if p.Severity == Error && !slices.ContainsFunc(apart, func(f string) bool {
			rest, ok := strings.CutPrefix(p.Path, f)
			return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
		}) {
			return false
		}
	}
	return true
}

// Parse is Load without the allocation, for callers that allocate for several
// configs together. They then call Assign.
func Parse(n *yaml.Node) (Config, Problems) { return parse(n, Settings{}) }

// Settings are variables that the caller has read, such as from a ConfigMap or an
// inventory. Both lists are in the order of the lines, and no name appears twice.
type Settings struct {
	Lines  []env.Line
	Faults []env.Fault // a variable at fault is not called missing besides
}

// ParseSettings is Parse of a config without commonEnv, but with the settings of a
// commonEnv. A problem with a setting has the path spec.commonEnv and the line of
// the setting.
func ParseSettings(n *yaml.Node, s Settings) (Config, Problems) {
	if s.Lines == nil {
		s.Lines = []env.Line{} // nil leaves them to commonEnv
	}
	return parse(n, s)
}

func parse(n *yaml.Node, s Settings) (Config, Problems) {
	// First, read the text against the types.
	d := newDecoder()
	var doc document
	d.value("", n, reflect.ValueOf(&doc).Elem(), "")
	c := Config{Name: doc.Metadata.Name, Spec: doc.Spec}

	if d.left < 0 {
		return c, d.problems // the rest would only be about what was not read
	}

	// Next, let commonEnv fill what no field has set.
	m := mergeCommonEnv(&c, d, s)

	// Next, the defaults.
	fillDefaults("spec", reflect.ValueOf(&c.Spec).Elem(), "", d.set)
	if c.Spec.Kubernetes.ClusterName == "" {
		c.Spec.Kubernetes.ClusterName = c.Name
	}
	inheritNodes(&c.Spec)

	// Last, what takes more than one field to judge.
	k := checker{doc: doc, c: &c, set: d.set, problems: d.problems, refused: m.refused}
	k.check()
	return c, m.rename(k.problems)
}

// inheritNodes gives roles without nodes those of config.
func inheritNodes(s *Spec) {
	for nodes := range s.inheriting() {
		if len(*nodes) == 0 {
			*nodes = s.Underlay.Config.Nodes
		}
	}
}
