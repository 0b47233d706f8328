package importer

import (
	"cmp"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/fn/underlay"
	"github.com/nested-config/nested-config/internal/yamlnode"
)

// doubts tells of settings that are valid and known to break clusters, whatever form
// they come from. They are kept: only the underlay knows which of them is right, and
// what it holds is no doubt.
func (d draft) doubts(c config.Config, held underlay.Holding) config.Problems {
	var ps config.Problems
	tell := func(variable, message string) {
		p := config.Problem{Severity: config.Warning, Path: d.fileOf(variable), Place: variable, Message: message}
		if l, ok := d.line(variable); ok {
			file, number := d.spans.of(l.Number)
			p.Path, p.Place = file, placeOf(env.Line{Setting: l.Setting, Number: number})
		}
		ps = append(ps, p)
	}
	tag := cmp.Or(c.Spec.Images.KubeManager.Tag, c.Spec.Images.Tag)
	oldest := strings.HasPrefix(tag, "r5.0") || strings.HasPrefix(tag, "4.")
	switch port := c.Spec.Underlay.RabbitMQ.Port; {
	case c.Spec.Connectivity == config.LinkLocalMode && held.Server != "": // it has the port, or that was told
	case port == 5672 && !oldest:
		tell(env.RabbitMQPort, "is 5672, but the RabbitMQ of Contrail listens on 5673 from R5.0 on: the import keeps it; check it with nested-config underlay verify")
	case port == 5673 && oldest:
		tell(env.RabbitMQPort, "is 5673, the default, but the RabbitMQ of releases up to r5.0 listens on 5672: the import keeps it; check it with nested-config underlay verify")
	}
	if c.Spec.Auth.Mode == config.Keystone && c.Spec.Auth.URLVersion == "/v2.0" {
		tell(env.KeystoneURLVersion, "is /v2.0, which OpenStack Queens removed from Keystone: the import keeps it; write /v3 if the underlay is newer")
	}
	return ps
}

// line is that of a variable that counts.
func (d draft) line(variable string) (env.Line, bool) {
	var lines []env.Line
	if d.settings != nil {
		lines = d.settings.Lines
	} else {
		lines, _ = env.Parse(yamlnode.Text(d.fields, "commonEnv"))
	}
	i := slices.IndexFunc(lines, func(l env.Line) bool { return l.Name == variable && l.Value != "" })
	if i < 0 {
		return env.Line{}, false
	}
	return lines[i], true
}
