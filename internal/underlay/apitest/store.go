package apitest

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
)

// replace is PUT: all properties or none.
func (s *Server) replace(n int, o *object, body []byte) reply {
	var doc map[string]json.RawMessage
	if json.Unmarshal(body, &doc) != nil {
		return text(500, "Internal Server Error")
	}
	if len(doc) == 0 {
		return reply{status: 200}
	}
	inner, ok := doc[o.kind]
	if !ok {
		return text(500, "Internal Server Error")
	}
	var properties map[string]json.RawMessage
	if json.Unmarshal(inner, &properties) != nil {
		return text(500, "Internal Server Error")
	}
	if len(properties) == 0 {
		return reply{status: 200}
	}
	// First, check all; only then store any.
	values := map[string]any{}
	for _, p := range slices.Sorted(maps.Keys(properties)) {
		v := decode(properties[p])
		var err error
		switch p {
		case "linklocal_services":
			v, err = checkServices(v)
		case "fabric_snat":
			err = checkBool(v)
		case "port_translation_pools", "annotations":
		default:
			continue // an unknown property is ignored
		}
		if err != nil {
			return text(400, "%s", err)
		}
		values[p] = v
	}
	for p, v := range values {
		before := o.properties[p]
		if v == nil {
			delete(o.properties, p)
		} else {
			o.properties[p] = v
		}
		if s.Stored != nil {
			s.Stored(n, o.uuid, p, encode(before), encode(v))
		}
	}
	s.touch(o)
	return object200(map[string]any{o.kind: map[string]any{"uuid": o.uuid, "href": "http://localhost/" + o.kind + "/" + o.uuid}})
}

// update is POST /prop-collection-update, for annotations alone.
func (s *Server) update(body []byte) reply {
	var q struct {
		UUID    string `json:"uuid"`
		Updates []struct {
			Field, Operation, Position string
			Value                      map[string]any
		} `json:"updates"`
	}
	if json.Unmarshal(body, &q) != nil {
		return text(500, "Internal Server Error")
	}
	i := slices.IndexFunc(s.objects, func(o *object) bool { return o.uuid == q.UUID })
	if i < 0 {
		return text(404, "Unknown id: %s", q.UUID)
	}
	o := s.objects[i]
	for _, u := range q.Updates {
		if u.Field != "annotations" {
			return text(400, "prop-collection-update of %s is not supported", u.Field)
		}
		key := u.Position
		if u.Operation == "set" {
			key, _ = u.Value["key"].(string)
		} else if u.Operation != "delete" {
			return text(400, "Unsupported operation %s for annotations", u.Operation)
		}
		var pairs []any
		if m, ok := o.properties["annotations"].(map[string]any); ok {
			old, _ := m["key_value_pair"].([]any)
			for _, p := range old {
				if pair, ok := p.(map[string]any); !ok || pair["key"] != key {
					pairs = append(pairs, p)
				}
			}
		}
		if u.Operation == "set" {
			pairs = append(pairs, any(u.Value))
		}
		o.properties["annotations"] = map[string]any{"key_value_pair": pairs}
	}
	s.touch(o)
	return object200(map[string]any{})
}

// encodeOrdered writes keys in order, or backwards.
func encodeOrdered(v any, backwards bool) []byte {
	var b bytes.Buffer
	switch v := v.(type) {
	case map[string]any:
		keys := slices.Sorted(maps.Keys(v))
		if backwards {
			slices.Reverse(keys)
		}
		b.WriteByte('{')
		for i, k := range keys {
			if i > 0 {
				b.WriteString(", ")
			}
			b.Write(encodeOrdered(k, false))
			b.WriteString(": ")
			b.Write(encodeOrdered(v[k], backwards))
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, e := range v {
			if i > 0 {
				b.WriteString(", ")
			}
			b.Write(encodeOrdered(e, backwards))
		}
		b.WriteByte(']')
	default:
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			panic(err)
		}
		b.Truncate(b.Len() - 1)
	}
	return b.Bytes()
}
