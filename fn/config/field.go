package config

import (
	"reflect"
	"strings"
)

// Field returns the value at a path below spec, such as underlay.config.port. A
// path that does not exist is a mistake in the program.
func (s *Spec) Field(path string) any {
	v, _ := fieldAt(reflect.ValueOf(s).Elem(), path)
	return v.Interface()
}

// fieldAt finds a field and its tag by its path below v.
func fieldAt(v reflect.Value, path string) (reflect.Value, reflect.StructTag) {
	name, rest, deeper := strings.Cut(path, ".")
	f, ok := fieldNamed(v.Type(), name)
	if !ok {
		panic("no field " + path + " in " + v.Type().String())
	}
	if deeper {
		return fieldAt(v.FieldByIndex(f.Index), rest)
	}
	return v.FieldByIndex(f.Index), f.Tag
}

// Meets reports whether the config meets the conditions of a variable
// (env.Variable.When).
func (s *Spec) Meets(when string) bool {
	if when == "" {
		return true
	}
	for condition := range strings.SplitSeq(when, ",") {
		path, want, compared := strings.Cut(condition, "=")
		v, _ := fieldAt(reflect.ValueOf(s).Elem(), path)
		switch {
		case compared && v.String() != want, !compared && !isOn(v):
			return false
		}
	}
	return true
}

// isOn reports whether a field is set; of a section, whether a switch is.
func isOn(v reflect.Value) bool {
	if !isSection(v.Type()) {
		return !v.IsZero()
	}
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Bool && f.Bool() {
			return true
		}
	}
	return false
}
