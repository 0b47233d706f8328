//go:build e2e

package e2e

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const entrypoint = "/entrypoint.sh"

// TestTheCNIPodLeavesTheHostsPluginsAlone runs the containers of the rendered
// pod, with their mounts and environment, in a stand-in for the image.
func TestTheCNIPodLeavesTheHostsPluginsAlone(t *testing.T) {
	host := map[string]string{
		"etc/cni/net.d/99-loopback.conf": "the host's",
		"opt/cni/bin/bridge":             "the host's",
		"opt/cni/bin/loopback":           "the host's",
		"opt/cni/bin/portmap":            "the host's",
		"var/lib/contrail/other":         "the host's",
	}
	conf := `{"cniVersion": "0.3.1", "name": "contrail-k8s-cni", "type": "contrail-k8s-cni",
 "contrail": {"cluster-name": "k8s", "vrouter-ip": "10.10.10.5", "vrouter-port": 9091}}
`
	for _, c := range []struct {
		name    string
		changes []string
		want    map[string]string
	}{
		{"Keep adds one plugin and its configuration", nil, map[string]string{
			"etc/cni/net.d/10-contrail.conf": conf, "opt/cni/bin/contrail-k8s-cni": "-rwxr-xr-x the image's",
		}},
		{"Overwrite lets the image unpack its own", []string{"hostPlugins: Keep", "hostPlugins: Overwrite"}, map[string]string{
			"etc/cni/net.d/10-contrail.conf": conf, "opt/cni/bin/contrail-k8s-cni": "-rwxr-xr-x the image's",
			"opt/cni/bin/bridge": "of 2016", "opt/cni/bin/loopback": "of 2016",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			manifest := render(t, config(t, c.changes...))
			root := t.TempDir()
			write(t, root, host)
			image := standIn(t)
			runPod(t, manifest, root, image)
			want := map[string]string{}
			for _, m := range []map[string]string{host, c.want} {
				for path, text := range m {
					want[path] = text
				}
			}
			if diff := cmp.Diff(want, files(t, root)); diff != "" {
				t.Errorf("host after the first start (-want +got):\n%s", diff)
			}
			// A second start, while the kubelet is running the plugin: its file cannot
			// be written to, only replaced.
			if c.changes == nil {
				busy := filepath.Join(root, "opt/cni/bin/contrail-k8s-cni")
				program, err := os.ReadFile("/bin/sleep")
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(busy, program, 0o755); err != nil {
					t.Fatal(err)
				}
				plugin := exec.Command(busy, "60")
				if err := plugin.Start(); err != nil {
					t.Fatal(err)
				}
				defer plugin.Wait()
				defer plugin.Process.Kill()
			}
			runPod(t, manifest, root, image)
			if diff := cmp.Diff(want, files(t, root)); diff != "" {
				t.Errorf("host after the second start (-want +got):\n%s", diff)
			}
		})
	}
}

// standIn is a root file system with a shell, the CNI plugin, the old plugins
// and the entrypoint where the image has them.
func standIn(t *testing.T) string {
	t.Helper()
	image := t.TempDir()
	libraries := regexp.MustCompile(`/\S+`)
	for _, tool := range []string{"sh", "cat", "chmod", "cp", "gzip", "mkdir", "mv", "tar"} {
		path, err := exec.LookPath(tool)
		if err != nil {
			t.Fatal(err)
		}
		needs, err := exec.Command("ldd", path).Output()
		if err != nil {
			t.Fatalf("ldd %s: %v", path, err)
		}
		for _, l := range libraries.FindAllString(string(needs), -1) {
			copyFile(t, l, image+l)
		}
		copyFile(t, path, image+"/usr/bin/"+tool)
	}
	if err := os.Symlink("usr/bin", image+"/bin"); err != nil {
		t.Fatal(err)
	}
	old := t.TempDir()
	write(t, old, map[string]string{"bridge": "of 2016", "loopback": "of 2016"})
	if err := os.MkdirAll(image+"/opt", 0o755); err != nil {
		t.Fatal(err)
	}
	if text, err := exec.Command("tar", "-czf", image+"/opt/cni-v0.3.0.tgz", "-C", old, "bridge", "loopback").CombinedOutput(); err != nil {
		t.Fatalf("tar: %v\n%s", err, text)
	}
	write(t, image, map[string]string{"usr/bin/contrail-k8s-cni": "the image's"})
	copyFile(t, "testdata/cni-entrypoint.sh", image+entrypoint)
	return image
}

// runPod runs the init containers and the container of the CNI pod one after
// the other: hostPath from root, an empty emptyDir, the ConfigMap as environment.
func runPod(t *testing.T, manifest, root, image string) {
	t.Helper()
	var spec podSpec
	env := map[string]map[string]string{}
	for _, o := range objects(manifest) {
		switch o.Kind {
		case "DaemonSet":
			spec = o.Spec.Template.Spec
		case "ConfigMap":
			env[o.Metadata.Name] = o.Data
		}
	}
	volumes := map[string]string{}
	for _, v := range spec.Volumes {
		switch {
		case v.HostPath != nil:
			volumes[v.Name] = root + v.HostPath.Path
		case v.EmptyDir != nil:
			volumes[v.Name] = t.TempDir()
		}
	}
	for _, c := range append(spec.InitContainers, spec.Containers...) {
		// A namespace of mounts for each, so that they see what their mounts show.
		script := "set -e\n"
		for _, m := range c.VolumeMounts {
			source := volumes[m.Name]
			if source == "" {
				t.Fatalf("container %s mounts %s, which is no volume of the pod", c.Name, m.Name)
			}
			script += "mkdir -p '" + image + m.MountPath + "' && mount --bind '" + source + "' '" + image + m.MountPath + "'\n"
		}
		command := c.Command
		if len(command) == 0 {
			command = []string{"/bin/sh", entrypoint}
		}
		script += "exec chroot '" + image + "' \"$@\"\n"
		run := exec.Command("unshare", append([]string{"--map-root-user", "--mount", "sh", "-c", script, "sh"}, command...)...)
		run.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}
		for _, from := range c.EnvFrom {
			for name, value := range env[from.ConfigMapRef.Name] {
				run.Env = append(run.Env, name+"="+value)
			}
		}
		if text, err := run.CombinedOutput(); err != nil {
			t.Fatalf("container %s: %v\n%s", c.Name, err, text)
		}
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, text, 0o755); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for path, text := range files {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// files are the files below a directory; an executable has its mode before it.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			return err
		}
		info, err := d.Info()
		found[path] = string(text)
		if strings.HasSuffix(path, "contrail-k8s-cni") {
			found[path] = info.Mode().String() + " " + string(text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
