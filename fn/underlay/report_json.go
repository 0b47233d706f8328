package underlay

import (
	"cmp"
	"encoding/json"
)

// MarshalJSON gives the report for programs. Entries are exactly as the server
// has them.
func (r Report) MarshalJSON() ([]byte, error) {
	type change struct {
		Action   string          `json:"action"`
		Clusters []string        `json:"clusters"`
		Before   json.RawMessage `json:"before,omitempty"`
		After    json.RawMessage `json:"after,omitempty"`
		What     string          `json:"what,omitempty"`
		Note     string          `json:"note,omitempty"`
	}
	type kept struct {
		Entry  json.RawMessage `json:"entry,omitempty"`
		What   string          `json:"what,omitempty"`
		Owners []string        `json:"owners"`
		Wanted []string        `json:"wanted"`
		Note   string          `json:"note,omitempty"`
	}
	out := struct {
		Server      string   `json:"server"`
		Pending     bool     `json:"pending"`
		Changes     []change `json:"changes"`
		Kept        []kept   `json:"kept"`
		Conflicts   []string `json:"conflicts"`
		Applied     bool     `json:"applied"`
		ListWrites  int      `json:"listWrites"`
		OtherWrites int      `json:"otherWrites"`
		WindowMS    float64  `json:"windowMilliseconds"`
		Repaired    []string `json:"repaired"`
		Left        []string `json:"left"`
	}{
		Server: r.Server, Pending: r.Pending(), Applied: r.Applied,
		ListWrites: r.ListWrites, OtherWrites: r.OtherWrites, WindowMS: float64(r.Window.Microseconds()) / 1000,
		Repaired: list(r.Repaired), Left: list(r.Left), Changes: []change{}, Kept: []kept{}, Conflicts: []string{},
	}
	names := map[Action]string{ActionAdd: "add", ActionModify: "change", ActionRemove: "remove", ActionOwn: "own", ActionRelease: "release"}
	for _, c := range r.Changes {
		out.Changes = append(out.Changes, change{names[c.Action], list(c.Clusters), c.Before, c.After, c.What, c.Note})
	}
	for _, k := range r.Kept {
		note := cmp.Or(k.Note, string(k.Standing))
		if k.Standing == Foreign { // which having no owners says
			note = ""
		}
		out.Kept = append(out.Kept, kept{k.Entry, k.What, list(k.Owners), list(k.Wanted), note})
	}
	for _, c := range r.Conflicts {
		out.Conflicts = append(out.Conflicts, c.String())
	}
	return json.Marshal(out)
}

// list is never null in JSON.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
