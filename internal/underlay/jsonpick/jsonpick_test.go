package jsonpick_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nested-config/nested-config/internal/underlay/jsonpick"
)

var texts = []string{``, ` `, `null`, `[]`, `5`, `{}`, `{"a":1}`, `{"a": {"a":[2, null]} , "b":"}","a":3}`, `{"b":[{"a":1}],"A":2}`,
	`{"a":1} x`, `{"a":1}{}`, `{"a":1`, `{"a"}`, `{"b":01}`, "{\"a\":\"\xff\"}", "{\"\xff\":1}", `{"\u0061":"\u0061"}`, `{"a":"\\","b":"\""}`,
	` [ ] `, `[1,"2",[3,{"4":[5]}],null , true,-1.5e3]`, `["]","\\\"]",{"]":"["}]`, `[1]]`, `[1,]`, `[[[[]]]]`}

// FuzzFields reads what encoding/json reads, and refuses what it refuses.
func FuzzFields(f *testing.F) {
	for _, text := range texts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var want map[string]json.RawMessage
		wantErr := json.Unmarshal([]byte(text), &want) != nil || want == nil
		got, others, err := jsonpick.Fields([]byte(text), "a", "b")
		if (err != nil) != wantErr {
			t.Fatalf("%q: %v, encoding/json: %v", text, err, wantErr)
		}
		if err != nil {
			return
		}
		kept := map[string]json.RawMessage{}
		for k, v := range want {
			if k == "a" || k == "b" {
				kept[k] = v
			}
		}
		if d := cmp.Diff(kept, got); d != "" || others < len(want)-len(kept) {
			t.Errorf("%q, %d others (-want +got):\n%s", text, others, d)
		}
	})
}

// FuzzElements does so too, up to a number of elements.
func FuzzElements(f *testing.F) {
	for _, text := range texts {
		f.Add(text)
	}
	const most = 5
	f.Fuzz(func(t *testing.T, text string) {
		var want []json.RawMessage
		wantErr := json.Unmarshal([]byte(text), &want) != nil || want == nil
		got, err := jsonpick.Elements([]byte(text), most)
		if !wantErr && len(want) > most {
			if !errors.Is(err, jsonpick.ErrLong) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if (err != nil) != wantErr {
			t.Fatalf("%q: %v, encoding/json: %v", text, err, wantErr)
		}
		if err != nil {
			return
		}
		if want = append([]json.RawMessage(nil), want...); cmp.Diff(want, got) != "" {
			t.Errorf("%q: (-want +got):\n%s", text, cmp.Diff(want, got))
		}
	})
}
