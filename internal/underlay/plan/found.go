package plan

import (
	"encoding/json"

	"github.com/nested-config/nested-config/fn/linklocal"
)

// Found is an entry of the list with what can be understood of it.
type Found struct {
	Raw json.RawMessage
	// Service is what it says. Of an entry that is not Whole only the name, the
	// service IP and the service port may be used, where they are not zero.
	Service linklocal.Service
	Whole   bool
}

// Found are the entries of the list, in its order.
func (s State) Found() []Found {
	out := make([]Found, len(s.Entries))
	for i, raw := range s.Entries {
		e := parseEntry(raw)
		out[i] = Found{raw, e.service, e.whole}
	}
	return out
}

// ReadPools gives the port translation pools; false: there is something that
// cannot be read.
func (s State) ReadPools() ([]linklocal.PortTranslationPool, bool) {
	raw, _, err := elements(PropertyPools, s.Pools, elementPools)
	if err != nil {
		return nil, false
	}
	var out []linklocal.PortTranslationPool
	for _, r := range raw {
		p, ok := parsePool(r)
		if !ok {
			return nil, false
		}
		out = append(out, p)
	}
	return out, true
}
