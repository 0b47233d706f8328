package verify

import (
	"testing"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/linklocal"
)

// Every role says how it is greeted, also one that only TCP can greet.
func TestEveryRoleHasAProtocol(t *testing.T) {
	s := config.Spec{Auth: config.Auth{Mode: config.Keystone}}
	for _, r := range append(s.Roles(), linklocal.Role{Kind: linklocal.VRouter}) {
		if protocols[r.Kind] == "" {
			t.Errorf("%s has no protocol", r.Kind)
		}
	}
}
