package config

import (
	"fmt"
	"reflect"
	"strings"
)

// Field gives the value at a path below spec, such as underlay.config.port. A
// path that is none is a mistake in the program.
func (s Spec) Field(path string) any {
	v := reflect.ValueOf(s)
	for name := range strings.SplitSeq(path, ".") {
		f, ok := fieldNamed(v.Type(), name)
		if !ok {
			panic(fmt.Sprintf("no field spec.%s", path))
		}
		v = v.FieldByIndex(f.Index)
	}
	return v.Interface()
}
