package config

import (
	"reflect"
	"strings"
)

// Field gives the value at a path below spec, such as underlay.config.port. A
// path that is none is a mistake in the program.
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
