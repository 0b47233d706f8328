package configapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// properties reads {"<kind>": {...}} and keeps what is asked for, exactly as
// sent. The rest is passed over as it comes: however many keys an answer has, it
// costs no more memory than its own length.
func properties(body []byte, kind string, fields []string) (map[string]json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	var out map[string]json.RawMessage
	err := object(d, func(key string) error {
		if key != kind {
			return skip(d)
		}
		out = map[string]json.RawMessage{}
		return object(d, func(key string) error {
			if !slices.Contains(fields, key) {
				return skip(d)
			}
			var raw json.RawMessage
			err := d.Decode(&raw)
			out[key] = raw
			return err
		})
	})
	switch {
	case err != nil:
		return nil, err
	case d.More():
		return nil, errors.New("something follows the object")
	case out == nil:
		return nil, fmt.Errorf("%w %s", errNoObject, kind)
	}
	return out, nil
}

var errNoObject = errors.New("the answer holds no")

// object reads an object; do is called behind each key and reads its value.
func object(d *json.Decoder, do func(key string) error) error {
	switch t, err := d.Token(); {
	case err != nil:
		return err
	case t != json.Delim('{'):
		return fmt.Errorf("an object is expected")
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		if err := do(name); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
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
