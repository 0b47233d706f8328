package doors

import (
	"fmt"
	"strings"
)

// input is a hostile text of less than 1 KB.
type input struct {
	name, text string
}

// sized is what an input may have.
const sized = 1024

// config is a valid NestedConfig in flow style, with what else stands in its spec
// and in the document.
func config(spec, document string) string {
	return "apiVersion: nested.opencontrail.org/v1alpha1\nkind: NestedConfig\nmetadata: {name: k}\n" + document +
		"spec: {connectivity: LinkLocal, images: {registry: r, tag: t}, kubernetes: {apiServer: a}, " + spec + "}\n"
}

// rest is what config lacks, unless the input has it.
const rest = "underlay: {config: {nodes: [1.1.1.1]}, keystone: {host: k}, virtualNetwork: {domain: d, project: p, name: n}}, linkLocal: {pool: 10.10.10.0/24}"

// kustomizations are the hostile ones that no NestedConfig is.
func kustomizations() []input {
	return []input{{"a secret behind many beginnings of a message", "resources: [cm.yaml]\nsecretGenerator: [{name: s, literals: [p=hunter2-hunter2]}]\n" +
		"patches: [{path: '" + strings.Repeat("x: ", 280) + "hunter2-hunter2'}]\n"}}
}

// configs are the hostile NestedConfigs.
func configs() []input {
	var out []input
	add := func(name, text string) { out = append(out, input{name, text}) }

	// Aliases at every kind of field.
	for _, place := range []string{
		"nodes: %s", "underlay: {config: {nodes: %s}}", "linkLocal: {pool: 10.0.0.0/8, exclude: %s}", "linkLocal: {serviceIPs: %s}",
		"kubeManager: {env: %s}", "kubeManager: {tolerations: %s}", "cni: {resources: {limits: %s}}", "images: {pullSecrets: %s}", "unknown: %s",
	} {
		for _, shape := range bombs() {
			add("aliases: "+shape.name+": "+place, config(fmt.Sprintf(place, "*z"), "x: "+shape.text+"\n"))
		}
	}
	for _, shape := range bombs() {
		add("aliases: "+shape.name+": metadata", "z: "+shape.text+"\n"+strings.Replace(config(rest, ""), "{name: k}", "{name: k, annotations: *z, labels: *z}", 1))
		add("aliases: "+shape.name+": alone", shape.text)
		add("aliases: "+shape.name+": the spec itself", "x: "+shape.text+"\napiVersion: nested.opencontrail.org/v1alpha1\nkind: NestedConfig\nmetadata: {name: k}\nspec: *z\n")
	}

	// Depth, length, number.
	for _, nest := range [][2]string{{"[", "]"}, {"{a: ", "}"}, {"- ", ""}, {"? ", ""}, {"!!seq [", "]"}, {"&a [", "]"}} {
		n := 900 / len(nest[0]+nest[1])
		add("depth of "+nest[0], strings.Repeat(nest[0], n)+strings.Repeat(nest[1], n))
		n = 550 / len(nest[0]+nest[1])
		if nest[1] != "" {
			add("depth within of "+nest[0], config(rest+", nodes: "+strings.Repeat(nest[0], n)+strings.Repeat(nest[1], n), ""))
		}
	}
	long := strings.Repeat("a", 500)
	add("a long key", config(rest+", "+long+": 1", ""))
	add("a long key in a map", config(rest+", kubeManager: {env: {"+long+": a}}", ""))
	add("many keys", config(rest+", kubeManager: {env: {"+list(80, func(i int) string { return fmt.Sprintf("A%d: b", i) })+"}}", ""))
	add("many unknown keys", config(rest+", "+list(80, func(i int) string { return fmt.Sprintf("a%d: b", i) }), ""))
	add("many keys twice", config(rest+", "+list(60, func(int) string { return "rbac: b" }), ""))
	add("many documents", strings.Repeat("---\n", 250))
	add("many small documents", strings.Repeat("--- a\n", 160))
	add("many configs", strings.Repeat("---\nkind: NestedConfig\n", 40))
	add("comments", strings.Repeat("#\n", 500))
	add("directives", strings.Repeat("%TAG ! a\n", 100))
	for _, number := range []string{"1e999999", "0x" + strings.Repeat("f", 250), strings.Repeat("9", 250), "-.inf", "1" + strings.Repeat("_", 250) + "0", "0b1", "1e-999999", "1.5Ei"} {
		add("number "+number[:min(len(number), 12)], config(rest+", cni: {mtu: "+number+", resources: {limits: {cpu: "+number+"}}}", ""))
	}
	for i, s := range []string{
		strings.Repeat("a-", 250), strings.Repeat("a.", 250), strings.Repeat("0.", 250), strings.Repeat("a:1/", 120), strings.Repeat("-", 500),
		strings.Repeat("a_", 250) + "!", strings.Repeat("1.", 250) + "/33", strings.Repeat("é", 250), strings.Repeat("\u0301", 250), strings.Repeat("\u202e", 80),
		strings.Repeat("𝔘", 120), strings.Repeat("a ;", 160),
	} {
		add(fmt.Sprintf("text %d at fields with patterns", i), fmt.Sprintf("apiVersion: nested.opencontrail.org/v1alpha1\nkind: NestedConfig\nmetadata: {name: &s %q}\nspec: {images: {registry: *s, tag: *s, kubeManager: {name: *s, digest: *s}}, underlay: {name: *s, keystone: {host: *s}}, linkLocal: {pool: *s}, kubernetes: {clusterName: *s, version: *s}, auth: {tenant: *s}}\n", s))
	}

	// Addresses.
	prefixes := func(n int, f string) string { return list(n, func(i int) string { return fmt.Sprintf(f, i) }) }
	network := "virtualNetwork: {domain: d, project: p, name: n}, keystone: {host: k}"
	for _, pool := range []string{"0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8", "240.0.0.0/4", "127.0.0.0/8", "224.0.0.0/3", "0.0.0.0/32", "::/0"} {
		add("pool "+pool, config("underlay: {config: {nodes: ["+prefixes(20, "1.1.1.%d")+"]}, "+network+"}, linkLocal: {pool: "+pool+"}", ""))
		add("all but one excluded of pool "+pool, config("underlay: {config: {nodes: [1.1.1.1]}, "+network+"}, linkLocal: {pool: "+pool+", exclude: ["+list(22, func(i int) string { return fmt.Sprintf("%d.0.0.0/%d", 256-256>>i&255, i+1) })+"]}", ""))
	}
	add("a pool within the pods", config("underlay: {config: {nodes: [1.1.1.1]}, "+network+"}, linkLocal: {pool: 10.32.0.0/12}", ""))
	add("many exclusions", config("underlay: {config: {nodes: [1.1.1.1]}, "+network+"}, linkLocal: {pool: 0.0.0.0/0, exclude: ["+prefixes(50, "%d.0.0.0/8")+"]}", ""))
	add("exclusions of one address", config("underlay: {config: {nodes: [1.1.1.1]}, "+network+"}, linkLocal: {pool: 0.0.0.0/0, exclude: ["+prefixes(60, "0.0.0.%d")+"]}", ""))
	add("many subnets that overlap", config(rest+", kubernetes: {podSubnets: ["+prefixes(30, "10.0.0.0/%d")+"]}", ""))
	add("many pins", config("underlay: {config: {nodes: [1.1.1.1]}, "+network+"}, linkLocal: {pool: 0.0.0.0/0, serviceIPs: {"+list(30, func(i int) string { return fmt.Sprintf("1.1.1.%d: 9.9.9.%d", i, i) })+"}}", ""))

	// Bytes.
	for i, s := range []string{"\x00", "\xff\xfe", "\uFEFF\uFEFF", "\t", "\"", "'", "|\n", ">\n", "*", "&a", "!", "%", "@", "`", "\u2028", "\x1b[2J", "? ", "- - - ", ": ", "{,", "<<: "} {
		add(fmt.Sprintf("bytes %d", i), strings.Repeat(s, 900/len(s)))
	}
	return out
}

// bombs are texts whose anchor z stands for very much more than they say.
func bombs() []input {
	const names = "abcdefghz"
	chain := func(first string, link func(before string) string) string {
		parts := []string{"&a " + first}
		for i := 1; i < len(names); i++ {
			parts = append(parts, fmt.Sprintf("&%c %s", names[i], link("*"+names[i-1:i])))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	again := func(n int, s string) string { return list(n, func(int) string { return s }) }
	return []input{
		{"lists of lists", chain("[a, a, a, a, a, a]", func(b string) string { return "[" + again(6, b) + "]" })},
		{"maps of maps", chain("{a: b}", func(b string) string {
			return "{" + list(5, func(i int) string { return fmt.Sprintf("%c: %s", 'a'+i, b) }) + "}"
		})},
		{"merges", chain("{a: b, c: d}", func(b string) string { return "{<<: [" + again(6, b) + "]}" })},
		{"a long text", "&z [&t " + strings.Repeat("x", 400) + ", " + again(60, "*t") + "]"},
		{"itself", "&z [*z, *z, *z, *z]"},
		{"itself in a map", "&z {a: *z, b: *z, <<: *z}"},
		{"many empty maps", "&z [&e {}, " + again(60, "*e") + "]"},
	}
}

func list(n int, f func(i int) string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = f(i)
	}
	return strings.Join(parts, ", ")
}

// manifests are the hostile manifests of Kubernetes.
func manifests() []input {
	out := configs() // whatever the kind, the parser gets it
	km := func(pod, container string) string {
		return "kind: Deployment\nmetadata: {name: k}\nspec: {template: {spec: {" + pod + "containers: [{name: contrail-kube-manager, image: r/a:1, " + container + "}]}}}\n"
	}
	add := func(name, text string) { out = append(out, input{name, text}) }
	for _, shape := range bombs() {
		add("aliases: "+shape.name+": data", "kind: ConfigMap\nx: "+shape.text+"\nmetadata: {name: env}\ndata: *z\n")
		for _, place := range []string{"envFrom", "env", "resources"} {
			add("aliases: "+shape.name+": "+place, "x: "+shape.text+"\n"+km("", place+": *z"))
		}
		for _, place := range []string{"volumes", "tolerations", "nodeSelector", "imagePullSecrets", "affinity"} {
			add("aliases: "+shape.name+": "+place, "x: "+shape.text+"\n"+km(place+": *z, ", "env: []"))
		}
		add("aliases: "+shape.name+": items", "kind: List\nx: "+shape.text+"\nitems: *z\n")
	}
	cm := "kind: ConfigMap\nmetadata: {name: env}\ndata: {" + list(40, func(i int) string { return fmt.Sprintf("A%d: b", i) }) + "}\n---\n"
	add("one ConfigMap many times", cm+km("", "envFrom: ["+list(12, func(int) string { return "{configMapRef: {name: env}}" })+"]"))
	add("many pods", "kind: List\nitems: ["+list(10, func(int) string {
		return "{kind: Deployment, spec: {template: {spec: {containers: [{name: contrail-kube-manager}]}}}}"
	})+"]\n")
	return out
}

// dotenvs are the hostile common.env.
func dotenvs() []input {
	var out []input
	add := func(name, text string) { out = append(out, input{name, text}) }
	for _, n := range []int{2, 4, 8, 12, 25} {
		for _, form := range []string{"$%s", "${%s}"} {
			for _, quote := range []string{"", `"`} {
				text, name := "A=12345678\n", "A"
				for i := 0; ; i++ {
					next := fmt.Sprintf("B%d", i)
					line := next + "=" + quote + strings.Repeat(fmt.Sprintf(form, name), n) + quote + "\n"
					if len(text+line) > 900 {
						break
					}
					text, name = text+line, next
				}
				add(fmt.Sprintf("%d references as %s%s", n, quote, form), text)
				add(fmt.Sprintf("%d references as %s%s that end in a field", n, quote, form), text+"LOG_LEVEL=$"+name+"\nCONFIG_NODES=$"+name+"\n")
			}
		}
	}
	add("many lines", strings.Repeat("a=\n", 300))
	for _, s := range []string{"a=1\n", "a\n", "=\n", "a='\n", "a=\\\n", "export a={b,c}\n", "a=$(b)\n", "\x00=1\n", "é=1\n", "AUTH_MODE=keystone\n", "a=$a\n", "a=\"$a$a\"\n"} {
		add("many times "+s, strings.Repeat(s, 900/len(s)))
	}
	add("many variables", strings.ReplaceAll(list(150, func(i int) string { return fmt.Sprintf("a%d=1", i) }), ", ", "\n"))
	add("names close to known ones", strings.ReplaceAll(list(40, func(i int) string { return fmt.Sprintf("KUBERNETES_API_SERVE%d=1", i) }), ", ", "\n"))
	for _, s := range []string{"{", "'", `"`, `\`, "$", "${", "$A", " ", "#", ";", ",", "~:", "é", "..", "%"} {
		add("a long value of "+s, "A=x\nexport B="+strings.Repeat(s, 900/len(s))+"\n")
		add("a long list of "+s, "CONFIG_NODES="+strings.Repeat(s, 900/len(s))+"\n")
	}
	add("a long list of addresses", "AUTH_MODE=noauth\nCONFIG_NODES="+strings.ReplaceAll(list(100, func(i int) string { return fmt.Sprintf("1.1.1.%d", i) }), " ", ""))
	add("a long dictionary", "KUBERNETES_CLUSTER_NETWORK=\"{"+list(60, func(i int) string { return fmt.Sprintf("'a%d': 'b'", i) })+"}\"\n")
	add("a deep dictionary", "KUBERNETES_CLUSTER_NETWORK=\""+strings.Repeat("{'a': ", 120)+"\"\n")
	return out
}
