package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/linklocal"
)

// State is the underlay as it was read.
type State struct {
	// Entries are those of linklocal_services, byte for byte as the server sent
	// them and in its order.
	Entries []json.RawMessage
	// Rest is what else is in the linklocal_services object; nothing, today.
	Rest map[string]json.RawMessage
	// Pools is the value of port_translation_pools, nil when there is none.
	Pools json.RawMessage
	// Records says who owns what, by cluster.
	Records map[string]Record
	// Networks are the virtual networks that Networks asked for.
	Networks map[FQName]Network
}

// Network is a virtual network as it was read.
type Network struct {
	Exists bool
	SNAT   bool // fabric_snat is true; absent, null and every falsy value are false
}

// The properties of a global-vrouter-config that this package reads.
const (
	PropertyServices    = "linklocal_services"
	PropertyPools       = "port_translation_pools"
	PropertyAnnotations = "annotations"
	elementServices     = "linklocal_service_entry"
	elementPools        = "port_translation_pool"
	elementAnnotations  = "key_value_pair"
)

// Decode reads the properties of a global-vrouter-config. It takes every shape
// that the server is known to hand out for "nothing": absent, null, {}, [], "",
// false, and null for the list inside. Any other shape is an error, because
// writing a list over something that was not understood would lose it.
func Decode(properties map[string]json.RawMessage) (State, error) {
	s := State{Records: map[string]Record{}, Networks: map[FQName]Network{}, Pools: properties[PropertyPools]}
	var err error
	if s.Entries, s.Rest, err = elements(PropertyServices, properties[PropertyServices], elementServices); err != nil {
		return State{}, err
	}
	pairs, _, err := elements(PropertyAnnotations, properties[PropertyAnnotations], elementAnnotations)
	if err != nil {
		return State{}, err
	}
	for _, raw := range pairs {
		var pair struct {
			Key   json.RawMessage `json:"key"`
			Value json.RawMessage `json:"value"`
		}
		// Others' annotations may be anything.
		if json.Unmarshal(raw, &pair) != nil {
			continue
		}
		cluster, ours := strings.CutPrefix(text(pair.Key), OwnerPrefix)
		if !ours || cluster == "" {
			continue
		}
		if s.Records[cluster], err = ParseRecord(text(pair.Value)); err != nil {
			return State{}, fmt.Errorf("annotation %s%s: %w", OwnerPrefix, cluster, err)
		}
	}
	return s, nil
}

// elements unwraps {"element": [...]}, and whatever stands for an empty one.
func elements(property string, raw json.RawMessage, element string) ([]json.RawMessage, map[string]json.RawMessage, error) {
	switch string(bytes.TrimSpace(raw)) {
	case "", "null", "[]", `""`, "false", "{}", "0":
		return nil, nil, nil
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil {
		return nil, nil, fmt.Errorf("%s: %.60s… is no object: nothing can be written safely, correct it in the GUI first", property, raw)
	}
	inner := object[element]
	delete(object, element)
	var list []json.RawMessage
	switch string(bytes.TrimSpace(inner)) {
	case "", "null", "{}", `""`, "false", "0":
	default:
		if err := json.Unmarshal(inner, &list); err != nil {
			return nil, nil, fmt.Errorf("%s.%s: %.60s… is no list: nothing can be written safely, correct it in the GUI first", property, element, inner)
		}
	}
	return list, object, nil
}

// EncodeServices gives the value of linklocal_services with these entries; each
// is written with exactly the bytes that it has.
func EncodeServices(entries []json.RawMessage, rest map[string]json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	b.WriteString(`{"` + elementServices + `":[`)
	for i, e := range entries {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(e)
	}
	b.WriteByte(']')
	for _, k := range slices.Sorted(maps.Keys(rest)) {
		b.WriteByte(',')
		b.Write(marshal(k))
		b.WriteByte(':')
		b.Write(rest[k])
	}
	b.WriteByte('}')
	return b.Bytes()
}

// EncodePools gives the value of port_translation_pools.
func EncodePools(pools []linklocal.PortTranslationPool) json.RawMessage {
	return marshal(map[string]any{elementPools: pools})
}

// marshal encodes what cannot fail to encode, without escaping <, > and &.
func marshal(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("plan: %T does not encode: %v", v, err))
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// Networks names the virtual networks whose state a plan for these clusters
// depends on: those they declare and those they own.
func Networks(records map[string]Record, want []Cluster) []FQName {
	var names []FQName
	for _, c := range want {
		if c.SNAT != nil {
			names = append(names, c.SNAT.Network)
		}
		names = append(names, records[c.Name].SNAT...)
	}
	slices.SortFunc(names, compareFQName)
	return slices.Compact(names)
}

func compareFQName(a, b FQName) int { return slices.Compare(a[:], b[:]) }
