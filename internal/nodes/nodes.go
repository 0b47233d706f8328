// Package nodes writes the configuration that the VMs of a nested cluster need
// before Kubernetes is installed, in the format of each program that reads it:
// names of the nodes, a registry without TLS, and the kernel modules for the pod
// network.
package nodes

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
)

// modules are what the CNI plugin makes interfaces of: a VLAN for each pod, and
// macvlan on top of the VM's own interface.
var modules = []string{"8021q", "macvlan"}

// Formats of Prepare.
const (
	CloudInit  = "cloud-init"
	Hosts      = "hosts"
	Docker     = "docker"
	Containerd = "containerd"
)

// Prepare gives the text of one format. An error says which field is missing for
// it.
func Prepare(c config.Config, format string) (string, error) {
	registry := registryHost(c.Spec.Images.Registry)
	if (format == Docker || format == Containerd) && !c.Spec.Images.Insecure {
		return "", fmt.Errorf("spec.images.insecure: is false: %s speaks TLS, and %s needs nothing", registry, format)
	}
	switch format {
	case CloudInit:
		return cloudInit(c, registry)
	case Hosts:
		if len(c.Spec.Nodes) == 0 {
			return "", fmt.Errorf("spec.nodes: is empty: list the VMs, such as {name: master1, ip: 10.0.0.4}")
		}
		return hosts(c.Spec.Nodes), nil
	case Docker:
		return daemonJSON(registry), nil
	case Containerd:
		return "# " + hostsFile(registry) + "\n" + hostsTOML(registry), nil
	}
	return "", fmt.Errorf("--format: %q: must be %s, %s, %s or %s", format, CloudInit, Hosts, Docker, Containerd)
}

// hosts are lines of /etc/hosts.
func hosts(nodes []config.Node) string {
	var b strings.Builder
	for _, n := range nodes {
		fmt.Fprintf(&b, "%s %s\n", n.IP, n.Name)
	}
	return b.String()
}

// registryHost is the host, with its port, of a registry's path. What looks like
// no host is a path on Docker Hub (github.com/distribution/reference).
func registryHost(registry string) string {
	first, _, _ := strings.Cut(registry, "/")
	if strings.ContainsAny(first, ".:") || first == "localhost" || first != strings.ToLower(first) {
		return first
	}
	return "docker.io"
}

// daemonJSON is a whole /etc/docker/daemon.json.
func daemonJSON(registry string) string {
	b, err := json.MarshalIndent(map[string][]string{"insecure-registries": {registry}}, "", "  ")
	if err != nil {
		panic(err) // strings always encode
	}
	return string(b) + "\n"
}

// hostsFile is where containerd looks for the settings of a registry. Version 2
// looks there by itself, version 1 once config_path says so.
func hostsFile(registry string) string {
	return "/etc/containerd/certs.d/" + registry + "/hosts.toml"
}

func hostsTOML(registry string) string {
	return fmt.Sprintf(`server = "http://%[1]s"

[host."http://%[1]s"]
  capabilities = ["pull", "resolve"]
`, registry)
}
