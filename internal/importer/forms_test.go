package importer_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/importer"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// What is no common.env is told in one line, which shows nothing of it; what is
// one is told by its mistakes, whatever they look like.
func TestImportOfAnotherFile(t *testing.T) {
	const remedy = ": import takes a common.env, with a NAME=value on each line, a manifest of Kubernetes, or the file of a deployer"
	sample, err := os.ReadFile("testdata/common.env")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ reason, text, want string }{
		{"nothing", "", "is empty"},
		{"blanks", " \n\r\n\t", "is empty"},
		{"a kubeconfig", "apiVersion: v1\nclusters: []\nkind: Config\nusers:\n- name: a\n  user: {token: s3cret}\n", "is a kubeconfig, with credentials of a cluster"},
		{"a NestedConfig, whose commonEnv is full of settings", "apiVersion: nested.opencontrail.org/v1alpha1\nkind: NestedConfig # ours\nspec:\n  commonEnv: |\n    A=1\n    B=2\n    C=3\n    D=4\n    E=5\n", "is a NestedConfig already: render it with nested-config FILE"},
		{"a bundle in JSON", `{"services": {"password": "hunter2"}}`, "is JSON"},
		{"a NestedConfig in JSON", `{"apiVersion": "nested.opencontrail.org/v1alpha1", "kind": "NestedConfig"}`, "is a NestedConfig already: render it with nested-config FILE"},
		{"a list in JSON, over lines", "[\n  \"A=1\"\n]\n", "is JSON"},
		{"an inventory", "[all:vars]\nansible_user=root\nCONFIG_NODES=1.2.3.4\n\n[masters]\nmaster1 ansible_host=1.2.3.4\n", "is an inventory of Ansible or another INI file"},
		{"kube-manager's own file", "[DEFAULTS]\nhost_ip=1.2.3.4\n[VNC]\nrabbit_server=1.2.3.4\nrabbit_password=s3cret word\n", "is an inventory of Ansible or another INI file"},
		{"YAML of something else", "replicas: 3\nservice:\n  port: 80\n  password: s3cret\n", "is YAML, but not of a known deployer"},
		{"an HTML page", "\n<!DOCTYPE html>\n<html>\n<a href=\"x\">common.env</a>\n</html>\n", "is an HTML page, as a browser saves one: download the file itself"},
		{"a feed", "<?xml version=\"1.0\"?>\n<a/>\n", "is XML or HTML"},
		{"a program", "\x7fELF\x02\x01\x01\x00\x00A=1\n", "is a binary file"},
		{"an archive", "\x1f\x8b\x08\xff\xfe\xfd", "is a binary file"},
		{"of Windows' editor", "\xff\xfeA\x00=\x001\x00", "is UTF-16: save it as UTF-8"},
		{"a private key", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0==\n-----END PRIVATE KEY-----\n", "is a key or a certificate"},
		{"the old script", "#!/bin/bash -e\nDIR=$(dirname $0)\nif [ -f common.env ]; then\n  source common.env\nfi\nfor i in a b; do\n  echo $i\ndone\n", "is a script, and scripts are not executed: write the settings that it makes"},
		{"prose", "Dear all,\nthe password is s3cret word\nand the host is as ever.\n", "has no settings in most of its lines"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			_, ps := importer.Import("f", c.text, importer.Options{})
			var got []string
			for _, p := range ps {
				got = append(got, p.String())
			}
			if want := "f: " + c.want + remedy; strings.Join(got, "\n") != want {
				t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), want)
			}
		})
	}
	for _, c := range []struct{ reason, text string }{
		{"the sample", string(sample)},
		{"as a script", "#!/bin/bash\n" + string(sample)},
		{"with a statement of bash", string(sample) + "if true; then A=1; fi\n"},
		{"with a letter that is not UTF-8", string(sample) + "A='\xe9'\n"},
		{"with a byte order mark and line ends of Windows", "\uFEFF" + strings.ReplaceAll(string(sample), "\n", "\r\n")},
		{"with a field of YAML", string(sample) + "kind: x\napiVersion\n"},
		{"with comments alone, which is asked for its variables", "# A=1\n\n#B=2\n"},
		{"one line that is none", "A=1\nB C\n"},
		{"two lines that are none", "B C\nD E\n"},
	} {
		t.Run("a common.env "+c.reason, func(t *testing.T) {
			_, ps := importer.Import("f", c.text, importer.Options{})
			for _, p := range ps {
				if strings.Contains(p.String(), "import takes") {
					t.Error(p)
				}
			}
		})
	}
}

// A script imports each form, recognised and by --from.
func TestEveryFormHasAScript(t *testing.T) {
	files, err := filepath.Glob("../../fn/testdata/import*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var scripts strings.Builder
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		scripts.Write(text)
	}
	for _, f := range importer.Forms() {
		if !strings.Contains(scripts.String(), " --from "+string(f)+" ") {
			t.Errorf("--from %s is in no command of fn/testdata/import*.txtar", f)
		}
		if f != importer.CommonEnv && !strings.Contains(scripts.String(), ": is read as "+f.Named()+", because it looks like one") {
			t.Errorf("no text is recognised as %s in fn/testdata/import*.txtar", f.Named())
		}
	}
}

// The samples that docs/migration.md imports are those whose whole result a script of
// fn/testdata compares.
func TestSamplesAreThoseOfTheScripts(t *testing.T) {
	for _, s := range samples {
		ours, err := os.ReadFile("../../docs/testdata/" + s.file)
		if err != nil {
			t.Fatal(err)
		}
		name, _, _ := strings.Cut(s.file, ".")
		script, err := txtar.ParseFile("../../fn/testdata/import-" + name + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		theirs := "none"
		for _, f := range script.Files {
			if f.Name == s.file {
				theirs = string(f.Data)
			}
		}
		if diff := cmp.Diff(theirs, string(ours)); diff != "" {
			t.Errorf("%s (-script +docs):\n%s", s.file, diff)
		}
	}
}
