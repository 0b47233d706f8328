package importer

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Diff says as text what applying the site would change for the pods that are
// live: each variable whose value another one would be for the image, and the
// images themselves. What a Secret holds is not shown. file is what messages call
// the text of the live resources.
func Diff(file, live string, site Site) (string, config.Problems) {
	form, ps := recognise(file, live)
	if ps == nil && form != Manifest {
		ps = config.Problems{{Severity: config.Error, Path: file, Message: "must be a manifest: what kubectl -n kube-system get configmap,daemonset,deployment,secret -o yaml prints"}}
	}
	if ps != nil {
		return "", ps
	}
	then, ps := podsOf(file, live)
	if ps.Errors() {
		return "", ps
	}
	now, ps := podsOf("the NestedConfig", rendered(site))
	if ps.Errors() {
		return "", ps
	}
	var b strings.Builder
	for _, image := range imageNames {
		d := diff{image: image.image, was: then[image.image], is: now[image.image]}
		if image.image == env.KubeManager && site.Credentials != nil {
			d.is.credentials(site)
			d.is.hidden = false // the Secret will hold these, and no others
		}
		d.write(&b, image.workload)
	}
	return b.String(), nil
}

// rendered is the manifest of the site, which loads: Import has tried.
func rendered(site Site) string {
	n, err := yaml.Parse(string(site.Config))
	if err != nil {
		panic("importer wrote no YAML: " + err.Error())
	}
	var b bytes.Buffer
	if _, err := fn.RenderConfig(n.YNode(), &b); err != nil {
		panic("importer wrote what does not render: " + err.Error())
	}
	return b.String()
}

// running is what one of the pods has.
type running struct {
	workload string // "" for none
	image    string
	vars     map[string]variable
	hidden   bool // a Secret that the pod refers to is not there
}

// credentials adds what the Secret will hold.
func (r running) credentials(site Site) {
	for line := range strings.Lines(string(site.Credentials)) {
		if name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "="); ok && !strings.HasPrefix(line, "#") {
			r.vars[name] = variable{name: name, value: value, secret: "credentials"}
		}
	}
}

// podsOf gives both pods of a manifest. Secrets may be missing from it.
func podsOf(file, text string) (map[env.Image]running, config.Problems) {
	m := newManifest(file, text)
	out := map[env.Image]running{env.KubeManager: {vars: map[string]variable{}}, env.CNI: {vars: map[string]variable{}}}
	if !m.documents() {
		return out, m.problems
	}
	kubeManager, cni := m.pods()
	if m.problems.Errors() {
		return out, m.problems
	}
	for _, p := range []*pod{kubeManager, cni} {
		if p == nil {
			continue
		}
		vars := map[string]variable{}
		for _, v := range m.environmentOf(p) {
			vars[v.name] = v
		}
		out[p.image] = running{p.String(), yamlnode.LastText(p.container, "image"), vars, m.hidden}
	}
	for _, f := range m.settings.Faults {
		m.tell(config.Error, f.Line, f.Name, "%s", f.Message)
	}
	return out, m.problems
}

// diff compares what one image gets.
type diff struct {
	image   env.Image
	was, is running
}

func (d diff) write(b *strings.Builder, workload string) {
	switch {
	case d.was.workload == "":
		fmt.Fprintf(b, "%s: none is live, and %s is new\n", workload, d.is.workload)
		return
	case d.was.workload == d.is.workload:
		fmt.Fprintf(b, "%s: %s\n", workload, d.is.workload)
	default:
		fmt.Fprintf(b, "%s: %s in place of %s\n", workload, d.is.workload, d.was.workload)
	}
	if d.was.image != d.is.image {
		fmt.Fprintf(b, "  ~ image %q -> %q\n", d.was.image, d.is.image)
	}
	names := maps.Clone(d.was.vars)
	maps.Copy(names, d.is.vars)
	added, changed, removed, same := 0, 0, 0, 0
	var unread, unseen []string
	for _, name := range slices.Sorted(maps.Keys(names)) {
		v, known := env.Lookup(name)
		was, is := d.was.vars[name], d.is.vars[name]
		took, takes := d.effective(d.was, v), d.effective(d.is, v)
		switch {
		case !known, v.Images&d.image == 0:
			if was.value != "" && is.value == "" {
				unread = append(unread, name)
			}
		case v.Credential && (was.value == "" && d.was.hidden || is.value == "" && d.is.hidden):
			unseen = append(unseen, name)
		case took == takes:
			same++
		case was.value == "":
			added++
			fmt.Fprintf(b, "  + %s %s; the image used %s\n", name, shown(is, v, is.value), shown(was, v, took))
		case is.value == "":
			removed++
			fmt.Fprintf(b, "  - %s %s; the image will use %s\n", name, shown(was, v, was.value), shown(is, v, takes))
		default:
			changed++
			fmt.Fprintf(b, "  ~ %s %s -> %s\n", name, shown(was, v, was.value), shown(is, v, is.value))
		}
	}
	if len(unread) > 0 {
		fmt.Fprintf(b, "  no longer set, because the image does not read them: %s\n", strings.Join(unread, ", "))
	}
	if len(unseen) > 0 {
		fmt.Fprintf(b, "  not compared, because a Secret is missing: %s\n", strings.Join(unseen, ", "))
	}
	fmt.Fprintf(b, "  %d to add, %d to change, %d to remove; %d unchanged\n", added, changed, removed, same)
}

// effective is the value that the image works with: its own default, or that of
// another variable, where it gets none.
func (d diff) effective(r running, v env.Variable) string {
	for {
		if value := r.vars[v.Name].value; value != "" {
			return value
		}
		if v.Fallback == "" {
			break
		}
		v, _ = env.Lookup(v.Fallback)
	}
	if v.DefaultText != "" {
		return v.DefaultText
	}
	return v.Default
}

// shown is a value as it may stand on a terminal.
func shown(v variable, known env.Variable, value string) string {
	if v.secret != "" || known.Credential {
		return "(not shown)"
	}
	return fmt.Sprintf("%q", value)
}
