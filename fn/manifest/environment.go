package manifest

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/fn/linklocal"
)

// environment is what one image gets: the lines of the contract in their order,
// then what the user adds beyond it. Nothing is left to a default of the image
// that has moved between releases; credentials are never here.
func environment(c *config.Config, image env.Image) []env.Setting {
	added := additions(c, image)
	var out []env.Setting
	for v := range env.Contract() {
		if v.Images&image == 0 || v.Credential {
			continue
		}
		value := value(c, v)
		if a, ok := added[v.Name]; ok && v.Constant == "" {
			value = a
		}
		delete(added, v.Name)
		if value != "" {
			out = append(out, env.Setting{Name: v.Name, Value: value})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(added)) {
		out = append(out, env.Setting{Name: name, Value: added[name]})
	}
	return out
}

// additions are the variables without a field: those of commonEnv that this
// image reads, and over them those that the config adds.
func additions(c *config.Config, image env.Image) map[string]string {
	added := map[string]string{}
	for _, s := range c.Extra {
		if v, known := env.Lookup(s.Name); known && v.Images&image != 0 {
			added[s.Name] = s.Value
		}
	}
	if image == env.CNI {
		maps.Copy(added, c.Spec.CNI.Env)
	} else {
		maps.Copy(added, c.Spec.KubeManager.Env)
	}
	return added
}

// value is what the config says about a variable, "" for nothing.
func value(c *config.Config, v env.Variable) string {
	field := cmp.Or(v.Field, v.From)
	switch {
	case v.Constant != "":
		return v.Constant
	case !c.Spec.Meets(v.When):
		return ""
	case v.Kind == env.Agent:
		return c.ServiceIPs.VRouter.ServiceIP.String()
	case field == "":
		return v.Preset
	}
	return format(c, v.Kind, c.Spec.Field(field))
}

func addresses(c *config.Config, ips []netip.Addr) string {
	out := make([]string, len(ips))
	for i, ip := range ips {
		out[i] = c.Dial(linklocal.HostAt(ip))
	}
	return strings.Join(out, ",")
}

// format writes a field as the images read it (env.Kind).
func format(c *config.Config, kind env.Kind, field any) string {
	switch f := field.(type) {
	case string:
		return f
	case linklocal.Host:
		if kind == env.Fabric {
			return c.Dial(f)
		}
		return f.String()
	case bool:
		return strconv.FormatBool(f)
	case int:
		if f == 0 {
			return "" // no port is 0, and an MTU of 0 is none
		}
		return strconv.Itoa(f)
	case []netip.Addr:
		return addresses(c, f)
	case []netip.Prefix:
		out := make([]string, len(f))
		for i, p := range f {
			out[i] = p.String()
		}
		return strings.Join(out, " ")
	case config.Network:
		return fmt.Sprintf("{'domain': '%s', 'project': '%s', 'name': '%s'}", f.Domain, f.Project, f.Name)
	case config.FIPPool:
		if f == (config.FIPPool{}) {
			return "{}"
		}
		return fmt.Sprintf("{'domain': '%s', 'project': '%s', 'network': '%s', 'name': '%s'}", f.Domain, f.Project, f.Network, f.Name)
	}
	panic(fmt.Sprintf("no text for a %T", field))
}

// Checksum is computed from the data of a ConfigMap: it changes if a variable
// changes, and does not depend on the order of the variables. Names and values
// cannot hold a zero byte.
func Checksum(data map[string]string) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(data)) {
		h.Write([]byte(name + "=" + data[name] + "\x00"))
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

func sum(settings []env.Setting) string {
	data := map[string]string{}
	for _, s := range settings {
		data[s.Name] = s.Value
	}
	return Checksum(data)
}
