// Package linklocal defines the link-local services of Contrail, and allocates a
// service IP for each fabric address. It is pure: addresses in, addresses out,
// without Kubernetes, YAML or files.
package linklocal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
)

// Service is one entry of Contrail's linklocal_services: a connection from the
// underlay to ServiceIP:ServicePort goes to one of FabricIPs (or to FabricDNSName)
// at FabricPort. The vRouter agent keys entries by (ServiceIP, ServicePort) and
// silently drops the second of a pair. Ports are 1 to 65535; exactly one of
// FabricIPs and FabricDNSName is set.
type Service struct {
	Kind          Kind // of no entry: where the service was made, not read
	Name          string
	ServiceIP     netip.Addr
	ServicePort   uint16
	FabricIPs     []netip.Addr
	FabricDNSName string
	FabricPort    uint16
}

// Equal reports whether both are the same entry, name included. An entry has no
// Kind.
func (s Service) Equal(t Service) bool {
	return s.Name == t.Name && s.SameTarget(t)
}

// SameTarget reports whether both lead from the same service IP and port to the
// same place. Names do not matter.
func (s Service) SameTarget(t Service) bool {
	return s.ServiceIP == t.ServiceIP && s.ServicePort == t.ServicePort &&
		slices.Equal(s.FabricIPs, t.FabricIPs) &&
		s.FabricDNSName == t.FabricDNSName && s.FabricPort == t.FabricPort
}

// The fields of an entry, in the order of the schema (vnc_cfg.xsd,
// LinklocalServiceEntryType).
const (
	FieldName        = "linklocal_service_name"
	FieldServiceIP   = "linklocal_service_ip"
	FieldServicePort = "linklocal_service_port"
	FieldFabricDNS   = "ip_fabric_DNS_service_name"
	FieldFabricIPs   = "ip_fabric_service_ip"
	FieldFabricPort  = "ip_fabric_service_port"
)

// field is a field of an entry and where its value is.
type field struct {
	name  string
	value any
}

func (s *Service) fields() []field {
	return []field{
		{FieldName, &s.Name}, {FieldServiceIP, &s.ServiceIP}, {FieldServicePort, &s.ServicePort},
		{FieldFabricDNS, &s.FabricDNSName}, {FieldFabricIPs, &s.FabricIPs}, {FieldFabricPort, &s.FabricPort},
	}
}

// MarshalJSON gives the entry. All six fields are always written:
// provision_linklocal.py and the GUI expect them.
func (s Service) MarshalJSON() ([]byte, error) {
	if s.FabricIPs == nil {
		s.FabricIPs = []netip.Addr{}
	}
	var b bytes.Buffer
	before := byte('{')
	for _, f := range s.fields() {
		value, err := json.Marshal(f.value)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, `%c"%s":%s`, before, f.name, value)
		before = ','
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Service) UnmarshalJSON(text []byte) error {
	var values map[string]json.RawMessage
	if err := json.Unmarshal(text, &values); err != nil {
		return err
	}
	*s = Service{}
	for _, f := range s.fields() {
		if value, ok := values[f.name]; ok {
			if err := json.Unmarshal(value, f.value); err != nil {
				return fmt.Errorf("%s: %w", f.name, err)
			}
		}
	}
	return nil
}
