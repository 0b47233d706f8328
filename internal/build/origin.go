package build

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/nested-config/nested-config/internal/pattern"
)

const (
	originAnnotation          = "config.kubernetes.io/origin"
	transformationsAnnotation = "alpha.config.kubernetes.io/transformations"
)

// restoreOrigins corrects what `buildMetadata: [originAnnotations]` says of resources from made files and aliases: kustomize would name the
// config of the generator that made them, and the real directory. The alpha transformerAnnotations are refused where they would leave out
// one of ours.
func (b *builder) restoreOrigins(m resmap.ResMap) error {
	for _, r := range m.Resources() {
		if _, ok := r.GetAnnotations()[transformationsAnnotation]; ok && (b.transformed || len(b.remotes) > 0) {
			return fmt.Errorf("%s: buildMetadata: transformerAnnotations cannot tell of a NestedConfig or FleetCheck under transformers, nor of what was "+
				"fetched: remove it", b.top)
		}
		o, err := r.GetOrigin()
		if err != nil {
			return err
		}
		if o == nil || !strings.Contains(o.Path+o.ConfiguredIn, madeDir) {
			continue
		}
		remote := b.fromRemote(o)
		if o.Path != "" {
			if o.Path, err = b.withoutAliases(*o); err != nil {
				return err
			}
		}
		if dir, made, found := strings.Cut(o.Path, madeDir); found {
			if err := generatedBy(o, dir, b.origins[madeDir+made]); err != nil {
				return err
			}
		}
		if remote != nil {
			o.Repo, o.Ref = remote.Repo, remote.Ref
		}
		if err := r.SetOrigin(o); err != nil {
			return err
		}
	}
	return nil
}

// remoteDir is where something fetched stands in the path of an origin; what it was fetched from last, if that was fetched in turn.
var remoteDir = pattern.Of(`^(.*?)` + regexp.QuoteMeta(madeDir+"/"+remotePrefix) + `([0-9]+)(\.yaml|/|$)`)

// fromRemote gives the paths of o below something fetched as kustomize does, and returns where that comes from, or nil.
func (b *builder) fromRemote(o *resource.Origin) *resource.Origin {
	var from *resource.Origin
	for _, p := range []*string{&o.Path, &o.ConfiguredIn} {
		for m := remoteDir().FindStringSubmatch(*p); m != nil; m = remoteDir().FindStringSubmatch(*p) {
			n, err := strconv.Atoi(m[2])
			if err != nil || n >= len(b.remotes) {
				break
			}
			f := b.remotes[n]
			from = f.appended(m[1])
			switch *p = (*p)[len(m[0]):]; {
			case f.dir == "":
				*p = from.Path
			case f.repo.Path == "":
				*p = filepath.Join(from.Path, *p) // kustomize has a name for the root of a repository
			}
		}
	}
	if from != nil && from.Repo == "" {
		return nil
	}
	return from
}

// withoutAliases returns the path of o with the aliases in it replaced by the directories that they show, relative to the build as before.
func (b *builder) withoutAliases(o resource.Origin) (string, error) {
	segments := strings.Split(o.Path, "/")
	for i, s := range segments {
		for alias, target := range b.aliases {
			if s == filepath.Base(alias) {
				segments[i] = filepath.Base(target)
			}
		}
	}
	path := filepath.Join(segments...)
	if o.Repo != "" { // relative to the root of the repository
		return path, nil
	}
	top, _, err := b.disk.CleanedAbs(b.dir)
	if err != nil {
		return "", err
	}
	return filepath.Rel(string(top), top.Join(path))
}

// generatedBy makes o the origin of what config, loaded from below dir, generated.
func generatedBy(o *resource.Origin, dir string, config *resource.Resource) error {
	from, err := config.GetOrigin()
	if err != nil {
		return err
	}
	o.Path = ""
	if from != nil {
		o.ConfiguredIn = filepath.Join(dir, from.Path)
		if from.Repo != "" {
			o.Repo, o.Ref, o.ConfiguredIn = from.Repo, from.Ref, from.Path
		}
	}
	o.ConfiguredBy = yaml.ResourceIdentifier{
		TypeMeta: yaml.TypeMeta{APIVersion: config.GetApiVersion(), Kind: config.GetKind()},
		NameMeta: yaml.NameMeta{Name: config.GetName(), Namespace: config.GetNamespace()},
	}
	return nil
}
