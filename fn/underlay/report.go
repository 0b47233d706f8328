package underlay

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/nested-config/nested-config/internal/printable"
	"github.com/nested-config/nested-config/internal/underlay/plan"
)

// Text writes the plan as a diff for people: all changes, and the owned entries
// that are no longer declared. All others are counted; if all is true, they are
// listed too.
func (r Report) Text(w io.Writer, all bool) error {
	var b strings.Builder
	fmt.Fprintf(&b, "config API %s\n\n", r.Server)
	for _, c := range r.Changes {
		writeChange(&b, c)
	}
	rows := len(r.Changes)
	for _, k := range r.Kept {
		if all || k.Standing == Undeclared {
			writeKept(&b, k)
			rows++
		}
	}
	if rows > 0 {
		b.WriteByte('\n')
	}
	b.WriteString(r.counts() + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func writeKept(b *strings.Builder, k Kept) {
	mark, what := "=", printable.Text(k.What)
	if what == "" {
		what = plan.Describe(k.Entry)
	}
	if k.Standing == Foreign || k.Standing == InTheWay && len(k.Owners)+len(k.Wanted) == 0 {
		mark = " "
	}
	fmt.Fprintf(b, "  %s %s%s%s%s\n", mark, what, owners(" of ", k.Owners), note(string(k.Standing)), note(k.Note))
}

func writeChange(b *strings.Builder, c Change) {
	what := printable.Text(c.What)
	switch {
	case what != "":
	case c.After != nil:
		what = plan.Describe(c.After)
	default:
		what = plan.Describe(c.Before)
	}
	switch c.Action {
	case ActionOwn:
		fmt.Fprintf(b, "  ~ %s%s%s\n", what, owners(": one more owner, ", c.Clusters), note(c.Note))
	case ActionRelease:
		fmt.Fprintf(b, "  ~ %s%s%s\n", what, owners(": stays for its other owners, without ", c.Clusters), note(c.Note))
	default:
		fmt.Fprintf(b, "  %s %s%s%s\n", c.Action, what, owners(" for ", c.Clusters), note(c.Note))
	}
	if c.Action == ActionModify && c.What == "" {
		fmt.Fprintf(b, "      was %s\n", plan.Describe(c.Before))
	}
}

func owners(before string, names []string) string {
	if len(names) == 0 {
		return ""
	}
	return before + plan.Names(names)
}

func note(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

// counts is the last line of a plan.
func (r Report) counts() string {
	n := map[Action]int{}
	for _, c := range r.Changes {
		n[c.Action]++
	}
	switch conflicts := len(r.Conflicts); {
	case conflicts == 1:
		return "1 conflict: nothing is written."
	case conflicts > 1:
		return fmt.Sprintf("%d conflicts: nothing is written.", conflicts)
	case !r.pending:
		return fmt.Sprintf("Nothing to do; %s.", r.stays())
	}
	ownership := ""
	if k := n[ActionOwn] + n[ActionRelease]; k > 0 {
		ownership = fmt.Sprintf(", %d of ownership only", k)
	}
	return fmt.Sprintf("%d to add, %d to change, %d to remove%s; %s.",
		n[ActionAdd], n[ActionModify], n[ActionRemove], ownership, r.stays())
}

// maxOwners is how many owners the last line of a plan names, those of the most
// entries.
const maxOwners = 5

// stays counts what stays as it is, by its owners.
func (r Report) stays() string {
	if len(r.Kept) == 0 {
		return "no other entries"
	}
	count, shared, otherName, foreign := map[string]int{}, 0, 0, 0
	for _, k := range r.Kept {
		switch {
		case len(k.Owners) > 0:
			count[plan.Names(k.Owners)]++
		case len(k.Wanted) > 0:
			shared++
			if k.Standing == OtherName {
				otherName++
			}
		default:
			foreign++
		}
	}
	names := slices.SortedFunc(maps.Keys(count), func(a, b string) int { return cmp.Or(count[b]-count[a], strings.Compare(a, b)) })
	var parts []string
	rest := 0
	for i, name := range names {
		if i < maxOwners {
			parts = append(parts, fmt.Sprintf("%d of %s", count[name], name))
			continue
		}
		rest += count[name]
	}
	if rest > 0 {
		parts = append(parts, fmt.Sprintf("%d of other owners", rest))
	}
	if shared > 0 {
		part := fmt.Sprintf("%d %s", shared, Shared)
		if otherName > 0 {
			part += fmt.Sprintf(", %d of them under another name", otherName)
		}
		parts = append(parts, part)
	}
	if foreign > 0 {
		parts = append(parts, fmt.Sprintf("%d foreign", foreign))
	}
	return fmt.Sprintf("unchanged: %s", strings.Join(parts, "; "))
}

// Summary writes, for people, what Apply or Remove has done.
func (r Report) Summary(w io.Writer) error {
	var b strings.Builder
	for _, e := range r.Repaired {
		fmt.Fprintf(&b, "Somebody overwrote the list meanwhile; put back: %s\n", e)
	}
	for _, e := range r.Left {
		fmt.Fprintf(&b, "Somebody replaced this meanwhile; left alone: %s\n", e)
	}
	switch {
	case r.ListWrites > 0:
		fmt.Fprintf(&b, "Done. The list was written %s; a write by another client within these %s would be lost unnoticed.\n",
			times(r.ListWrites), r.Window.Round(10*time.Microsecond))
	case r.OtherWrites > 0:
		b.WriteString("Done. The list itself was not written.\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// MarshalJSON gives the report for programs. Entries are exactly as the server
// has them.
func (r Report) MarshalJSON() ([]byte, error) {
	conflicts := []string{}
	for _, c := range r.Conflicts {
		conflicts = append(conflicts, c.String())
	}
	return json.Marshal(struct {
		Server      string   `json:"server"`
		Pending     bool     `json:"pending"`
		Changes     []Change `json:"changes"`
		Kept        []Kept   `json:"kept"`
		Conflicts   []string `json:"conflicts"`
		Applied     bool     `json:"applied"`
		ListWrites  int      `json:"listWrites"`
		OtherWrites int      `json:"otherWrites"`
		WindowMS    float64  `json:"windowMilliseconds"`
		Repaired    []string `json:"repaired"`
		Left        []string `json:"left"`
	}{
		r.Server, r.Pending(), list(r.Changes), list(r.Kept), conflicts, r.Applied,
		r.ListWrites, r.OtherWrites, float64(r.Window.Microseconds()) / 1000, list(r.Repaired), list(r.Left),
	})
}
