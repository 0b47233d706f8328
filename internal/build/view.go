package build

import (
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// view is the disk as one run of kustomize sees it. Kustomization files read as their rewrite; made files and aliases of directories lie
// beside the user's own. Everything else, symlinks and load restrictions included, is the disk's.
type view struct {
	filesys.FileSystem
	b         *builder
	overrides map[string][]byte // kustomization files that this run alone sees otherwise
	asked     [2]string         // a path as asked for, and what it resolved to
}

// ReadFile returns what kustomize shall read at path. All that it reads comes through here.
func (v *view) ReadFile(path string) ([]byte, error) {
	real := v.b.real(path)
	if content, ok := v.b.made[real]; ok {
		v.b.sources[real] = v.b.data[real]
		v.b.saw(real, content)
		return content, nil
	}
	content, err := v.b.read(real)
	if err != nil {
		return nil, err
	}
	named := path
	if v.asked[1] == path { // a kustomization file that is a symlink belongs to the directory of the link
		named = v.asked[0]
	}
	if !isKustomization(named) {
		if err := v.b.guardFile(real, content); err != nil {
			return nil, err
		}
		v.b.sources[real] = v.b.data[real]
		v.b.saw(real, content)
		return content, nil
	}
	if override, ok := v.overrides[named]; ok {
		return override, nil
	}
	return v.b.rewrite(named, content)
}

// CleanedAbs resolves path as the disk does. Made files and directories are as they are named; what lies below an alias stays below it, unless
// a symlink leads out: then kustomize's load restrictions see the place that it leads to.
func (v *view) CleanedAbs(path string) (filesys.ConfirmedDir, string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", "", err
	}
	if _, ok := v.b.made[v.b.real(abs)]; ok {
		return filesys.ConfirmedDir(filepath.Dir(abs)), filepath.Base(abs), nil
	}
	if v.b.isMadeDir(abs) {
		return filesys.ConfirmedDir(abs), "", nil
	}
	dir, file, err := v.FileSystem.CleanedAbs(v.b.real(abs))
	if err != nil {
		return "", "", err
	}
	if clone := v.b.clone(v.b.real(abs)); clone != "" && !below(string(dir), clone) {
		return "", "", v.b.fault(abs, "is outside of its own repository: name a path inside it")
	}
	if alias, target := v.b.alias(abs); alias != "" && below(string(dir), target) {
		dir = filesys.ConfirmedDir(alias + strings.TrimPrefix(string(dir), target))
	}
	v.asked = [2]string{abs, dir.Join(file)}
	return dir, file, nil
}

// IsDir reports whether path is a directory of the disk, an alias of one, or made for this build.
func (v *view) IsDir(path string) bool {
	return v.b.isMadeDir(path) || v.FileSystem.IsDir(v.b.real(path))
}

// Exists is like IsDir for files and directories.
func (v *view) Exists(path string) bool {
	_, made := v.b.made[v.b.real(path)]
	return made || v.b.isMadeDir(path) || v.FileSystem.Exists(v.b.real(path))
}

func (b *builder) isMadeDir(path string) bool {
	path = b.real(path)
	for made := range b.made {
		if filepath.Dir(made) == path {
			return true
		}
	}
	return false
}

// alias returns the innermost alias that path lies in and the directory of the disk that it stands for, or nothing.
func (b *builder) alias(path string) (alias, target string) {
	for a, t := range b.aliases {
		if below(path, a) && len(a) > len(alias) {
			alias, target = a, t
		}
	}
	return alias, target
}

// real translates path to where the disk has it.
func (b *builder) real(path string) string {
	if alias, target := b.alias(path); alias != "" {
		return target + strings.TrimPrefix(path, alias)
	}
	return path
}

func below(path, dir string) bool {
	return filesys.ConfirmedDir(path).HasPrefix(filesys.ConfirmedDir(dir))
}

func isKustomization(path string) bool {
	return slices.Contains(konfig.RecognizedKustomizationFileNames(), filepath.Base(path))
}
