//go:build e2e

package build_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/kustomize/api/types"

	"github.com/nested-config/nested-config/fn/krm"
	"github.com/nested-config/nested-config/internal/build"
	"github.com/nested-config/nested-config/internal/e2e/programs"
)

// TestMain makes this test binary the exec function when kustomize starts it under that name.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "nested-config" {
		if err := krm.Execute(os.Stdin, os.Stdout, standIn); err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestSameAsKustomize holds the promise of the package: byte for byte what `kustomize build --enable-alpha-plugins --enable-exec` writes, with
// the same function as a program on PATH; where this build fails for a reason of the function, kustomize fails too.
func TestSameAsKustomize(t *testing.T) {
	kustomize := programs.Path(t, "kustomize")
	for _, path := range archives(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(archive.Comment, []byte("Not as in kustomize")) {
				return
			}
			t.Chdir(unpack(t, archive))
			got, stderr := run("top", build.Options{})
			want, err := kustomizeBuild(t, kustomize, "top")
			if (got == "") != (err != nil) {
				t.Fatalf("kustomize: %v\nbuild: %s", err, stderr)
			}
			if diff := cmp.Diff(want, got); err == nil && diff != "" {
				t.Errorf("%s(-kustomize +build):\n%s", archive.Comment, diff)
			}
		})
	}
}

// TestRemoteSameAsKustomize is the same for remote bases, where the program on PATH may run.
func TestRemoteSameAsKustomize(t *testing.T) {
	kustomize := programs.Path(t, "kustomize")
	for name, c := range remotes {
		if c.want == "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			top, repository := remoteTop(t, c.remote, c.top)
			for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "-A"}, {"-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"}} {
				cmd := exec.Command("git", args...)
				cmd.Dir = repository
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatal(args, err, string(out))
				}
			}
			// kustomize asks for the URL, and its git finds the directory.
			t.Setenv("GIT_CONFIG_COUNT", "1")
			t.Setenv("GIT_CONFIG_KEY_0", "url.file://"+repository+".insteadOf")
			t.Setenv("GIT_CONFIG_VALUE_0", remoteURL)
			got, err := kustomizeBuild(t, kustomize, top)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(got, c.want); diff != "" {
				t.Errorf("%s (-kustomize +build):\n%s", c.reason, diff)
			}
		})
	}
}

// TestLoadRestrictionsNone: the configs too may then lie outside of the kustomization, as in kustomize.
func TestLoadRestrictionsNone(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/symlink.txtar")
	if err != nil {
		t.Fatal(err)
	}
	top := filepath.Join(unpack(t, archive), "top")
	want, err := kustomizeBuild(t, programs.Path(t, "kustomize"), top, "--load-restrictor", "LoadRestrictionsNone")
	if err != nil {
		t.Fatal(err)
	}
	got, stderr := run(top, build.Options{Restrictions: types.LoadRestrictionsNone})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-kustomize +build):\n%s%s", diff, stderr)
	}
}

func kustomizeBuild(t *testing.T, kustomize, dir string, flags ...string) (string, error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if err := os.Symlink(self, filepath.Join(bin, "nested-config")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(kustomize, append([]string{"build", "--enable-alpha-plugins", "--enable-exec", dir}, flags...)...)
	cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Logf("kustomize: %s", stderr.String())
	}
	return string(out), err
}
