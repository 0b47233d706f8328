package fn

import (
	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/internal/pin"
)

// pin writes what was allocated back into copies of the configs, so that a later
// change of the nodes moves nobody's address, and an error leaves the items as
// they were.
func (l *list) pin() {
	for _, m := range l.members {
		free := m.config.Unpinned()
		switch {
		case len(free) == 0:
		case !m.item:
			l.report(m.node, config.NotPinned(free, "is not among the items, so pins cannot be written into it"))
		default:
			m.pinned = m.node.Copy()
			if err := pin.Node(m.pinned.YNode(), free); err != nil {
				l.report(m.node, config.Problem{Severity: config.Error, Path: "spec.linkLocal", Message: err.Error()})
			}
		}
	}
}

// keepPins puts the pinned configs where the others stand.
func (l *list) keepPins() {
	for _, m := range l.members {
		if m.pinned != nil && !l.failed {
			m.node.SetYNode(m.pinned.YNode())
		}
	}
}

func (l *list) warnUnpinned() {
	for _, m := range l.members {
		if free := m.config.Unpinned(); len(free) > 0 {
			l.report(m.node, config.NotPinned(free, config.WouldMove))
		}
	}
}
