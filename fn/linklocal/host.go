package linklocal

import (
	"cmp"
	"net/netip"
)

// Host is an IPv4 address or a DNS name. Compare hosts with ==; names keep their
// case. The zero Host is no host.
type Host struct {
	addr netip.Addr // IPv4, or zero
	name string     // "" beside an address
}

// HostAt is the host with an IPv4 address.
func HostAt(ip netip.Addr) Host { return Host{addr: ip} }

// ParseHost reads an IPv4 address; any other text is a name. It accepts every text:
// package config checks the names.
func ParseHost(s string) Host {
	if ip, err := netip.ParseAddr(s); err == nil && ip.Is4() {
		return Host{addr: ip}
	}
	return Host{name: s}
}

// Addr is the address, the zero Addr for a name.
func (h Host) Addr() netip.Addr { return h.addr }

// Name is the DNS name, "" for an address.
func (h Host) Name() string { return h.name }

// String is the text that ParseHost read, "" for none.
func (h Host) String() string {
	if h.addr.IsValid() {
		return h.addr.String()
	}
	return h.name
}

// Compare orders addresses by number, and names after them.
func (h Host) Compare(o Host) int {
	if h.addr.IsValid() != o.addr.IsValid() {
		if h.addr.IsValid() {
			return -1
		}
		return 1
	}
	return cmp.Or(h.addr.Compare(o.addr), cmp.Compare(h.name, o.name))
}

// MarshalText and UnmarshalText are String and ParseHost, for JSON.
func (h Host) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

func (h *Host) UnmarshalText(text []byte) error {
	*h = ParseHost(string(text))
	return nil
}
