//go:build unix

package render

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/manifest"
	"github.com/nested-config/nested-config/internal/source"
)

// one is a fleet of one cluster with this password.
func one(t *testing.T, password string) *source.Fleet {
	text := strings.ReplaceAll(fmt.Sprintf(full, "one", "LinkLocal", "a"), "hunter2", password)
	return &source.Fleet{Configs: []config.Config{load(t, text)}, Where: []string{"one.yaml"}}
}

func runOne(t *testing.T, o Options, password string) []string {
	t.Helper()
	problems, err := Run(context.Background(), one(t, password), o)
	lines := []string{}
	for _, p := range problems {
		p.Where = "" // there is but one
		lines = append(lines, strings.ReplaceAll(p.String(), o.Dir, "DIR"))
	}
	if err != nil {
		lines = append(lines, strings.ReplaceAll(err.Error(), o.Dir, "DIR"))
	}
	return lines
}

// Nothing but the file of the Secret depends on a password, no marker, no checksum
// of a pod template: a short one would be found by trying.
func TestNothingCoversASecret(t *testing.T) {
	for layout, secret := range map[Layout]string{PerResource: "/one/" + credentials, PerCluster: "/one/manifest.yaml"} {
		var trees []map[string]string
		for _, password := range []string{"hunter2", "s3cret"} {
			o := options(t.TempDir())
			o.Layout = layout
			runOne(t, o, password)
			tree := texts(t, o.Dir)
			if !strings.Contains(tree[secret], password) {
				t.Errorf("%s: no password", secret)
			}
			tree[secret] = strings.ReplaceAll(tree[secret], password, "PASSWORD")
			trees = append(trees, tree)
		}
		if diff := cmp.Diff(trees[0], trees[1]); diff != "" {
			t.Errorf("%s (-one password +another):\n%s", layout, diff)
		}
	}
}

// Another password is written, though nothing tells but the file itself, and an
// unchanged one touches no file.
func TestSecretsAreCompared(t *testing.T) {
	o := options(t.TempDir())
	runOne(t, o, "hunter2")
	path := filepath.Join(o.Dir, "one", credentials)
	old := time.Unix(1e9, 0)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	runOne(t, o, "hunter2")
	if info, err := os.Stat(path); err != nil || !info.ModTime().Equal(old) {
		t.Errorf("the file was touched: %v", err)
	}
	runOne(t, o, "s3cret")
	if text, err := os.ReadFile(path); err != nil || !strings.Contains(string(text), "s3cret") {
		t.Errorf("the old password stands there: %v", err)
	}
	// And it goes with its config.
	if problems, err := Run(context.Background(), &source.Fleet{}, o); err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
	if left := texts(t, o.Dir); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// An older version wrote sums of everything: they go with the next run.
func TestOldMarker(t *testing.T) {
	o := options(t.TempDir())
	runOne(t, o, "hunter2")
	want := texts(t, o.Dir)
	path := filepath.Join(o.Dir, "one", source.Marker)
	secret := sha256.Sum256([]byte(want["/one/"+credentials]))
	lines := strings.SplitAfter(want["/one/"+source.Marker], "\n")
	for i, line := range lines {
		if strings.HasSuffix(line, "  "+credentials+"\n") {
			lines[i] = hex.EncodeToString(secret[:]) + "  " + credentials + "\n"
		}
	}
	lines[0] += "# input " + strings.Repeat("0", 64) + "\n"
	if err := os.WriteFile(path, []byte(strings.Join(lines, "")), 0o644); err != nil {
		t.Fatal(err)
	}
	if said := runOne(t, o, "hunter2"); len(said) > 0 {
		t.Errorf("told: %v", said)
	}
	if diff := cmp.Diff(want, texts(t, o.Dir)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A Secret that somebody made readable is for its owner alone again, and that is told.
func TestExposedSecret(t *testing.T) {
	o := options(t.TempDir())
	runOne(t, o, "hunter2")
	path := filepath.Join(o.Dir, "one", credentials)
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	want := []string{"warning: DIR/one/" + credentials + ": holds a Secret and had mode 0644: now only you can read it"}
	if diff := cmp.Diff(want, runOne(t, o, "hunter2")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if said := runOne(t, o, "hunter2"); len(said) > 0 {
		t.Errorf("told again: %v", said)
	}
}

// It is concealed also by a run that writes nothing, and what is told is true.
func TestExposedSecretWhereNothingIsWritten(t *testing.T) {
	o := options(t.TempDir())
	runOne(t, o, "hunter2")
	path := filepath.Join(o.Dir, "one", credentials)
	inTheWay := filepath.Join(o.Dir, "one", manifest.FileName("ClusterRole", "contrail-kube-manager"))
	if err := errors.Join(os.Chmod(path, 0o644), os.Remove(inTheWay), os.Mkdir(inTheWay, 0o755)); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"DIR/one/" + manifest.FileName("ClusterRole", "contrail-kube-manager") + ": exists and is not a file: move it away, or render elsewhere",
		"warning: DIR/one/" + credentials + ": holds a Secret and had mode 0644: now only you can read it",
	}
	if diff := cmp.Diff(want, runOne(t, o, "hunter3")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// What stands in the way is an error that says what to do; nothing is written, and
// nobody waits.
func TestInTheWay(t *testing.T) {
	file := "one/" + manifest.FileName("ClusterRole", "contrail-kube-manager")
	cases := map[string]struct {
		reason string
		put    func(dir, victim string) error
		want   []string
	}{
		"named pipe for a file": {"who opens one waits for a writer",
			func(dir, _ string) error { return syscall.Mkfifo(filepath.Join(dir, file), 0o600) },
			[]string{"DIR/" + file + ": exists and is not a file: move it away, or render elsewhere"}},
		"named pipe for the marker": {"likewise",
			func(dir, _ string) error { return syscall.Mkfifo(filepath.Join(dir, "one", source.Marker), 0o600) },
			[]string{"DIR/one/.nested-config: exists and is not a file: move it away, or render elsewhere"}},
		"link for a file": {"we would write somewhere else, or take somebody's link away",
			func(dir, victim string) error {
				return os.Symlink(filepath.Join(victim, "file"), filepath.Join(dir, file))
			},
			[]string{"DIR/" + file + ": exists and is not a file: move it away, or render elsewhere"}},
		"directory for a file": {"it may hold anything",
			func(dir, _ string) error { return os.MkdirAll(filepath.Join(dir, file), 0o755) },
			[]string{"DIR/" + file + ": exists and is not a file: move it away, or render elsewhere"}},
		"link for the directory": {"what it leads to belongs to somebody else",
			func(dir, victim string) error {
				return errorsOf(os.Remove(filepath.Join(dir, "one")), os.Symlink(victim, filepath.Join(dir, "one")))
			},
			[]string{"DIR/one: is a link or a file, but must be a directory: move it away, or render elsewhere"}},
		"link to the directory of another cluster": {"each would delete the other's files",
			func(dir, _ string) error {
				return errorsOf(os.Rename(filepath.Join(dir, "one"), filepath.Join(dir, "two")), os.Symlink("two", filepath.Join(dir, "one")))
			},
			[]string{"DIR/one: is a link or a file, but must be a directory: move it away, or render elsewhere"}},
		"file for the directory": {"it is somebody's",
			func(dir, _ string) error {
				return errorsOf(os.Remove(filepath.Join(dir, "one")), os.WriteFile(filepath.Join(dir, "one"), nil, 0o644))
			},
			[]string{"DIR/one: is a link or a file, but must be a directory: move it away, or render elsewhere"}},
		"another run": {"it would delete what this one renders, and this one what that renders",
			func(dir, _ string) error {
				_, err := lock(dir) // until the test ends
				return err
			},
			[]string{"DIR: another run of nested-config writes there: wait until it ends, and run this again"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o, victim := options(t.TempDir()), t.TempDir()
			if err := os.Mkdir(filepath.Join(o.Dir, "one"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := c.put(o.Dir, victim); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, runOne(t, o, "hunter2")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
			for _, dir := range []string{victim, filepath.Join(o.Dir, "one")} {
				entries, _ := os.ReadDir(dir)
				if len(entries) > 1 {
					t.Errorf("%s: written: %v", c.reason, entries)
				}
			}
		})
	}
}

func errorsOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// What a user has put beside our files stays, also when the cluster is gone.
func TestUsersFilesStay(t *testing.T) {
	o := options(t.TempDir())
	runOne(t, o, "hunter2")
	mine := map[string]string{}
	for _, name := range []string{
		"/one/kustomization.yaml", "/one/.new-" + deployment, "/one/.new-nested-config", "/one/deployment-other.yaml",
		"/one/underlay/mine.yaml", "/one/.nested-config-mine.tmp", "/two/mine.yaml", "/mine.yaml",
	} {
		mine[name] = "mine"
		if err := errorsOf(os.MkdirAll(filepath.Dir(o.Dir+name), 0o755), os.WriteFile(o.Dir+name, []byte("mine"), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if said := runOne(t, o, "s3cret"); len(said) > 0 {
		t.Errorf("told: %v", said)
	}
	if _, err := Run(context.Background(), &source.Fleet{}, o); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(mine, texts(t, o.Dir)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
