package build

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/resource"

	"github.com/nested-config/nested-config/internal/fetch"
	"github.com/nested-config/nested-config/internal/pattern"
)

// remoteLike is how anything that lies elsewhere begins, also what kustomize does not know, so that it is refused by its right name.
var remoteLike = pattern.Of(`^([A-Za-z][A-Za-z0-9+.-]*://|(?i:https?):|[A-Za-z0-9]+::)`)

// isRemote reports whether a text names what lies elsewhere. kustomize gives a text to git, or gets it by HTTP, only if it is so.
func isRemote(s string, u use) bool {
	switch u {
	case keyedData:
		for _, part := range strings.Split(s, "=") {
			if isRemote(part, data) {
				return true
			}
		}
		return false
	case inline:
		return false
	case entry, directory:
		if fetch.IsRepository(s) {
			return true
		}
	}
	parsed, err := url.Parse(s)
	return remoteLike().MatchString(s) || err == nil && (parsed.Scheme == "http" || parsed.Scheme == "https")
}

// fetched is what one entry has brought in.
type fetched struct {
	entry string
	dir   string // root of the clone, "" for a file
	repo  fetch.Repository
}

const remotePrefix = "remote-" // of what lies elsewhere, in madeDir

var errRemote = errors.New("is remote: build reads only local files unless --allow-remote is given")

// localize refuses what lies elsewhere, or fetches it and lets the kustomization name what was fetched. In a clone it also refuses what lies outside of
// that. It reports whether it changed anything.
func (k *kustomization) localize(tree map[string]any) bool {
	changed := false
	for _, t := range texts(tree, uses) {
		switch {
		case isRemote(t.value, t.use):
			local, err := k.fetch(t)
			if err != nil {
				k.b.problem(k.path, t.field, "%q: %w", fetch.Shown(t.value), err)
				local = keyOf(t) + refused
			}
			t.set(local)
			changed = true
		case t.use == entry || t.use == directory:
			if clone := k.b.clone(k.b.real(k.dir)); clone != "" && !strings.Contains(t.value, "\n") && !below(filepath.Join(k.b.real(k.dir), t.value), clone) {
				k.b.problem(k.path, t.field, "%q: is outside of its own repository: name a path inside it", t.value)
				t.set(refused)
				changed = true
			}
		}
	}
	for field := range uses { // so that the build goes on and finds more
		if list, ok := tree[field].([]any); ok {
			tree[field] = slices.DeleteFunc(list, func(v any) bool { return v == refused })
		}
	}
	return changed
}

// refused stands for what was refused.
const refused = madeDir + "/refused"

// keyOf is what must stay in front of the file that a text names.
func keyOf(t setting) string {
	if t.use != keyedData {
		return ""
	}
	if key, _, found := strings.Cut(t.value, "="); found {
		return key + "="
	}
	return path.Base(t.value) + "="
}

// fetch gets what a text names and returns what the text must be to name it here.
func (k *kustomization) fetch(t setting) (string, error) {
	if k.b.options.Remote == nil {
		return "", errRemote
	}
	if strings.Count(k.dir, remotePrefix) >= maxNesting {
		return "", fmt.Errorf("remote bases are nested more than %d deep: name the innermost directly", maxNesting)
	}
	address := strings.TrimPrefix(t.value, strings.TrimSuffix(keyOf(t), "=")+"=")
	var failure error
	if t.use != directory && strings.HasPrefix(strings.ToLower(address), "http") {
		content, err := k.b.options.Remote.Get(k.b.ctx, address)
		if err == nil && t.use != data && t.use != keyedData {
			err = k.b.guard(content, true)
		}
		if err == nil && t.use == entry { // kustomize takes a page that is no resource for the page of a repository
			_, err = readResources(content)
		}
		if err == nil {
			local := filepath.Join(madeDir, fmt.Sprintf("%s%d.yaml", remotePrefix, len(k.b.remotes)))
			k.b.made[filepath.Join(k.b.real(k.dir), local)] = content
			k.b.remotes = append(k.b.remotes, fetched{entry: address})
			return keyOf(t) + local, nil
		}
		failure = err
	}
	if t.use != entry && t.use != directory || !fetch.IsRepository(t.value) {
		if failure == nil {
			failure = errors.New("must be an https URL, or a repository that git reads by https or ssh")
		}
		return "", failure
	}
	clone, repo, err := k.b.cloneOf(t.value)
	if err != nil {
		return "", errors.Join(failure, err)
	}
	name := filepath.Join(madeDir, fmt.Sprint(remotePrefix, len(k.b.remotes)))
	k.b.aliases[filepath.Join(k.dir, name)] = clone
	k.b.remotes = append(k.b.remotes, fetched{entry: t.value, dir: clone, repo: repo})
	return filepath.Join(name, repo.Path), nil
}

// cloneOf returns the root of a clone of the repository that an entry names, one for all entries that name the same.
func (b *builder) cloneOf(entry string) (string, fetch.Repository, error) {
	repo, err := fetch.Parse(entry)
	if err != nil {
		return "", repo, err
	}
	for _, f := range b.remotes {
		if f.dir != "" && f.repo.URL == repo.URL && f.repo.Ref == repo.Ref && f.repo.Submodules == repo.Submodules {
			return f.dir, repo, nil
		}
	}
	dir, err := os.MkdirTemp("", "nested-config-build-")
	if err == nil {
		b.clones = append(b.clones, dir)
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err == nil {
		b.clones[len(b.clones)-1] = dir
		err = b.options.Remote.Clone(b.ctx, repo, dir)
	}
	return dir, repo, err
}

// clone returns the root of the clone that a path of the disk lies in, or "".
func (b *builder) clone(path string) string {
	for _, dir := range b.clones {
		if below(path, dir) {
			return dir
		}
	}
	return ""
}

// root returns the directory to build, which is a clone's if it lies elsewhere.
func (b *builder) root(dir string) (string, error) {
	if !isRemote(dir, directory) {
		return dir, nil
	}
	if b.options.Remote == nil {
		return "", fmt.Errorf("%q: %w", fetch.Shown(dir), errRemote)
	}
	if !fetch.IsRepository(dir) {
		return "", fmt.Errorf("%q: is not a git repository: name a directory, or a repository that git reads by https or ssh", fetch.Shown(dir))
	}
	clone, repo, err := b.cloneOf(dir)
	if err != nil {
		return "", fmt.Errorf("%q: %w", fetch.Shown(dir), err)
	}
	top := filepath.Join(clone, repo.Path)
	if real, err := filepath.EvalSymlinks(top); err != nil || !below(real, clone) {
		return "", fmt.Errorf("%q: the repository has no directory %q: correct the path behind //", fetch.Shown(dir), repo.Path)
	}
	return top, nil
}

// withoutClones removes what was fetched.
func (b *builder) withoutClones() {
	for _, dir := range b.clones {
		_ = os.RemoveAll(dir) // a directory for temporary files; the next build has another
	}
}

// Remote is what may fetch; nil is nothing.
type Remote interface {
	Get(ctx context.Context, address string) ([]byte, error)
	Clone(ctx context.Context, r fetch.Repository, dir string) error
}

var _ Remote = (*fetch.Client)(nil)

// appended is kustomize's own notion of where a file from elsewhere comes from.
func (f fetched) appended(dir string) *resource.Origin {
	return (&resource.Origin{Path: dir}).Append(f.entry)
}
