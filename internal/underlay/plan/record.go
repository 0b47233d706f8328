package plan

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/printable"
)

// OwnerPrefix is in front of the cluster's name in the key of the annotation
// that holds the cluster's Record, on the global-vrouter-config.
const OwnerPrefix = "nested.opencontrail.org/"

const recordVersion = 1

// Record is what one nested cluster owns in the underlay, kept as the value of
// one annotation of its own, so that writing it cannot disturb anybody else's.
//
// A claim is written before what it claims, and given up after that is gone. So
// whatever this program has put into the underlay is covered by a Record at any
// moment, also after a crash between two calls. A Record may name entries that
// are gone; it never misses one that exists.
type Record struct {
	// Owns was seen in the list as it stands here.
	Owns []linklocal.Service
	// Pending was about to be written. Whether it was is for the list to say, and
	// only an entry that is exactly this is the cluster's.
	Pending []linklocal.Service
	// SNAT are the virtual networks whose fabric_snat was switched on.
	SNAT []FQName
	// Pools are the port translation pools that were written.
	Pools []linklocal.PortTranslationPool
}

// Empty reports whether there is nothing to record: the annotation goes.
func (r Record) Empty() bool {
	return len(r.Owns) == 0 && len(r.Pending) == 0 && len(r.SNAT) == 0 && len(r.Pools) == 0
}

// Equal reports whether both say the same.
func (r Record) Equal(t Record) bool {
	return slices.EqualFunc(r.Owns, t.Owns, linklocal.Service.Equal) &&
		slices.EqualFunc(r.Pending, t.Pending, linklocal.Service.Equal) &&
		slices.Equal(r.SNAT, t.SNAT) && slices.Equal(r.Pools, t.Pools)
}

func contains(list []linklocal.Service, s linklocal.Service) bool {
	return slices.ContainsFunc(list, s.Equal)
}

// recordJSON is the annotation's value. The entries are in Contrail's own field
// names, so that an operator can compare them with the list by eye.
type recordJSON struct {
	Version int               `json:"version"`
	Owns    []json.RawMessage `json:"owns,omitempty"`
	Pending []json.RawMessage `json:"pending,omitempty"`
	SNAT    []string          `json:"fabricSNAT,omitempty"`
	Pools   []json.RawMessage `json:"portTranslationPools,omitempty"`
}

// Annotation is the value to store.
func (r Record) Annotation() string {
	j := recordJSON{Version: recordVersion, Owns: rawEntries(r.Owns), Pending: rawEntries(r.Pending)}
	for _, n := range r.SNAT {
		j.SNAT = append(j.SNAT, n.String())
	}
	for _, p := range r.Pools {
		j.Pools = append(j.Pools, marshal(p))
	}
	return string(marshal(j))
}

func rawEntries(list []linklocal.Service) []json.RawMessage {
	var out []json.RawMessage
	for _, s := range list {
		out = append(out, marshal(s))
	}
	return out
}

// ParseRecord reads what Annotation wrote. An annotation that cannot be read is
// an error and never an empty Record: what it owns would look like nobody's.
func ParseRecord(annotation string) (Record, error) {
	var j recordJSON
	if err := json.Unmarshal([]byte(annotation), &j); err != nil {
		return Record{}, fmt.Errorf("is not a record of ownership (%s): nothing can be written safely", printable.Text(err.Error()))
	}
	if j.Version != recordVersion {
		return Record{}, fmt.Errorf("has version %d, but this program supports %d: use the program that wrote it", j.Version, recordVersion)
	}
	var r Record
	for _, part := range []struct {
		from []json.RawMessage
		to   *[]linklocal.Service
	}{{j.Owns, &r.Owns}, {j.Pending, &r.Pending}} {
		for _, raw := range part.from {
			e := parseEntry(raw)
			if !e.whole {
				return Record{}, fmt.Errorf("holds an entry that cannot be read: %s", excerpt(raw))
			}
			if !contains(*part.to, e.service) {
				*part.to = append(*part.to, e.service)
			}
		}
	}
	for _, s := range j.SNAT {
		n, ok := parseFQName(s)
		if !ok {
			return Record{}, fmt.Errorf("holds a network that is not domain:project:name: %q", s)
		}
		r.SNAT = append(r.SNAT, n)
	}
	for _, raw := range j.Pools {
		pool, ok := parsePool(raw)
		if !ok {
			return Record{}, fmt.Errorf("holds a port translation pool that cannot be read: %s", excerpt(raw))
		}
		r.Pools = append(r.Pools, pool)
	}
	return r, nil
}
