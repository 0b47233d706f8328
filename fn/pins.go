package fn

import (
	"nested-config/fn/config"
	"nested-config/fn/krm"
	"nested-config/fn/pin"
)

// pin writes what was allocated back into the configs, so that a later change
// of the nodes moves nobody's address.
func (l *list) pin() {
	for i := range l.members {
		m := &l.members[i]
		free := m.config.Unpinned()
		switch {
		case len(free) == 0:
		case !m.item:
			l.report(krm.Warning, m.node, config.NotPinned(free, "is not among the items, so that they cannot be written back"))
		default:
			if err := pin.Node(m.node.YNode(), free); err != nil {
				l.report(krm.Error, m.node, config.Problem{Path: "spec.linkLocal", Message: err.Error()})
			}
		}
	}
}

func (l *list) warnUnpinned() {
	for i := range l.members {
		if free := l.members[i].config.Unpinned(); len(free) > 0 {
			l.report(krm.Warning, l.members[i].node, config.NotPinned(free, config.WouldMove))
		}
	}
}
