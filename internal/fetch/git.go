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
	"slices"
	"strings"
	"time"

	"github.com/nested-config/nested-config/internal/printable"
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
		"-c", "advice.detachedHead=false", "-c", "protocol.allow=never", "-c", "protocol.https.allow=always", "-c", "protocol.ssh.allow=always",
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

// git runs one command to its end, in a process group of its own, and ends what is left of that.
func (c *Client) git(ctx context.Context, dir string, r Repository, args ...string) error {
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, c.Git, append(settings(), args...)...)
	said := &bounded{&out}
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, c.environ(), said, said
	own(cmd)
	cmd.WaitDelay = time.Second
	err := cmd.Start()
	if err == nil {
		err = cmd.Wait()
		sweep(cmd)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("git %s: not done after %s; ?timeout= in the entry gives it more, up to %s", args[0], r.Timeout, MaxTime)
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return fmt.Errorf("git %s: %w: %s", args[0], err, printable.Text(r.withoutUser(strings.TrimSpace(out.String()))))
}

// withoutUser takes out of what git says who asked and the password.
func (r Repository) withoutUser(text string) string {
	if u, err := url.Parse(r.URL); err == nil && u.User != nil {
		text = strings.ReplaceAll(text, u.User.String()+"@", "")
		if password, ok := u.User.Password(); ok && password != "" {
			text = strings.ReplaceAll(text, password, "…")
		}
	}
	return text
}

// bounded keeps the first kilobytes of what a program says.
type bounded struct{ *bytes.Buffer }

func (b *bounded) Write(p []byte) (int, error) {
	if room := 4<<10 - b.Len(); room > 0 {
		b.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}
