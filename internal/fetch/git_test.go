//go:build unix

package fetch_test

import (
	"encoding/pem"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nested-config/nested-config/internal/fetch"
)

// A real git gets real repositories by https: a branch, a tag, submodules; and is refused what a repository may not name.
func TestClone(t *testing.T) {
	c, root, url := gitServer(t)
	part := filepath.Join(root, "part")
	repository(t, part, "part.yaml", "part\n")
	repo := filepath.Join(root, "repo")
	repository(t, repo, "a.yaml", "one\n")
	git(t, repo, "tag", "v1")
	write(t, filepath.Join(repo, "a.yaml"), "two\n")
	write(t, filepath.Join(repo, ".gitmodules"), "[submodule \"part\"]\n\tpath = part\n\turl = "+url+"/part\n")
	git(t, repo, "update-index", "--add", "--cacheinfo", "160000,"+strings.TrimSpace(git(t, part, "rev-parse", "HEAD"))+",part")
	git(t, repo, "add", ".gitmodules", "a.yaml")
	git(t, repo, "commit", "-qm", "two")
	for _, c2 := range []struct{ entry, file, want string }{
		{url + "/repo//?ref=v1", "a.yaml", "one\n"},
		{url + "/repo//?ref=main", "a.yaml", "two\n"},
		{url + "/repo//", "part/part.yaml", "part\n"},
		{url + "/repo//?submodules=false", "part/part.yaml", ""},
	} {
		dir := t.TempDir()
		r, err := fetch.Parse(c2.entry)
		if err == nil {
			err = c.Clone(t.Context(), r, dir)
		}
		if err != nil {
			t.Errorf("%s: %v", c2.entry, err)
		}
		if got, _ := os.ReadFile(filepath.Join(dir, c2.file)); string(got) != c2.want {
			t.Errorf("%s: %s holds %q, want %q", c2.entry, c2.file, got, c2.want)
		}
	}
	for name, module := range map[string]string{"local": "file://" + part, "helper": "ext::sh -c touch% " + root + "/PWNED", "option": "-u./PWNED", "plain": "http://127.0.0.1:1/part"} {
		hostile := filepath.Join(root, name)
		repository(t, hostile, ".gitmodules", "[submodule \"part\"]\n\tpath = part\n\turl = \""+module+"\"\n")
		git(t, hostile, "update-index", "--add", "--cacheinfo", "160000,"+strings.TrimSpace(git(t, part, "rev-parse", "HEAD"))+",part")
		git(t, hostile, "commit", "-qm", "part")
		dir := t.TempDir()
		r, err := fetch.Parse(url + "/" + name + "//")
		if err == nil {
			err = c.Clone(t.Context(), r, dir)
		}
		if _, is := os.Stat(filepath.Join(dir, "part", "part.yaml")); is == nil || err == nil && name != "option" { // git itself passes over options
			t.Errorf("a submodule from %s was taken in: %v", module, err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(root, "PWNED*")); len(left) > 0 {
		t.Errorf("a submodule ran %v", left)
	}
}

// What git starts ends with it, also what it leaves in the background, and a git that does not end.
func TestNothingSurvives(t *testing.T) {
	for name, script := range map[string]string{
		"left in the background": "sleep 1000 </dev/null >/dev/null 2>&1 &\necho $! >>PIDS\n[ \"$LATER\" ] || exit 3\n",
		"does not end":           "sleep 1000 &\necho $! >>PIDS\necho $$ >>PIDS\nwait\n",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			pids := filepath.Join(dir, "pids")
			program := filepath.Join(dir, "git")
			if err := os.WriteFile(program, []byte("#!/bin/sh\n"+strings.ReplaceAll(script, "PIDS", pids)), 0o755); err != nil {
				t.Fatal(err)
			}
			c := fetch.Client{Git: program, Environ: os.Environ()}
			err := c.Clone(t.Context(), fetch.Repository{URL: "https://git.example/a", Timeout: 2 * time.Second}, t.TempDir())
			if err == nil {
				t.Error("no error")
			}
			text, err := os.ReadFile(pids)
			if err != nil {
				t.Fatal(err)
			}
			for _, pid := range strings.Fields(string(text)) {
				n, err := strconv.Atoi(pid)
				if err != nil {
					t.Fatal(err)
				}
				for range 100 { // the kernel takes a moment
					if err = syscall.Kill(n, 0); err != nil || zombie(n) {
						break
					}
					time.Sleep(20 * time.Millisecond)
				}
				if err == nil && !zombie(n) {
					t.Errorf("process %d is alive", n)
				}
			}
		})
	}
}

// What git says holds no part of who asked, in no form that it or a server may choose, nor does a password of one letter show by its holes.
func TestWhatGitSays(t *testing.T) {
	const withheld = "git init: exit status 1: the text holds a secret and is not shown"
	for _, c := range []struct{ url, says, want string }{
		{"https://git.example/team/a", "fatal: no such thing", "git init: exit status 1: fatal: no such thing"},
		{"https://git.example/team/a", "\x1b[2Jx\nforged: \u202ey", `git init: exit status 1: \x1b[2Jx forged: \u202ey`},
		{"https://me:hunter2@git.example/team/a", "fatal: unable to access 'https://me:hunter2@git.example/team/a/'", "git init: exit status 1: fatal: unable to access 'https://git.example/team/a/'"},
		{"https://me:hunter2@git.example/team/a", "fatal: unable to access 'https://me@git.example/team/a/'", "git init: exit status 1: fatal: unable to access 'https://git.example/team/a/'"},
		{"https://me:hunter2@git.example/team/a", "remote: hunter2 is wrong", withheld},
		{"https://me:hunter2@git.example/team/a", "remote: hun%74er2 is wrong", withheld},
		{"https://me:hunter2@git.example/team/a", "remote: aHVudGVyMg== is wrong", withheld},
		{"https://me:hunter2@git.example/team/a", "remote: \nhun\nter2", withheld},
		{"https://me:x@git.example/team/a", "fatal: an exact answer", withheld},
		{"https://ghp_0123456789abcdef@git.example/team/a", "remote: ghp_0123456789abcdef has expired", withheld},
		{"https://ghp_0123456789abcdef@git.example/team/a", "fatal: https://ghp_0123456789abcdef@git.example/team/a", "git init: exit status 1: fatal: https://git.example/team/a"},
		{"https://me:hunter2@git.example/team/a", strings.Repeat("a", 4<<10-3) + "hunter2", "git init: exit status 1: "},
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "says"), c.says)
		write(t, filepath.Join(dir, "git"), "#!/bin/sh\ncat "+dir+"/says >&2\nexit 1\n")
		if err := os.Chmod(filepath.Join(dir, "git"), 0o755); err != nil {
			t.Fatal(err)
		}
		r, err := fetch.Parse(c.url)
		if err != nil {
			t.Fatal(err)
		}
		client := fetch.Client{Git: filepath.Join(dir, "git"), Environ: os.Environ()}
		if got := message(client.Clone(t.Context(), r, t.TempDir())); got != c.want {
			t.Errorf("%s says %q:\ngot  %s\nwant %s", c.url, c.says, got, c.want)
		}
	}
}

// A repository that grows without an end is ended while it does, and one that was quick is not used.
func TestLargeClone(t *testing.T) {
	for name, script := range map[string]string{
		"while it grows": "truncate -s 2G large\nsleep 1000\n", // which takes no place on the disk
		"when it ends":   "truncate -s 2G large\n",
	} {
		t.Run(name, func(t *testing.T) {
			program := filepath.Join(t.TempDir(), "git")
			if err := os.WriteFile(program, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
				t.Fatal(err)
			}
			c := fetch.Client{Git: program, Environ: os.Environ()}
			err := c.Clone(t.Context(), fetch.Repository{URL: "https://git.example/a", Timeout: time.Minute}, t.TempDir())
			if want := "the repository takes more than 1 GB or 200,000 files"; message(err) != want {
				t.Errorf("got %v, want %s", err, want)
			}
		})
	}
}

// zombie reports whether a process has ended and only its parent, which is none of ours, has not asked how.
func zombie(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || strings.Contains(string(stat), ") Z ")
}

// git is asked nothing that this test does not list, in an environment that allows two protocols and no questions.
func TestGitIsToldLittle(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "git")
	script := "#!/bin/sh\necho \"$@\" >>" + dir + "/calls\nenv | grep -E '^(GIT|SSH)_' | sort >" + dir + "/environ\n"
	if err := os.WriteFile(program, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	r, err := fetch.Parse("git@git.example:team/repo.git//base?ref=v1")
	if err != nil {
		t.Fatal(err)
	}
	c := fetch.Client{Git: program, Environ: []string{"PATH=/usr/bin:/bin", "GIT_DIR=/somewhere", "GIT_ASKPASS=/ask", "GIT_ALLOW_PROTOCOL=ext:file"}}
	if err := c.Clone(t.Context(), r, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	const settings = "-c core.hooksPath=/dev/null -c core.fsmonitor=false -c gc.auto=0 -c maintenance.auto=false -c advice.detachedHead=false " +
		"-c http.lowSpeedLimit=1 -c http.lowSpeedTime=30 " +
		"-c protocol.allow=never -c protocol.https.allow=always -c protocol.ssh.allow=always "
	calls, err := os.ReadFile(dir + "/calls")
	if want := settings + "init --quiet --template=\n" + settings + "remote add -- origin git@git.example:team/repo.git\n" +
		settings + "fetch --quiet --depth=1 --no-tags -- git@git.example:team/repo.git v1\n" + settings + "checkout --quiet FETCH_HEAD\n"; err != nil || string(calls) != want {
		t.Errorf("%v: got\n%s\nwant\n%s", err, calls, want)
	}
	environ, err := os.ReadFile(dir + "/environ")
	if want := "GIT_ALLOW_PROTOCOL=https:ssh\nGIT_ASKPASS=\nGIT_LFS_SKIP_SMUDGE=1\nGIT_SSH_COMMAND=ssh -oBatchMode=yes\nGIT_TERMINAL_PROMPT=0\n" +
		"SSH_ASKPASS=\nSSH_ASKPASS_REQUIRE=never\n"; err != nil || string(environ) != want {
		t.Errorf("%v: got\n%s\nwant\n%s", err, environ, want)
	}
}

// gitServer serves the repositories below a directory by https, and returns a client that trusts it.
func gitServer(t *testing.T) (c *fetch.Client, root, url string) {
	t.Helper()
	program, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not on PATH")
	}
	backend, err := exec.Command(program, "--exec-path").Output()
	if err != nil {
		t.Fatal(err)
	}
	root = t.TempDir()
	server := httptest.NewTLSServer(&cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(backend)), "git-http-backend"), Env: []string{"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1",
			"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*"},
	})
	t.Cleanup(server.Close)
	authority := filepath.Join(t.TempDir(), "ca.pem")
	write(t, authority, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
	return &fetch.Client{Git: program, Environ: append(os.Environ(), "GIT_SSL_CAINFO="+authority, "GIT_CONFIG_GLOBAL="+os.DevNull)}, root, server.URL
}

func repository(t *testing.T, dir, file, text string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	git(t, dir, "init", "-q", "-b", "main")
	write(t, filepath.Join(dir, file), text)
	git(t, dir, "add", file)
	git(t, dir, "commit", "-qm", "one")
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@b"}, args...)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v: %s", args, err, out)
	}
	return string(out)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
