package config

import (
	"reflect"
	"slices"
	"testing"

	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/fn/linklocal"
)

// A role is a section of spec.underlay with a port, whose tags say all of it, and
// variables of the images. What one of them lacks is told by the role's name.
func TestRolesAreWhole(t *testing.T) {
	var s Spec
	underlay := reflect.ValueOf(&s.Underlay).Elem()
	for i := range underlay.NumField() {
		field := underlay.Type().Field(i)
		kind := field.Tag.Get("yaml")
		if !isSection(field.Type) {
			continue
		}
		if _, has := fieldNamed(field.Type, "port"); !has {
			continue
		}
		if field.Tag.Get("protocol") == "" {
			t.Errorf("spec.underlay.%s has a port and no protocol", kind)
			continue
		}
		r := roleOf(linklocal.Kind(kind))
		paths := []string{"underlay." + kind + ".port"}
		if at, is := r.section(&s).(site); is {
			underlay.Field(i).FieldByName("Port").SetInt(int64(7000 + i))
			if _, port := at.site(); port != 7000+i || r.Name == "" || r.tls == "" {
				t.Errorf("%s: port %d, name %q, TLS by %q: want %d, a name and a condition", kind, port, r.Name, r.tls, 7000+i)
			}
			s.Meets(r.tls) // panics where there is no such field
		} else if kind != string(linklocal.VRouter) {
			t.Errorf("spec.underlay.%s has a port, and the type %s does not say where it is (site)", kind, field.Type)
		}
		if _, has := fieldNamed(field.Type, "nodes"); has {
			paths = append(paths, "underlay."+kind+".nodes")
			if at, is := r.section(&s).(clustered); !is || at.nodes() != underlay.Field(i).FieldByName("Nodes").Addr().Interface() {
				t.Errorf("spec.underlay.%s has nodes, and the type %s does not give them (clustered)", kind, field.Type)
			}
		} else if r.inherits {
			t.Errorf("spec.underlay.%s inherits nodes, and has none", kind)
		}
		for _, path := range paths {
			if !slices.ContainsFunc(slices.Collect(env.Contract()), func(v env.Variable) bool { return v.Field == path }) {
				t.Errorf("spec.%s is in no line of env.Contract", path)
			}
		}
	}
}
