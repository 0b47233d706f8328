package plan

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"strconv"
	"strings"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/underlay/jsonpick"
)

// entry is one element of linklocal_services as it was read, with what can be
// understood of it. The server checks types alone, so an entry may be anything:
// null, {}, an address that is none, a port of 10^12. What cannot be understood
// has no key, matches nothing and is only ever carried along.
type entry struct {
	raw     json.RawMessage
	name    string
	key     key
	service linklocal.Service
	whole   bool // service says all there is to say
}

func parseEntry(raw json.RawMessage) entry {
	e := entry{raw: raw}
	fields, _, err := jsonpick.Fields(raw, linklocal.FieldName, linklocal.FieldServiceIP, linklocal.FieldServicePort,
		linklocal.FieldFabricDNS, linklocal.FieldFabricIPs, linklocal.FieldFabricPort)
	if err != nil {
		return e
	}
	var okDNS, okIPs bool
	e.name = text(fields[linklocal.FieldName])
	e.key = key{address(fields[linklocal.FieldServiceIP]), port(fields[linklocal.FieldServicePort])}
	e.service = linklocal.Service{
		Name: e.name, ServiceIP: e.key.ip, ServicePort: e.key.port,
		FabricPort: port(fields[linklocal.FieldFabricPort]),
	}
	e.service.FabricDNSName, okDNS = optionalText(fields[linklocal.FieldFabricDNS])
	e.service.FabricIPs, okIPs = addresses(fields[linklocal.FieldFabricIPs])
	e.whole = e.key.valid() && e.service.FabricPort != 0 && okDNS && okIPs
	return e
}

func (e entry) is(s linklocal.Service) bool         { return e.whole && e.service.Equal(s) }
func (e entry) sameTarget(s linklocal.Service) bool { return e.whole && e.service.SameTarget(s) }

// nameKey is what the agent knows a name by: it lower-cases names before it
// answers a virtual machine's DNS query with them.
func nameKey(name string) string { return strings.ToLower(name) }

// sameName compares as the agent does.
func sameName(a, b string) bool { return a != "" && nameKey(a) == nameKey(b) }

// Hijacked reports whether the agent answers a service of this name itself,
// wherever its entry leads (pkt_flow_info.cc, tf master).
func Hijacked(name string) bool { return strings.Contains(nameKey(name), "metadata") }

func text(raw json.RawMessage) string {
	s, _ := optionalText(raw)
	return s
}

// optionalText takes an absent or null string for an empty one.
func optionalText(raw json.RawMessage) (string, bool) {
	if isNull(raw) {
		return "", true
	}
	if inner := raw[1:max(len(raw)-1, 1)]; raw[0] == '"' && !bytes.ContainsFunc(inner, func(r rune) bool { return r == '"' || r == '\\' || r < ' ' || r > '~' }) {
		return string(inner), true // most are as they stand
	}
	var s string
	err := json.Unmarshal(raw, &s)
	return s, err == nil
}

func address(raw json.RawMessage) netip.Addr {
	ip, err := netip.ParseAddr(text(raw))
	if err != nil || !ip.Is4() {
		return netip.Addr{}
	}
	return ip
}

func addresses(raw json.RawMessage) ([]netip.Addr, bool) {
	var list []json.RawMessage
	if !isNull(raw) {
		var err error
		if list, err = array(raw); err != nil {
			return nil, false
		}
	}
	var ips []netip.Addr
	for _, r := range list {
		ip := address(r)
		if !ip.IsValid() {
			return nil, false
		}
		ips = append(ips, ip)
	}
	return ips, true
}

// port reads a number, also one in quotes; 0 stands for whatever is no port.
func port(raw json.RawMessage) uint16 {
	n, err := strconv.ParseUint(strings.Trim(string(raw), `"`), 10, 16)
	if err != nil {
		return 0
	}
	return uint16(n)
}

func isNull(raw json.RawMessage) bool {
	return len(raw) == 0 || bytes.Equal(bytes.TrimSpace(raw), []byte("null"))
}

// maxEntry is how long an entry may be to be compared field by field, in bytes.
const maxEntry = 64 << 10

// Stored is Canonical for an entry as the server stores it, which makes a number
// of a port in quotes and cuts its fraction off. So an entry that somebody once
// stored by another way does not look changed when the server has read it again.
func Stored(raw json.RawMessage) string {
	if len(raw) > maxEntry {
		return string(raw)
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil || fields == nil {
		return Canonical(raw)
	}
	for _, f := range []string{linklocal.FieldServicePort, linklocal.FieldFabricPort} {
		text, quoted := strings.CutPrefix(string(fields[f]), `"`)
		whole, _, fraction := strings.Cut(strings.TrimSpace(strings.TrimSuffix(text, `"`)), ".")
		if _, err := strconv.ParseInt(whole, 10, 64); err == nil && quoted != fraction {
			fields[f] = json.RawMessage(whole)
		}
	}
	return Canonical(marshal(fields))
}

// Canonical gives the same text for the same JSON value, whatever its spacing
// and the order of its keys (which the server does not keep). Numbers stay as
// they are written. Text that is no JSON, or longer than any entry, stands for
// itself.
func Canonical(raw json.RawMessage) string {
	if len(raw) > maxEntry {
		return string(raw)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return string(raw)
	}
	out, err := json.Marshal(v)
	if err != nil {
		return string(raw)
	}
	return string(out)
}
