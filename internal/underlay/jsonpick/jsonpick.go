// Package jsonpick reads a few fields of a JSON object that somebody else has
// made, for no more memory than the object is long, however many others it has.
package jsonpick

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
)

// Fields are those of the names that the object has, exactly as they stand in it,
// and the number of others. Names are compared exactly. Of two fields of one name
// the last counts, as for encoding/json.
func Fields(object []byte, names ...string) (found map[string]json.RawMessage, others int, err error) {
	if len(object) <= short && len(bytes.TrimSpace(object)) > 0 {
		return pick(object, names)
	}
	d := json.NewDecoder(bytes.NewReader(object))
	if t, err := d.Token(); err != nil {
		return nil, 0, err
	} else if t != json.Delim('{') {
		return nil, 0, errors.New("an object is expected")
	}
	found = map[string]json.RawMessage{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, 0, err
		}
		name, _ := t.(string)
		if !slices.Contains(names, name) {
			others++
			if err := skip(d); err != nil {
				return nil, 0, err
			}
			continue
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return nil, 0, err
		}
		found[name] = raw
	}
	if _, err := d.Token(); err != nil {
		return nil, 0, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, 0, errors.New("something follows the object")
	}
	return found, others, nil
}

// short is how long an object may be, in bytes, to be read with all its fields: in half
// of the time, for some ten times its length in memory.
const short = 4 << 10

// pick is Fields for a short object.
func pick(object []byte, names []string) (found map[string]json.RawMessage, others int, err error) {
	if err := json.Unmarshal(object, &found); err != nil {
		return nil, 0, err
	}
	if found == nil {
		return nil, 0, errors.New("an object is expected")
	}
	for name := range found {
		if !slices.Contains(names, name) {
			others++
			delete(found, name)
		}
	}
	return found, others, nil
}

// skip passes over a value.
func skip(d *json.Decoder) error {
	for depth := 0; ; {
		t, err := d.Token()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}
