package manifest

import (
	"os"
	"testing"

	"github.com/nested-config/nested-config/fn/config"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

func BenchmarkRender(b *testing.B) {
	text, err := os.ReadFile("../../examples/link-local/nested-config.yaml")
	if err != nil {
		b.Fatal(err)
	}
	n := yaml.MustParse(string(text))
	b.Run("load", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			config.Load(n.YNode())
		}
	})
	c, _ := config.Load(n.YNode())
	b.Run("render", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Render(&c)
		}
	})
}
