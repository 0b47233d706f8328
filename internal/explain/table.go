package explain

import (
	"fmt"
	"io"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/fleet"
	"github.com/nested-config/nested-config/internal/columns"
)

// maxNames is how many clusters a cell names before it only counts.
const maxNames = 5

// Table writes the guide's table for each underlay, with the clusters that use
// each entry when there are several. Columns are aligned for terminals, where a
// letter may be two cells wide.
func Table(out io.Writer, configs []config.Config) error {
	var b strings.Builder
	underlays := fleet.Union(configs)
	for i, u := range underlays {
		if i > 0 {
			b.WriteString("\n")
		}
		if len(underlays) > 1 || u.Name != "" {
			b.WriteString(title(u) + "\n\n")
		}
		rows := [][]string{{"LL Service Name", "Service IP", "Service Port", "Fabric IP", "Fabric Port"}}
		if len(u.Members) > 1 {
			rows[0] = append(rows[0], "Clusters")
		}
		for _, e := range u.Entries {
			row := []string{
				strings.Join(append([]string{e.Name}, e.AlsoNamed...), ", "),
				e.ServiceIP.String(), fmt.Sprint(e.ServicePort), fabric(e.Service), fmt.Sprint(e.FabricPort),
			}
			if len(u.Members) > 1 {
				row = append(row, users(configs, u, e))
			}
			rows = append(rows, row)
		}
		b.WriteString(columns.Align(rows))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// users are the clusters of an entry in a cell.
func users(configs []config.Config, u fleet.Underlay, e fleet.Entry) string {
	names := clusters(configs, e.Members)
	switch {
	case len(names) == len(u.Members) && len(names) > maxNames:
		return fmt.Sprintf("all %d", len(names))
	case len(names) > maxNames:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:maxNames], ", "), len(names)-maxNames)
	}
	return strings.Join(names, ", ")
}
