package explain

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/fleet"
)

// provisionHead stands before the first command.
const provisionHead = `# provision_linklocal.py splits its arguments at blanks, and everybody on the machine sees
# them: names and credentials go through its configuration file, which is standard input.
`

// provisionEscape writes a value so that ConfigParser reads it as it was: %, which
// interpolates there, twice.
const provisionEscape = `value() { printf %s "$1" | sed 's/%/%%/g'; }
`

// Provision writes the commands of Contrail's provision_linklocal.py, which adds
// or replaces each entry by its name and keeps all others, for a POSIX shell.
// Credentials are those of the OpenStack client; they stay variables of the shell
// that runs them. A name that the program cannot be given is an error.
func Provision(out io.Writer, configs []config.Config) error {
	var b strings.Builder
	b.WriteString(provisionHead)
	for _, c := range configs {
		if c.Spec.Auth.Mode == config.Keystone {
			b.WriteString(provisionEscape)
			break
		}
	}
	for _, u := range fleet.Union(configs) {
		fmt.Fprintf(&b, "\n# %s\n", title(u))
		for _, e := range u.Entries {
			if strings.Contains(e.Name, " ;") {
				return fmt.Errorf("spec.linkLocal.namePrefix: %s: has a blank before a \";\", where provision_linklocal.py takes a comment: use nested-config underlay", strconv.Quote(e.Name))
			}
			provision(&b, e, configs[e.Members[0]].Spec)
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func provision(b *strings.Builder, e fleet.Entry, spec config.Spec) {
	api := spec.Underlay.Config
	fmt.Fprintf(b, "provision_linklocal.py --conf_file /dev/stdin --oper add --api_server_ip %s --api_server_port %d", api.Nodes[0], api.Port)
	if spec.TLS.ConfigAPI {
		b.WriteString(" --api_server_use_ssl True")
	}
	fmt.Fprintf(b, " --linklocal_service_ip %s --linklocal_service_port %d", e.ServiceIP, e.ServicePort)
	if e.FabricDNSName != "" {
		fmt.Fprintf(b, " --ipfabric_dns_service_name %s", e.FabricDNSName)
	} else {
		fmt.Fprintf(b, " --ipfabric_service_ip %s", fabric(e.Service))
	}
	fmt.Fprintf(b, " --ipfabric_service_port %d <<END\n[DEFAULTS]\nlinklocal_service_name = %s\n", e.FabricPort, hereDocument(e.Name))
	if spec.Auth.Mode == config.Keystone {
		b.WriteString(`[KEYSTONE]
admin_user = $(value "$OS_USERNAME")
admin_password = $(value "$OS_PASSWORD")
admin_tenant_name = $(value "$OS_PROJECT_NAME")
`)
	}
	b.WriteString("END\n")
}

// hereDocument is text as it stands in a here-document of a shell, and in a file of
// ConfigParser.
func hereDocument(s string) string {
	return strings.NewReplacer(`\`, `\\`, "$", `\$`, "`", "\\`", "%", "%%").Replace(s)
}
