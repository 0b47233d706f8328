// Package linklocal knows what a link-local service of Contrail is and which
// service IP each fabric address gets. It is pure: addresses in, addresses out,
// nothing of Kubernetes, YAML or files.
package linklocal

import (
	"encoding/json"
	"net/netip"
	"slices"
)

// Service is one entry of Contrail's linklocal_services: whoever in the underlay
// dials ServiceIP:ServicePort reaches one of FabricIPs (or FabricDNSName) at
// FabricPort. The vRouter agent keys entries by (ServiceIP, ServicePort) and
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
// same place, whatever they are called.
func (s Service) SameTarget(t Service) bool {
	return s.ServiceIP == t.ServiceIP && s.ServicePort == t.ServicePort &&
		slices.Equal(s.FabricIPs, t.FabricIPs) &&
		s.FabricDNSName == t.FabricDNSName && s.FabricPort == t.FabricPort
}

// entry has the field names and the order of the schema (vnc_cfg.xsd,
// LinklocalServiceEntryType). All six are always written: provision_linklocal.py
// and the GUI expect them.
type entry struct {
	Name          string       `json:"linklocal_service_name"`
	ServiceIP     netip.Addr   `json:"linklocal_service_ip"`
	ServicePort   uint16       `json:"linklocal_service_port"`
	FabricDNSName string       `json:"ip_fabric_DNS_service_name"`
	FabricIPs     []netip.Addr `json:"ip_fabric_service_ip"`
	FabricPort    uint16       `json:"ip_fabric_service_port"`
}

// MarshalJSON gives the entry in Contrail's own field names.
func (s Service) MarshalJSON() ([]byte, error) {
	ips := s.FabricIPs
	if ips == nil {
		ips = []netip.Addr{}
	}
	return json.Marshal(entry{s.Name, s.ServiceIP, s.ServicePort, s.FabricDNSName, ips, s.FabricPort})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Service) UnmarshalJSON(text []byte) error {
	var e entry
	if err := json.Unmarshal(text, &e); err != nil {
		return err
	}
	*s = Service{Name: e.Name, ServiceIP: e.ServiceIP, ServicePort: e.ServicePort,
		FabricIPs: e.FabricIPs, FabricDNSName: e.FabricDNSName, FabricPort: e.FabricPort}
	return nil
}
