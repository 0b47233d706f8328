package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/nested-config/nested-config/internal/secret"
)

// Clone gets a repository into an empty directory.
func (c *Client) Clone(ctx context.Context, r Repository, dir string) error {
	if c.Git == "" {
		return errors.New("git is not on PATH")
	}
	ctx, stop := context.WithTimeout(ctx, r.Timeout)
	defer stop()
	ref := r.Ref
	if ref == "" {
		ref = "HEAD"
	}
	for _, args := range [][]string{
		{"init", "--quiet", "--template="},
		{"remote", "add", "--", "origin", r.URL}, // relative submodules are relative to it
		{"fetch", "--quiet", "--depth=1", "--no-tags", "--", r.URL, ref},
		{"checkout", "--quiet", "FETCH_HEAD"},
	} {
		if err := c.git(ctx, dir, r, args...); err != nil {
			return err
		}
	}
	if _, err := os.Lstat(filepath.Join(dir, ".gitmodules")); err != nil || !r.Submodules {
		return nil
	}
	return c.git(ctx, dir, r, "submodule", "--quiet", "update", "--init", "--recursive", "--depth=1")
}

// settings are what no configuration may change: no hook and no helper of the repository's choice, nothing that goes on in the background.
func settings() []string {
	return []string{
		"-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "gc.auto=0", "-c", "maintenance.auto=false",
		"-c", "advice.detachedHead=false",
		// What git has started for https ends by itself when the server falls silent, should nobody be there any more to end it.
		"-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=30", "-c", "protocol.allow=never", "-c", "protocol.https.allow=always", "-c", "protocol.ssh.allow=always",
	}
}

// environ is what git gets: what the operator set, but no repository of theirs, no question to anybody, and two protocols.
func (c *Client) environ() []string {
	env := slices.DeleteFunc(slices.Clone(c.Environ), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains([]string{
			"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_NAMESPACE",
			"GIT_PREFIX", "GIT_TEMPLATE_DIR", "GIT_PROTOCOL_FROM_USER",
		}, name)
	})
	if !slices.ContainsFunc(env, func(v string) bool { return strings.HasPrefix(v, "GIT_SSH") }) {
		env = append(env, "GIT_SSH_COMMAND=ssh -oBatchMode=yes")
	}
	return append(env, "GIT_ALLOW_PROTOCOL=https:ssh", "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=", "SSH_ASKPASS=", "SSH_ASKPASS_REQUIRE=never", "GIT_LFS_SKIP_SMUDGE=1")
}

// git runs one command to its end, in a process group of its own, and ends what is left of that. It ends the command when the clone grows too large.
func (c *Client) git(ctx context.Context, dir string, r Repository, args ...string) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var said bounded
	cmd := exec.CommandContext(ctx, c.Git, append(settings(), args...)...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, c.environ(), &said, &said
	together(cmd)
	cmd.WaitDelay = time.Second
	runtime.LockOSThread() // whose end is what the kernel takes for the end of the parent
	defer runtime.UnlockOSThread()
	err := cmd.Start()
	cause := context.Cause(ctx)
	if err == nil {
		watched := watch(ctx, dir, stop)
		err = cmd.Wait()
		endAll(cmd)
		cause = context.Cause(ctx)
		stop(nil)
		<-watched
	}
	switch {
	case errors.Is(cause, errSize):
		return cause
	case err == nil:
		return size(dir) // it may have been quicker than the watch
	case errors.Is(cause, context.DeadlineExceeded):
		return fmt.Errorf("git %s: not done after %s; ?timeout= in the entry gives it more, up to %s", args[0], r.Timeout, MaxTime)
	case cause != nil:
		return cause
	}
	return fmt.Errorf("git %s: %w: %s", args[0], err, r.foreign(said.whole()))
}

// foreign is what git says, for a message. It shows the URL without who asked and the password, and nothing at all that holds one of them elsewhere: git,
// and the server behind it, may say them in any form.
func (r Repository) foreign(text string) string {
	secrets := new(secret.Set)
	if u, err := url.Parse(r.URL); err == nil && u.User != nil {
		text = strings.ReplaceAll(text, "://"+u.User.String()+"@", "://")
		if _, ok := u.User.Password(); ok {
			text = strings.ReplaceAll(text, "://"+u.User.Username()+"@", "://") // git's own way
		}
		secrets = secretsOf(u)
	}
	return secrets.Foreign(strings.TrimSpace(text))
}

// bounded keeps the first kilobytes of what a program says. The buffer is no embedded one: its ReadFrom, which takes all that there is, would be what
// package exec calls.
type bounded struct {
	kept bytes.Buffer
	cut  bool
}

func (b *bounded) Write(p []byte) (int, error) {
	room := max(0, 4<<10-b.kept.Len())
	b.kept.Write(p[:min(room, len(p))])
	b.cut = b.cut || len(p) > room
	return len(p), nil
}

// whole is what was kept, without a line that was cut in two: half a secret is one.
func (b *bounded) whole() string {
	text := b.kept.String()
	if b.cut {
		text = text[:strings.LastIndexByte(text, '\n')+1]
	}
	return text
}
