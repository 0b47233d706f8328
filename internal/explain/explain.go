// Package explain shows the link-local services that underlays must have for
// their nested clusters: as the guide's table, as JSON, as a picture, and as the
// commands that provision them.
package explain

import (
	"encoding/json"
	"io"
	"net/netip"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/fleet"
	"github.com/nested-config/nested-config/fn/linklocal"
)

// Format is a way to show a fleet. Show expects configs that have passed
// fleet.Check.
type Format struct {
	Name, Help string
	Show       func(io.Writer, []config.Config) error
}

// Formats are all formats, the default first.
func Formats() []Format {
	return []Format{
		{"table", "the guide's table, for people", Table},
		{"json", "JSON, one object for each underlay", JSON},
		{"mermaid", "a mermaid flowchart", Mermaid},
		{"provision", "the commands of provision_linklocal.py", Provision},
	}
}

// clusters are the names of the configs that use an entry.
func clusters(configs []config.Config, members []int) []string {
	names := make([]string, len(members))
	for i, m := range members {
		names[i] = configs[m].Name
	}
	return names
}

// fabric is where an entry leads.
func fabric(s linklocal.Service) string {
	if s.FabricDNSName != "" {
		return s.FabricDNSName
	}
	ips := make([]string, len(s.FabricIPs))
	for i, ip := range s.FabricIPs {
		ips[i] = ip.String()
	}
	return strings.Join(ips, ",")
}

// title calls an underlay by its name, for a person.
func title(u fleet.Underlay) string {
	if u.Name == "" {
		return "underlay"
	}
	return "underlay " + u.Name
}

// JSON writes one object per underlay, in the field names of LinkLocalService.
func JSON(out io.Writer, configs []config.Config) error {
	type entry struct {
		Name          string       `json:"serviceName"`
		AlsoNamed     []string     `json:"alsoNamed,omitempty"`
		ServiceIP     netip.Addr   `json:"serviceIP"`
		ServicePort   uint16       `json:"servicePort"`
		FabricIPs     []netip.Addr `json:"fabricIPs,omitempty"`
		FabricDNSName string       `json:"fabricDNSName,omitempty"`
		FabricPort    uint16       `json:"fabricPort"`
		Clusters      []string     `json:"clusters"`
	}
	type underlay struct {
		Name     string   `json:"underlay"`
		Clusters []string `json:"clusters"`
		Services []entry  `json:"linkLocalServices"`
	}
	all := []underlay{}
	for _, u := range fleet.Union(configs) {
		x := underlay{u.Name, clusters(configs, u.Members), []entry{}}
		for _, e := range u.Entries {
			x.Services = append(x.Services, entry{
				e.Name, e.AlsoNamed, e.ServiceIP, e.ServicePort, e.FabricIPs, e.FabricDNSName, e.FabricPort, clusters(configs, e.Members)})
		}
		all = append(all, x)
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(all)
}
