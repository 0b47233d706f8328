package verify

import (
	"testing"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/linklocal"
)

// Every role names a protocol that is greeted here, also one that only TCP can greet.
func TestEveryRoleIsGreeted(t *testing.T) {
	s := config.Spec{Auth: config.Auth{Mode: config.Keystone}}
	for _, r := range append(s.Roles(), linklocal.Role{Kind: linklocal.VRouter}) {
		if p := config.Protocol(r.Kind); greetings[Protocol(p)] == nil {
			t.Errorf("%s has the protocol %q, which nothing greets", r.Kind, p)
		}
	}
}
