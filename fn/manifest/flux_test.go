package manifest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/internal/yamlnode"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// TestDollars puts what Flux would substitute behind the value of every field. Some fields take it: then each resource that holds it is marked.
// The list of these fields is what a reader of this test wants to know.
func TestDollars(t *testing.T) {
	const dollars = "${a}$$"
	archive, err := txtar.ParseFile("../testdata/every-field.txtar")
	if err != nil {
		t.Fatal(err)
	}
	input := yaml.MustParse(string(archive.Files[0].Data)).YNode()
	var taken []string
	leaves(input, "", func(path string, n *yaml.Node) {
		before := *n
		n.Value, n.Style = n.Value+dollars, yaml.DoubleQuotedStyle
		defer func() { *n = before }()
		c, problems := config.Load(input)
		for _, p := range problems {
			if p.Severity == config.Error {
				return
			}
		}
		marked := 0
		for _, r := range Render(&c) {
			holds := strings.Contains(text(t, r.YNode()), "${") || strings.Contains(text(t, r.YNode()), "$$")
			mark := yamlnode.Text(r.YNode(), "metadata", "annotations", substitute) == disabled
			if holds != mark {
				t.Errorf("%s: %s %s: holds %s: %v, marked: %v", path, r.GetKind(), r.GetName(), dollars, holds, mark)
			}
			if mark && !Local(r) {
				marked++
			}
		}
		if marked > 0 {
			taken = append(taken, fmt.Sprintf("%s in %d", path, marked))
		}
	})
	want := []string{
		"spec.underlay.rabbitmq.vhost in 1",
		"spec.underlay.virtualNetwork.domain in 1", "spec.underlay.virtualNetwork.project in 1", "spec.underlay.virtualNetwork.name in 1",
		"spec.linkLocal.namePrefix in 1",
		"spec.kubernetes.publicFIPPool.domain in 1", "spec.kubernetes.publicFIPPool.project in 1",
		"spec.kubernetes.publicFIPPool.network in 1", "spec.kubernetes.publicFIPPool.name in 1",
		"spec.auth.tenant in 1", "spec.auth.region in 1", "spec.auth.userDomain in 1", "spec.auth.projectDomain in 1",
		"spec.kubeManager.env.KUBERNETES__MINE__option in 1", "spec.cni.env.VROUTER_GATEWAY in 1",
	}
	if diff := cmp.Diff(want, taken); diff != "" {
		t.Errorf("fields that may hold %s (-want +got):\n%s", dollars, diff)
	}
}

// TestCredentialsAreAlwaysMarked: the mark says nothing about the password.
func TestCredentialsAreAlwaysMarked(t *testing.T) {
	for _, password := range []string{"p", "p$$", "${p}"} {
		o := object{yamlnode.Map("kind", "Secret", "metadata", yamlnode.Map("name", "x"), "stringData", yamlnode.Map("PASSWORD", password))}
		o.keepDollars()
		if got := o.text("metadata", "annotations", substitute); got != disabled {
			t.Errorf("%s: %q", password, got)
		}
	}
}

// leaves calls back with every scalar below spec, by its path.
func leaves(n *yaml.Node, path string, call func(string, *yaml.Node)) {
	switch n.Kind {
	case yaml.DocumentNode:
		leaves(n.Content[0], path, call)
	case yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			leaves(n.Content[i+1], strings.TrimPrefix(path+"."+n.Content[i].Value, "."), call)
		}
	case yaml.SequenceNode:
		for i, c := range n.Content {
			leaves(c, fmt.Sprintf("%s[%d]", path, i), call)
		}
	default:
		call(path, n)
	}
}
