package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/fn/krm"

	"github.com/google/go-cmp/cmp"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/yaml"
)

// config is the guide's example, pinned.
const config = `apiVersion: nested.opencontrail.org/v1alpha1
kind: NestedConfig
metadata:
  name: k8s
  annotations:
    config.kubernetes.io/local-config: "true"
    config.kubernetes.io/function: |
      exec: {path: nested-config}
spec:
  connectivity: LinkLocal
  images: {registry: docker.io/opencontrailnightly, tag: R21.4-latest}
  underlay:
    config: {nodes: [192.168.1.100]}
    analytics: {nodes: [192.168.1.100, 192.168.1.101]}
    configDB: {nodes: [192.168.1.100, 192.168.1.101, 192.168.1.102]}
    keystone: {host: 192.168.1.200}
    virtualNetwork: {domain: default-domain, project: admin, name: k8s-vms}
  linkLocal:
    serviceIPs:
      192.168.1.100: 10.10.10.1
      192.168.1.101: 10.10.10.2
      192.168.1.102: 10.10.10.3
      192.168.1.200: 10.10.10.4
    vrouterServiceIP: 10.10.10.5
  kubernetes: {apiServer: 10.84.31.67}
`

var variable = regexp.MustCompile(`(?m)^  ([A-Z0-9_]+): (.*)$`)

// oldScript does what the original does (resolve-manifest.sh with the parse-env.sh of the
// last releases), with the same programs in the same number: it sources the site's
// settings, asks for the host's route, gateway, distribution and address, exports some
// hundred defaults, turns {{ NAME }} of a template into $NAME by sed, and lets eval fill
// it in. What it leaves out are the branches for hosts that build images. The template is
// the manifest that the upgrade is tested with.
func oldScript(b *testing.B, dir string) string {
	b.Helper()
	for _, program := range []string{"ip", "awk", "sed"} {
		tool(b, program)
	}
	manifest, err := os.ReadFile("../e2e/testdata/old-manifest.yaml")
	if err != nil {
		b.Fatal(err)
	}
	var settings, defaults strings.Builder
	for _, m := range variable.FindAllStringSubmatch(string(manifest), -1) {
		settings.WriteString(m[1] + `="` + strings.Trim(m[2], `"`) + "\"\n")
		defaults.WriteString("export " + m[1] + "=${" + m[1] + ":-'none'}\n")
	}
	for i := range 110 { // of the other parts of Contrail
		fmt.Fprintf(&defaults, "export OPTION_%d=${OPTION_%[1]d:-${OPTION_%d}}\n", i, max(i-1, 0))
	}
	settings.WriteString("CONTRAIL_REGISTRY=docker.io/opencontrailnightly\nCONTRAIL_CONTAINER_TAG=latest\n")
	template := variable.ReplaceAllString(string(manifest), `  $1: "{{ $1 }}"`)
	template = strings.NewReplacer("docker.io/opencontrailnightly", "{{ CONTRAIL_REGISTRY }}", ":latest", ":{{ CONTRAIL_CONTAINER_TAG }}").Replace(template)
	write(b, filepath.Join(dir, "template.yaml"), template)
	write(b, filepath.Join(dir, "common.env"), settings.String())
	write(b, filepath.Join(dir, "parse-env.sh"), `here=${BASH_SOURCE%/*}
[ ! -f "$here/common.env" ] || . "$here/common.env"
interface=$(ip route show | grep "default via" | awk '{print $5}')
gateway=$(ip route show dev "$interface" | grep default | awk '{print $3}')
distribution=$(awk -F= '/^ID=/{print $2}' /etc/os-release | tr -d '"')
release=$(awk -F= '/^VERSION_ID=/{print $2}' /etc/os-release | tr -d '"')
export HOST_IP=${HOST_IP:-auto}
[ "$HOST_IP" != auto ] || HOST_IP=$(ip address show dev "$interface" | head -3 | tail -1 | tr / " " | awk '{print $2}')
`+defaults.String())
	script := filepath.Join(dir, "resolve.sh")
	write(b, script, `. "${BASH_SOURCE%/*}/parse-env.sh"
IFS=
text=$(sed -e 's/"/\\"/g' -e 's/\$/uUu/g' -e 's/{{ *\([^ }]\+\) *}}/$\1/g' "${BASH_SOURCE%/*}/template.yaml")
eval "echo \"$text\"" | sed 's/uUu/$/g'
`)
	if diff := cmp.Diff(parse(b, string(manifest)), parse(b, output(b, exec.Command("bash", script)))); diff != "" {
		b.Fatalf("the script does not make the old manifest (-manifest +script):\n%s", diff)
	}
	return script
}

// chart is a helm chart that gives the same manifest, its variables as values.
func chart(b *testing.B, dir, manifest string) string {
	b.Helper()
	values := map[string]string{}
	template := variable.ReplaceAllStringFunc(manifest, func(line string) string {
		m := variable.FindStringSubmatch(line)
		if err := yaml.Unmarshal([]byte(m[2]), new(string)); err != nil {
			b.Fatal(err)
		}
		values[m[1]] = strings.Trim(m[2], `"`)
		return "  " + m[1] + ": {{ .Values." + m[1] + " | quote }}"
	})
	values["registry"], values["tag"] = "docker.io/opencontrailnightly", "R21.4-latest"
	template = strings.NewReplacer("docker.io/opencontrailnightly", "{{ .Values.registry }}", ":R21.4-latest", ":{{ .Values.tag }}").Replace(template)
	text, err := json.Marshal(values)
	if err != nil {
		b.Fatal(err)
	}
	dir = filepath.Join(dir, "chart")
	write(b, filepath.Join(dir, "Chart.yaml"), "apiVersion: v2\nname: nested\nversion: 0.1.0\n")
	write(b, filepath.Join(dir, "values.yaml"), string(text))
	write(b, filepath.Join(dir, "templates", "all.yaml"), template)
	helm := exec.Command(tool(b, "helm"), "template", "k8s", dir)
	helm.Env = append(os.Environ(), helmHome(dir)...)
	if diff := cmp.Diff(parse(b, manifest), parse(b, output(b, helm))); diff != "" {
		b.Fatalf("the chart is not equal (-nested-config +helm):\n%s", diff)
	}
	return dir
}

func helmHome(dir string) []string {
	return []string{"HELM_CACHE_HOME=" + dir, "HELM_CONFIG_HOME=" + dir, "HELM_DATA_HOME=" + dir, "KUBECONFIG=/dev/null"}
}

// kustomizations are a build with the function, one of what it makes, the
// declarations for the underlay included (kustomize reads them in both, and
// leaves them out in the end), and one with a script in the function's place
// that prints what the function would and does no work at all.
func kustomizations(b *testing.B) []contestant {
	b.Helper()
	dir := b.TempDir()
	program := build(b, "github.com/nested-config/nested-config")
	path := "PATH=" + filepath.Dir(program) + ":" + os.Getenv("PATH")
	write(b, filepath.Join(dir, "function/nested-config.yaml"), config)
	write(b, filepath.Join(dir, "function/kustomization.yaml"), "generators:\n- nested-config.yaml\n")
	rl := &krm.ResourceList{FunctionConfig: kyaml.MustParse(config)}
	if err := fn.Process(rl); err != nil {
		b.Fatal(err, rl.Results)
	}
	all, err := fn.Encode(rl.Items)
	if err != nil {
		b.Fatal(err)
	}
	write(b, filepath.Join(dir, "plain/all.yaml"), string(all))
	write(b, filepath.Join(dir, "plain/kustomization.yaml"), "resources:\n- all.yaml\n")
	kustomize := tool(b, "kustomize")
	with := contestant{name: "kustomize", args: []string{kustomize, "build", "--enable-alpha-plugins", "--enable-exec", "."}, dir: filepath.Join(dir, "function"), env: []string{path}}
	plain := contestant{name: "plain", args: []string{kustomize, "build", "."}, dir: filepath.Join(dir, "plain")}
	made := exec.Command(with.args[0], with.args[1:]...)
	made.Dir, made.Env = with.dir, append(os.Environ(), path)
	same := exec.Command(plain.args[0], plain.args[1:]...)
	same.Dir = plain.dir
	if diff := cmp.Diff(parse(b, output(b, same)), parse(b, output(b, made))); diff != "" {
		b.Fatalf("the builds are not equal (-plain +function):\n%s", diff)
	}
	return []contestant{with, plain, printer(b, dir, with)}
}

func printer(b *testing.B, dir string, with contestant) contestant {
	b.Helper()
	list := strings.ReplaceAll("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\nfunctionConfig:\n"+config, "\n", "\n  ")
	list = strings.NewReplacer("\n  kind: ResourceList", "\nkind: ResourceList", "\n  items", "\nitems", "\n  functionConfig", "\nfunctionConfig").Replace(list)
	var out bytes.Buffer
	if _, err := fn.Run(strings.NewReader(list), &out); err != nil {
		b.Fatal(err)
	}
	file := filepath.Join(dir, "printer/bin/list.yaml")
	write(b, file, out.String())
	script := filepath.Join(dir, "printer/bin/nested-config")
	write(b, script, "#!/bin/sh\ncat >/dev/null\nexec cat "+file+"\n")
	if err := os.Chmod(script, 0o755); err != nil {
		b.Fatal(err)
	}
	with.name, with.env = "printer", []string{"PATH=" + filepath.Dir(script) + ":" + os.Getenv("PATH")}
	return with
}

// parse gives the documents of a manifest, sorted, for comparing.
func parse(b *testing.B, manifest string) []string {
	b.Helper()
	var docs []string
	for doc := range strings.SplitSeq("\n"+manifest, "\n---\n") {
		text, err := yaml.YAMLToJSON([]byte(doc + "\n")) // which ends a literal
		if err != nil {
			b.Fatal(err)
		}
		if string(text) != "null" {
			docs = append(docs, string(text))
		}
	}
	slices.Sort(docs)
	return docs
}
