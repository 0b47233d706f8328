package fetch

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"sigs.k8s.io/kustomize/api/resource"

	"github.com/nested-config/nested-config/internal/pattern"
	"github.com/nested-config/nested-config/internal/secret"
)

// Repository is a directory of a git repository, as an entry of a kustomization names it.
type Repository struct {
	URL        string // for git: https://…, ssh://… or USER@HOST:PATH
	Ref        string // "" for the default branch
	Path       string // of the directory in the repository, "" for its root
	Submodules bool
	Timeout    time.Duration
}

// defaultTimeout is kustomize's.
const defaultTimeout = 27 * time.Second

var (
	host  = pattern.Of(`^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$`)
	user  = pattern.Of(`^[A-Za-z0-9_][A-Za-z0-9._+-]*$`)
	path  = pattern.Of(`^[A-Za-z0-9_.~/@+%,=-]+$`)
	ref   = pattern.Of(`^[A-Za-z0-9_][A-Za-z0-9_./+@-]*$`)
	short = pattern.Of(`^([A-Za-z][A-Za-z0-9-]*)@([^/:]+):(.*)$`) // USER@HOST:PATH
)

var errPath = errors.New("path: must be letters, digits and _ . ~ / @ + , = -")

// IsRepository reports whether kustomize would give an entry to git. It is kustomize's own parser that says so.
func IsRepository(entry string) bool {
	return origin(entry).Repo != ""
}

func origin(entry string) *resource.Origin {
	// Of this prefix kustomize warns on stderr, and takes the rest.
	for len(entry) >= 5 && strings.EqualFold(entry[:5], "git::") {
		entry = entry[5:]
	}
	return (&resource.Origin{}).Append(entry)
}

// Parse returns what an entry asks for, or why that is refused: it is no repository, git would speak anything but https or ssh, or a part of it could be
// read as an option by git, ssh or the shell of a server. Parts are checked as they are written and with their % escapes resolved.
func Parse(entry string) (Repository, error) {
	o := origin(entry)
	if o.Repo == "" {
		return Repository{}, errors.New("is no repository")
	}
	_, query, _ := strings.Cut(entry, "?")
	r := Repository{URL: o.Repo, Ref: o.Ref, Path: o.Path, Submodules: true, Timeout: defaultTimeout}
	if r.Path == "notCloned" && !strings.Contains(entry, r.Path) { // what kustomize calls the root of a repository
		r.Path = ""
	}
	if err := r.options(query); err != nil {
		return Repository{}, err
	}
	if r.Ref != "" && (!ref().MatchString(r.Ref) || strings.Contains(r.Ref, "..")) {
		return Repository{}, errors.New("ref: must be a branch, a tag or a commit")
	}
	return r, checkURL(r.URL)
}

// options takes the rest of the query as kustomize does.
func (r *Repository) options(query string) error {
	values, err := url.ParseQuery(query)
	if err != nil {
		return errors.New("what follows ? must be name=value, joined by &")
	}
	if text := values.Get("timeout"); text != "" {
		if seconds, err := strconv.Atoi(text); err == nil && seconds > 0 {
			r.Timeout = time.Duration(min(seconds, int(MaxTime/time.Second))) * time.Second
		} else if d, err := time.ParseDuration(text); err == nil && d > 0 {
			r.Timeout = d
		}
	}
	r.Timeout = min(r.Timeout, MaxTime)
	if b, err := strconv.ParseBool(values.Get("submodules")); err == nil {
		r.Submodules = b
	}
	return nil
}

func checkURL(text string) error {
	if strings.ContainsAny(text, "#?") { // a fragment is no part of what is checked below, and git would take it for a part of the path
		return errPath
	}
	if m := short().FindStringSubmatch(text); m != nil && !strings.Contains(text, "://") {
		return checkParts(m[1], m[2], m[3])
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "ssh" {
		return errors.New("must be https or ssh")
	}
	name := u.User.Username()
	if name == "" && u.User != nil {
		return errors.New("user: must be letters, digits, - and _")
	}
	if name == "" {
		name = "git"
	}
	if password, ok := u.User.Password(); ok && (u.Scheme == "ssh" || strings.HasPrefix(password, "-")) {
		return errors.New("must not hold a password")
	}
	return checkParts(name, u.Host, strings.TrimPrefix(u.EscapedPath(), "/"))
}

// checkParts refuses whatever git, or the ssh that it starts, could take for an option or split in another way than it was read here.
func checkParts(name, server, where string) error {
	decoded, err := url.PathUnescape(where)
	switch {
	case !user().MatchString(name):
		return errors.New("user: must be letters, digits, - and _")
	case !host().MatchString(server):
		return errors.New("host: must be a name or an address")
	case err != nil || !path().MatchString(where) || !path().MatchString(decoded):
		return errPath
	case strings.HasPrefix(strings.TrimLeft(decoded, "/"), "-"):
		return errors.New("path: must not begin with -")
	}
	return nil
}

// Shown is an entry as a message may show it: without what can be a secret.
func Shown(entry string) string {
	if strings.Contains(entry, ":/") {
		return secret.URL(entry)
	}
	entry, _, _ = strings.Cut(entry, "?")
	if at := strings.LastIndex(entry, "@"); at >= 0 && strings.Contains(entry[:at], ":") { // USER:PASSWORD@HOST:PATH, which git does not know
		return entry[at+1:]
	}
	return entry
}
