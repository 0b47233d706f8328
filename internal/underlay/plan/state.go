package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/printable"
	"github.com/nested-config/nested-config/internal/underlay/jsonpick"
)

// State is the underlay as it was read.
type State struct {
	// Entries are those of linklocal_services, byte for byte as the server sent
	// them and in its order.
	Entries []json.RawMessage
	// Restored: Entries hold more than the server has, which somebody has removed
	// since and which is to be put back. The list is written in any case.
	Restored bool
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
		pair, _, err := jsonpick.Fields(raw, "key", "value")
		if err != nil { // others' annotations may be anything
			continue
		}
		cluster, ours := strings.CutPrefix(text(pair["key"]), OwnerPrefix)
		if !ours || cluster == "" {
			continue
		}
		if s.Records[cluster], err = ParseRecord(text(pair["value"])); err != nil {
			return State{}, fmt.Errorf("annotation %s%s: %w", OwnerPrefix, printable.Text(cluster), err)
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
	object, others, err := jsonpick.Fields(raw, element)
	if others > maxOthers {
		return nil, nil, fmt.Errorf("%s: has %d fields beside %s: nothing can be written safely", property, others, element)
	}
	if err == nil && others > 0 {
		err = json.Unmarshal(raw, &object) // the others too
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %s is not an object: nothing can be written safely, correct it in the GUI first", property, excerpt(raw))
	}
	inner := object[element]
	delete(object, element)
	var list []json.RawMessage
	switch string(bytes.TrimSpace(inner)) {
	case "", "null", "{}", `""`, "false", "0":
	default:
		var err error
		if list, err = array(inner); err != nil {
			return nil, nil, fmt.Errorf("%s.%s: %s %w: nothing can be written safely, correct it in the GUI first", property, element, excerpt(inner), err)
		}
	}
	return list, object, nil
}

// maxOthers bounds what else may be in the object around a list.
const maxOthers = 100

// maxElements bounds a list, some ten times what fits into a request: whoever
// sends more costs memory for each, however short they are.
const maxElements = 50_000

// array is the elements of a JSON array, byte for byte.
func array(raw json.RawMessage) ([]json.RawMessage, error) {
	list, err := jsonpick.Elements(raw, maxElements)
	if errors.Is(err, jsonpick.ErrLong) {
		return nil, fmt.Errorf("is longer than %d", maxElements)
	}
	if err != nil {
		return nil, errors.New("is not a list")
	}
	return list, nil
}

// excerpt is the beginning of what somebody else has stored, for a message.
func excerpt(raw json.RawMessage) string { return printable.Start(string(raw), 60) }

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

// SameProperty reports whether two values of a property say the same, whatever
// the order of their keys.
func SameProperty(property string, a, b json.RawMessage) bool {
	if bytes.Equal(a, b) {
		return true
	}
	element := map[string]string{PropertyServices: elementServices, PropertyPools: elementPools, PropertyAnnotations: elementAnnotations}[property]
	listA, restA, errA := elements(property, a, element)
	listB, restB, errB := elements(property, b, element)
	same := func(a, b json.RawMessage) bool { return Canonical(a) == Canonical(b) }
	return errA == nil && errB == nil && slices.EqualFunc(listA, listB, same) && maps.EqualFunc(restA, restB, same)
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
