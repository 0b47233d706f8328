package config

import (
	"testing"

	"github.com/distribution/reference"
	"pgregory.net/rapid"
)

// What the formats let through as parts of an image reference makes one by the
// grammar of those who pull, whatever the parts are.
func TestImageReferencesParse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(format string) string {
			return rapid.StringMatching(formats[format].pattern).Filter(func(s string) bool {
				return len(s) <= 100 && refuse(format, s) == "" // 100: the whole name is judged apart
			}).Draw(t, format)
		}
		registry, name := draw("registry"), draw("imageName")
		for _, ref := range []string{
			registry + "/" + name + ":" + draw("tag"),
			registry + "/" + name + "@" + draw("digest"),
		} {
			if _, err := reference.ParseNormalizedNamed(ref); err != nil {
				t.Errorf("%q: %v", ref, err)
			}
		}
	})
}
