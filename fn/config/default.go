package config

import (
	"net/netip"
	"reflect"
	"strconv"
	"strings"
)

// fillDefaults gives every field that nothing has set the default of its tag.
func fillDefaults(path string, v reflect.Value, defaults string, set map[string]bool) {
	for i := range v.NumField() {
		f, field := v.Type().Field(i), v.Field(i)
		p := join(path, f.Tag.Get("yaml"))
		text := withDefault(f, defaults).Get("default")
		if isSection(f.Type) && text == "" {
			fillDefaults(p, field, f.Tag.Get("defaults"), set)
			continue
		}
		// A string that is set to "" has no default or was refused.
		if text != "" && !set[p] {
			setDefault(field, text)
		}
	}
}

// withDefault is the tag of a field with the default that its section gives it,
// where that has one.
func withDefault(f reflect.StructField, defaults string) reflect.StructTag {
	for pair := range strings.SplitSeq(defaults, ",") {
		if name, text, ok := strings.Cut(pair, "="); ok && name == f.Tag.Get("yaml") {
			return f.Tag + reflect.StructTag(" default:"+strconv.Quote(text))
		}
	}
	return f.Tag
}

func setDefault(v reflect.Value, text string) {
	switch p := v.Addr().Interface().(type) {
	case *string:
		*p = text
	case *int:
		*p, _ = strconv.Atoi(text)
	case *[]netip.Prefix:
		*p = []netip.Prefix{netip.MustParsePrefix(text)}
	case *Resources:
		p.Requests = map[string]Quantity{}
		for pair := range strings.SplitSeq(text, ",") {
			name, quantity, _ := strings.Cut(pair, "=")
			p.Requests[name] = Quantity(quantity)
		}
	default:
		panic("no default for " + v.Type().String())
	}
}
