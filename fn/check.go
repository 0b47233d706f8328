package fn

import (
	"strconv"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/fleet"
)

// loadAll reads every config, and reports whatever is wrong with any of them.
func (l *list) loadAll() {
	names := map[string]bool{}
	for _, m := range l.members {
		var problems config.Problems
		m.config, problems = config.Load(m.node.YNode())
		m.valid = !problems.Errors()
		for _, p := range problems {
			l.report(m.node, p)
		}
		if key := m.pkg + " " + m.config.Name; m.config.Name != "" && names[key] {
			l.report(m.node, config.Problem{Severity: config.Error, Path: "metadata.name", Value: strconv.Quote(m.config.Name), Message: "is the name of another NestedConfig here: choose another"})
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

// onePerCluster refuses a second config where both would render resources of the
// same names for one cluster: in a kpt package, which is applied as a whole, and in
// a list without files. In a directory that is no package each has its own.
func (l *list) onePerCluster() {
	first := map[string]*member{}
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
			l.report(m.node, config.Problem{Severity: config.Error, Message: "is the second NestedConfig of this kpt package, and both render resources with the same names: " +
				"give each a package of its own, a directory with a Kptfile (" + l.where(other.node) + " is the first)"})
		default:
			l.report(m.node, config.Problem{Severity: config.Error, Message: "is the second NestedConfig here, and both render resources with the same names: " +
				"render each by itself (" + l.where(other.node) + " is the first)"})
		}
	}
}
