//go:build unix

package wholefile_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nested-config/nested-config/internal/wholefile"
)

// Every case starts in a directory with a file, replaces FILE, and ends with that
// directory, whole: mode and text of every file, and where every link leads.
func TestWrite(t *testing.T) {
	const name = ".nested-config-ABCDEFGHIJKLMNOPQRSTUVWXYZ.tmp"
	cases := map[string]struct {
		reason string
		before func(t *testing.T)
		access wholefile.Access
		err    string
		want   map[string]string
	}{
		"new": {
			reason: "the umask says who may read it",
			want:   map[string]string{"FILE": "-rw-r----- new"},
		},
		"replaced": {
			reason: "somebody chose that mode",
			before: func(t *testing.T) { write(t, "FILE", "old", 0o664) },
			want:   map[string]string{"FILE": "-rw-rw-r-- new"},
		},
		"private": {
			reason: "it holds a secret",
			access: wholefile.Private,
			want:   map[string]string{"FILE": "-rw------- new"},
		},
		"private where all could read": {
			reason: "the file that others have open is another one",
			before: func(t *testing.T) { write(t, "FILE", "old", 0o666) },
			access: wholefile.Private,
			want:   map[string]string{"FILE": "-rw------- new"},
		},
		"program": {
			reason: "the container that runs it is another user",
			before: func(t *testing.T) { write(t, "FILE", "old", 0o600) },
			access: wholefile.Program,
			want:   map[string]string{"FILE": "-rwxr-xr-x new"},
		},
		"link": {
			reason: "who names a link means the file",
			before: func(t *testing.T) {
				write(t, "dir/file", "old", 0o644)
				link(t, "dir/file", "FILE")
			},
			want: map[string]string{"FILE": "-> dir/file", "dir/file": "-rw-r--r-- new"},
		},
		"link to nothing": {
			reason: "other programs make the file then",
			before: func(t *testing.T) { link(t, "second", "FILE"); link(t, "there", "second") },
			want:   map[string]string{"FILE": "-> second", "second": "-> there", "there": "-rw-r----- new"},
		},
		"links in a circle": {
			reason: "they lead to no file",
			before: func(t *testing.T) { link(t, "second", "FILE"); link(t, "FILE", "second") },
			err:    "FILE: too many links",
			want:   map[string]string{"FILE": "-> second", "second": "-> FILE"},
		},
		"directory": {
			reason: "it is no file",
			before: func(t *testing.T) { write(t, "FILE/inside", "old", 0o644) },
			err:    "FILE: exists and is not a file: move it away",
			want:   map[string]string{"FILE/inside": "-rw-r--r-- old"},
		},
		"left by a killed run": {
			reason: "nobody else would take it away",
			before: func(t *testing.T) { write(t, name, "half", 0o600) },
			want:   map[string]string{"FILE": "-rw-r----- new"},
		},
		"much like one": {
			reason: "nobody's file is deleted",
			before: func(t *testing.T) {
				write(t, ".new-FILE", "mine", 0o644)
				write(t, ".nested-config-x.tmp", "mine", 0o644)
				write(t, strings.ToLower(name), "mine", 0o644)
				link(t, "FILE", name)
			},
			want: map[string]string{"FILE": "-rw-r----- new", ".new-FILE": "-rw-r--r-- mine", ".nested-config-x.tmp": "-rw-r--r-- mine",
				strings.ToLower(name): "-rw-r--r-- mine", name: "-> FILE"},
		},
	}
	for what, c := range cases {
		t.Run(what, func(t *testing.T) {
			t.Chdir(t.TempDir())
			defer syscall.Umask(syscall.Umask(0o027))
			if c.before != nil {
				c.before(t)
			}
			err := wholefile.Write("FILE", strings.NewReader("new"), c.access)
			if text(err) != c.err {
				t.Errorf("%s: error %v, want %q", c.reason, err, c.err)
			}
			if diff := cmp.Diff(c.want, tree(t)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// When the disk is full, what was there stays, and nothing else.
func TestFullDisk(t *testing.T) {
	// In a process of its own: the limit would also meet the log of the test itself.
	if os.Getenv("WHOLEFILE_FULL") == "" {
		child := exec.Command(os.Args[0], "-test.run=^TestFullDisk$", "-test.v")
		child.Env = append(os.Environ(), "WHOLEFILE_FULL=1")
		out, err := child.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "--- PASS: TestFullDisk") {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	t.Chdir(t.TempDir())
	write(t, "FILE", "old", 0o644)
	write(t, "other", "old", 0o644)
	root, err := os.OpenRoot(".")
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	var first, second, third error
	full(t, 4096, func() {
		large := strings.Repeat("x", 4097)
		first = wholefile.Write("FILE", strings.NewReader(large), wholefile.Shared)
		s := wholefile.In(root)
		defer s.Drop()
		second = s.Add("other", strings.NewReader("new"), wholefile.Shared)
		third = s.Add("FILE", strings.NewReader(large), wholefile.Private)
	})
	if text(first) != "FILE: file too large" || second != nil || text(third) != "file too large" {
		t.Errorf("errors %v, %v and %v", first, second, third)
	}
	if diff := cmp.Diff(map[string]string{"FILE": "-rw-r--r-- old", "other": "-rw-r--r-- old"}, tree(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Two sets at once in one directory leave each other's temporary files alone.
func TestSetsAtOnce(t *testing.T) {
	t.Chdir(t.TempDir())
	first, err := wholefile.Stage("FILE", strings.NewReader("first"), wholefile.Shared)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Drop()
	if err := wholefile.Write("FILE", strings.NewReader("second"), wholefile.Shared); err != nil {
		t.Fatal(err)
	}
	if err := first.Commit(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"FILE": "-rw-r--r-- first"}, tree(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A process that is killed while it writes leaves the old file, and a temporary one
// that the next writer takes away.
func TestKilled(t *testing.T) {
	if os.Getenv("WHOLEFILE_KILLED") != "" {
		_ = wholefile.Write("FILE", os.Stdin, wholefile.Program) // never ends
		return
	}
	t.Chdir(t.TempDir())
	write(t, "FILE", "old", 0o755)
	child := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	child.Env = append(os.Environ(), "WHOLEFILE_KILLED=1")
	in, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	half := strings.Repeat("half", 100_000) // more than a pipe holds: some of it has been read
	if _, err := in.Write([]byte(half)); err != nil {
		t.Fatal(err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // killed
	left := tree(t)
	if left["FILE"] != "-rwxr-xr-x old" || len(left) != 2 {
		t.Errorf("a killed process left %d files, and FILE as %.20q", len(left), left["FILE"])
	}
	if err := wholefile.Write("FILE", strings.NewReader("new"), wholefile.Program); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"FILE": "-rwxr-xr-x new"}, tree(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A named pipe is written to: a process substitution is one.
func TestPipe(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := syscall.Mkfifo("FILE", 0o600); err != nil {
		t.Fatal(err)
	}
	got := make(chan string)
	go func() {
		text, _ := os.ReadFile("FILE")
		got <- string(text)
	}()
	if err := wholefile.Write("FILE", strings.NewReader("new"), wholefile.Private); err != nil {
		t.Fatal(err)
	}
	if text := <-got; text != "new" {
		t.Errorf("the reader has %q", text)
	}
}

// full runs do with a limit on what a file may grow to, in bytes: the write that
// goes beyond it fails as on a full disk, on every file system and for every user.
func full(t *testing.T, limit uint64, do func()) {
	t.Helper()
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	now := before
	now.Cur = limit
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &now); err != nil {
		t.Fatal(err)
	}
	do()
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func write(t *testing.T, name, content string, mode fs.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, to, name string) {
	t.Helper()
	if err := os.Symlink(to, name); err != nil {
		t.Fatal(err)
	}
}

// tree is everything below the working directory.
func tree(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if to, err := os.Readlink(path); err == nil {
			found[path] = "-> " + to
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		found[path] = info.Mode().String() + " " + string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
