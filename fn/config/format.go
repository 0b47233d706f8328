package config

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"sync"

	"github.com/nested-config/nested-config/internal/pattern"
)

// format is what a string may be made of. The pattern goes into the schema as
// it is, so it has neither look-ahead nor flags.
type format struct {
	pattern string
	longest int // bytes
	must    string
	secret  bool // the value is never shown
}

const (
	label = `[a-z0-9]([a-z0-9-]*[a-z0-9])?`
	octet = `(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])`
	ipv4  = octet + `(\.` + octet + `){3}`

	// The grammar of image references (github.com/distribution/reference).
	hostPort  = `[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*(:[0-9]{1,5})?`
	component = `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
)

// What the images' parsers let through. The kube-manager's settings travel
// through ConfigParser with interpolation, which fails on % and, on the Python
// of some images, on anything but ASCII; it also cuts off blanks at both ends
// and what follows " ;". Names in a dictionary are literals in single quotes,
// and parts of an fq_name, which is joined with colons. The cluster name is
// part of a JSON document and of a URL besides. (The " ;" is checked apart, in
// refuse.)
var formats = map[string]format{
	"label":             {label, 63, "must be a DNS label: lower-case letters, digits and -, at most 63", false},
	"name":              {label + `(\.` + label + `)*`, 253, "must be a Kubernetes name: lower-case letters, digits, - and ., such as contrail-credentials", false},
	"labelKey":          {`(` + label + `(\.` + label + `)*/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?`, 317, "must be a label key, such as node-role.kubernetes.io/control-plane, with at most 63 letters after the slash", false},
	"labelValue":        {`([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?`, 63, "must be a label value: letters, digits, -, _ and ., at most 63", false},
	"host":              {ipv4 + `|([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)*[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?`, 253, "must be an IPv4 address or a DNS name", false},
	"text":              {`[!-$&-~]([ -$&-~]*[!-$&-~])?`, 255, "must be printable ASCII without %, and without blanks at the start or end: the images' configuration parser cannot read another value", false},
	"namePrefix":        {`[!-~][ -~]*`, 200, "must be printable ASCII and not begin with a blank", false},
	"fqName":            {`[!-$&(-9;-\[\]-~]([ -$&(-9;-\[\]-~]*[!-$&(-9;-\[\]-~])?`, 255, "must be printable ASCII without ', \\, % and :, and without blanks at the start or end: it becomes a literal in single quotes and part of an fq_name", false},
	"clusterName":       {`[A-Za-z0-9_.~+=@,-]+`, 128, "must be letters, digits and _.~+=@,- only: it becomes part of URLs, JSON and names joined with colons", false},
	"release":           {`[A-Za-z0-9][A-Za-z0-9._-]*`, 32, "must be a Contrail release, such as R21.4", false},
	"kubernetesVersion": {`v?1\.[0-9]{1,3}(\.[0-9]{1,3})?`, 16, `must be a version of Kubernetes in quotes, such as "1.34"`, false},
	"tag":               {`[A-Za-z0-9_][A-Za-z0-9_.-]*`, 128, "must be an image tag, such as R21.4-latest", false},
	"digest":            {`sha256:[0-9a-f]{64}`, 71, "must be sha256: and 64 hexadecimal digits in lower case", false},
	"registry":          {`(` + hostPort + `|` + component + `)(/` + component + `)*`, 255, "must be a registry with its path and without a tag, such as docker.io/opencontrailnightly", false},
	"imageName":         {component + `(/` + component + `)*`, 255, "must be an image name without registry and tag, such as contrail-kubernetes-cni-init", false},
	"interface":         {`[A-Za-z0-9_.-]+`, 15, "must be the name of a network interface, such as eth0, at most 15 letters", false},
	"metaPlugin":        {`[A-Za-z0-9_.-]+`, 64, "must be the name of a CNI plugin, such as multus", false},
	"portRange":         {`[0-9]{1,5}-[0-9]{1,5}`, 11, "must be the first and last port, such as 56000-57023", false},
	"quantity":          {`[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?`, 32, "must be a quantity, such as 500m or 128Mi", false},
	"envName":           {`[A-Za-z_][A-Za-z0-9_]*`, 255, "must be the name of an environment variable: letters, digits and _", false},
	"envValue":          {`([!-$&-~]([ -$&-~]*[!-$&-~])?)?`, 4096, "must be printable ASCII without %, and without blanks at the start or end: the images' configuration parser cannot read another value", true},
	"dotenv":            {``, 1 << 20, "must be at most 1 MiB", true},
}

// patterns are those of the formats, each compiled when it is first needed and once
// for all configs: compiling all of them at start-up would cost a function more than
// its whole work, and a fleet needs the same ones ten thousand times.
var patterns = func() map[string]func() *regexp.Regexp {
	m := make(map[string]func() *regexp.Regexp, len(formats))
	for name, f := range formats {
		m[name] = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(` + f.pattern + `)$`) })
	}
	return m
}()

// isIPv4 spares most configs the compilation of the pattern for hosts, which is the
// longest one, and half of its matches.
func isIPv4(s string) bool {
	ip, err := netip.ParseAddr(s)
	return err == nil && ip.Is4()
}

func matches(name, s string) bool {
	f := formats[name]
	if len(s) > f.longest {
		return false
	}
	if w, ok := ofWords[name]; ok && w.match(s) {
		return true
	}
	return f.pattern == "" || name == "host" && isIPv4(s) || patterns[name]().MatchString(s)
}

// words are letters and digits, between any two of which stands one joint. Lower is
// whether capital letters are none.
type words struct {
	joints string
	lower  bool
}

// ofWords are the formats that let words through. Most strings of most configs are
// made so, and spare it the compilation of the pattern, which judges all others.
var ofWords = map[string]words{
	"label":       {"-", true},
	"name":        {"-.", true},
	"text":        {"-._/: ", false},
	"fqName":      {"-._/ ", false},
	"clusterName": {"-._", false},
	"release":     {"-._", false},
	"tag":         {"-._", false},
	"registry":    {"-./", true},
	"imageName":   {"-./", true},
}

// match reports whether a string is made of words and joints.
func (w words) match(s string) bool {
	in := false
	for i := range len(s) {
		switch {
		case 'a' <= s[i] && s[i] <= 'z', '0' <= s[i] && s[i] <= '9', !w.lower && 'A' <= s[i] && s[i] <= 'Z':
			in = true
		case in && strings.IndexByte(w.joints, s[i]) >= 0:
			in = false
		default:
			return false
		}
	}
	return in
}

// refuse says why a string is not of a format, "" when it is.
func refuse(name, s string) string {
	switch name {
	case "text", "fqName", "envValue":
		if strings.Contains(s, " ;") {
			return `must not have a blank before a ";": the images' configuration parser reads the rest as a comment`
		}
	}
	if name == "registry" && strings.Contains(s, "@") {
		return "must be without user, password and digest: put credentials into a Secret that spec.images.pullSecrets names, and a digest into spec.images.kubeManager.digest and spec.images.cniInit.digest"
	}
	f := formats[name]
	switch {
	case matches(name, s):
	case len(s) > f.longest && f.must != "" && !strings.Contains(f.must, "at most"):
		return fmt.Sprintf("has %d bytes: must be at most %d", len(s), f.longest)
	default:
		return f.must
	}
	return ""
}

// public is a value as far as it may be shown. On either side of an @ there may be
// a password: https://user:password@host, user@password, and a password may hold an @
// itself. Only a digest is known to be none. What stands behind a ? may be a token, and
// what stands behind the name of a secret is one: password=x, "token: x".
func public(s string) string {
	if at := strings.LastIndexByte(s, '@'); at >= 0 {
		if digest().MatchString(s[at:]) {
			return "…" + s[at:]
		}
		return "…@…"
	}
	if query := strings.IndexByte(s, '?'); query >= 0 && query+1 < len(s) {
		s = s[:query] + "?…"
	}
	if name := secretName().FindStringIndex(s); name != nil {
		s = s[:name[1]] + "…"
	}
	return s
}

var (
	digest     = pattern.Of(`^@sha256:[0-9a-f]*$`)
	secretName = pattern.Of(`(?i)(passw(or)?d|passwd|pwd|passphrase|secret|token|credential|api_?key)[a-z0-9_]*["']?\s*[=:]\s*`)
)
