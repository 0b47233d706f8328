package columns

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAlign(t *testing.T) {
	want := "" +
		"NAME      N   LAST\n" +
		"東京      1   wide letters\n" +
		"e\u0301t\u0301        22  accents of their own\n" +
		"longest.      \n"
	got := Align([][]string{{"NAME", "N", "LAST"}, {"東京", "1", "wide letters"}, {"e\u0301t\u0301", "22", "accents of their own"}, {"longest.", "", ""}})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
