package env

import "testing"

// Readers of commonEnv follow a variable's fallbacks to their end: there must be one.
func TestFallbacksEnd(t *testing.T) {
	for v := range Contract() {
		seen := map[string]bool{v.Name: true}
		for w := v; w.Fallback != ""; {
			if seen[w.Fallback] {
				t.Errorf("%s falls back to itself, over %s", v.Name, w.Name)
				break
			}
			seen[w.Fallback] = true
			next, ok := Lookup(w.Fallback)
			if !ok {
				t.Errorf("%s falls back to %s, which is not in the contract", w.Name, w.Fallback)
				break
			}
			w = next
		}
	}
}
