package nodes

import (
	"bytes"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// mergeDaemonJSON adds a registry to /etc/docker/daemon.json and keeps what else
// is in there: write_files would replace the file of an image or of another
// part of the user data. cloud-init itself is Python, so that python3 is there.
const mergeDaemonJSON = `import json, os, pathlib, sys
path = pathlib.Path("/etc/docker/daemon.json")
text = path.read_text() if path.exists() else ""
settings = json.loads(text) if text.strip() else {}
registries = settings.setdefault("insecure-registries", [])
if sys.argv[1] not in registries:
    registries.append(sys.argv[1])
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name("daemon.json.new")
    new.write_text(json.dumps(settings, indent=2) + "\n")
    os.replace(new, path)
`

// cloudInit is user data for every VM.
func cloudInit(c config.Config, registry string) (string, error) {
	files := yamlnode.List(file("/etc/modules-load.d/nested-config.conf", strings.Join(modules, "\n")+"\n", false))
	run := yamlnode.List(command(append([]string{"modprobe", "-a"}, modules...)...))
	if len(c.Spec.Nodes) > 0 {
		hosts := file("/etc/hosts", hosts(c.Spec.Nodes), true)
		hosts.HeadComment = "# Where manage_etc_hosts is true, cloud-init writes the file anew at every boot:\n# put these lines into its template then."
		files.Content = append(files.Content, hosts)
	}
	if c.Spec.Images.Insecure {
		toml := file(hostsFile(registry), hostsTOML(registry), false)
		toml.HeadComment = "# containerd 2 reads it; containerd 1 once config_path in /etc/containerd/config.toml\n# is /etc/containerd/certs.d."
		files.Content = append(files.Content, toml)
		merge := command("python3", "-c", mergeDaemonJSON, registry)
		merge.Style = 0
		merge.Content[2].Style = yaml.LiteralStyle
		merge.HeadComment = "# Docker: added to what is in the file already."
		run.Content = append(run.Content, merge,
			command("sh", "-c", "systemctl try-reload-or-restart docker.service || true"))
	}
	doc := yamlnode.Map("write_files", files, "runcmd", run)
	var b bytes.Buffer
	b.WriteString("#cloud-config\n# The VMs of the nested cluster " + c.Name + ".\n")
	e := yaml.NewEncoder(&b)
	e.CompactSeqIndent()
	if err := e.Encode(doc); err != nil {
		return "", err
	}
	return b.String(), e.Close()
}

func file(path, content string, add bool) *yaml.Node {
	n := yamlnode.Map("path", path)
	if add {
		yamlnode.Set(n, "append", true)
	}
	yamlnode.Set(n, "content", yamlnode.Literal(content))
	return n
}

// command is run as it stands, without a shell.
func command(args ...string) *yaml.Node {
	n := yamlnode.List()
	n.Style = yaml.FlowStyle
	for _, a := range args {
		n.Content = append(n.Content, yamlnode.Of(a))
	}
	return n
}
