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
		if isSection(f.Type) {
			fillDefaults(p, field, f.Tag.Get("defaults"), set)
			continue
		}
		text := f.Tag.Get("default")
		if text == "" {
			text = sectionDefault(defaults, f.Tag.Get("yaml"))
		}
		// A string that is set to "" has no default or was refused.
		if text != "" && !set[p] {
			setDefault(field, text)
		}
	}
}

// sectionDefault finds the default that the section gives its field.
func sectionDefault(defaults, name string) string {
	for pair := range strings.SplitSeq(defaults, ",") {
		if k, v, _ := strings.Cut(pair, "="); k == name {
			return v
		}
	}
	return ""
}

func setDefault(v reflect.Value, text string) {
	switch p := v.Addr().Interface().(type) {
	case *string:
		*p = text
	case *int:
		*p, _ = strconv.Atoi(text)
	case *[]netip.Prefix:
		*p = []netip.Prefix{netip.MustParsePrefix(text)}
	default:
		panic("no default for " + v.Type().String())
	}
}
