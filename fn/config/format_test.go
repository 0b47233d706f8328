package config

import (
	"testing"

	"pgregory.net/rapid"
)

// What is let through without its pattern matches that.
func TestWordsMatchThePatterns(t *testing.T) {
	for name, w := range ofWords {
		t.Run(name, func(t *testing.T) {
			let := 0
			rapid.Check(t, func(t *rapid.T) {
				s := rapid.StringOfN(rapid.SampledFrom([]rune("aAzZ09%ä"+w.joints)), 1, 12, -1).Draw(t, "string")
				if !w.match(s) {
					return
				}
				let++
				if !patterns[name]().MatchString(s) {
					t.Errorf("%q is not of the pattern %s", s, formats[name].pattern)
				}
			})
			if let == 0 {
				t.Error("no string is made of words: the test shows nothing")
			}
		})
	}
}
