package apitest

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// falsy is what Python takes for false; the server checks none of it.
func falsy(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return !v
	case string:
		return v == ""
	case json.Number:
		f, err := v.Float64()
		return err == nil && f == 0
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

func checkBool(v any) error {
	if _, ok := v.(bool); ok || falsy(v) {
		return nil
	}
	return refuse("Bad property in http_put: Error validating property fabric_snat: true/false expected instead of %v", v)
}

// checkServices checks types and field names, and coerces ports; nothing else.
func checkServices(v any) (any, error) {
	if falsy(v) {
		return v, nil
	}
	bad := func(format string, args ...any) error {
		return refuse("Bad property in http_put: Error validating property linklocal_services value %s %s", encode(v), fmt.Sprintf(format, args...))
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, refuse("Error in property linklocal_services type <class 'vnc_api.gen.resource_xsd.LinklocalServicesTypes'>")
	}
	for k := range m {
		if k != "linklocal_service_entry" {
			return nil, bad("class <class 'vnc_api.gen.resource_xsd.LinklocalServicesTypes'> does not have field %s", k)
		}
	}
	list, ok := m["linklocal_service_entry"].([]any)
	if !ok {
		if falsy(m["linklocal_service_entry"]) {
			return v, nil
		}
		return nil, bad("Field linklocal_service_entry must be a list.")
	}
	out := make([]any, len(list))
	for i, e := range list {
		fields, ok := e.(map[string]any)
		switch {
		case ok:
			stored, err := checkEntry(fields)
			if err != nil {
				return nil, bad("%s", err)
			}
			out[i] = stored
		case falsy(e):
			out[i] = e
		default:
			return nil, bad("'str' object has no attribute 'items'")
		}
	}
	return map[string]any{"linklocal_service_entry": out}, nil
}

func checkEntry(fields map[string]any) (map[string]any, error) {
	out := map[string]any{}
	for k, v := range fields {
		switch k {
		case "linklocal_service_name", "linklocal_service_ip", "ip_fabric_DNS_service_name":
			if _, ok := v.(string); !ok && !falsy(v) {
				return nil, refuse("%s: string value expected instead of %v", k, v)
			}
		case "linklocal_service_port", "ip_fabric_service_port":
			var err error
			if v, err = integer(v); err != nil {
				return nil, refuse("%s: %v", k, err)
			}
		case "ip_fabric_service_ip":
			list, ok := v.([]any)
			if !ok && !falsy(v) {
				return nil, refuse("Field %s must be a list. Received value: %v", k, v)
			}
			for _, ip := range list {
				if _, ok := ip.(string); !ok && !falsy(ip) {
					return nil, refuse("%s: string value expected instead of %v", k, ip)
				}
			}
		default:
			return nil, refuse("class <class 'vnc_api.gen.resource_xsd.LinklocalServiceEntryType'> does not have field %s", k)
		}
		out[k] = v
	}
	return out, nil
}

// integer coerces as int() does: text of digits, and a fraction is cut off.
func integer(v any) (any, error) {
	expected := refuse("integer value expected instead of %v", v)
	switch t := v.(type) {
	case string:
		if t == "" {
			return v, nil
		}
		n, err := strconv.ParseInt(strings.TrimSpace(t), 10, 64)
		if err != nil {
			return nil, expected
		}
		return json.Number(strconv.FormatInt(n, 10)), nil
	case json.Number:
		if whole, _, fraction := strings.Cut(string(t), "."); fraction {
			return json.Number(whole), nil
		}
		return v, nil
	case bool, nil:
		return v, nil
	}
	if falsy(v) {
		return v, nil
	}
	return nil, expected
}

// refusal is the text of a 400, in the server's own words.
type refusal string

func (r refusal) Error() string { return string(r) }

func refuse(format string, args ...any) error { return refusal(fmt.Sprintf(format, args...)) }
