package config

import (
	"net/netip"
	"reflect"
	"slices"
	"testing"

	"github.com/nested-config/nested-config/fn/env"
)

// A role is a field of spec.underlay with nodes and a port, a row of roles and
// variables of the images. What one of them lacks is told by the role's name.
func TestRolesAreWhole(t *testing.T) {
	var inRoles []string
	var s Spec
	for i, r := range roles {
		kind := string(r.kind)
		inRoles = append(inRoles, kind)
		field, ok := fieldNamed(reflect.TypeFor[Underlay](), kind)
		if !ok {
			t.Errorf("spec.underlay has no field %s", kind)
			continue
		}
		section := reflect.ValueOf(&s.Underlay).Elem().FieldByIndex(field.Index)
		section.FieldByName("Port").SetInt(int64(7000 + i))
		nodes, port := r.at(&s.Underlay)
		if nodes != section.FieldByName("Nodes").Addr().Interface().(*[]netip.Addr) || port != 7000+i {
			t.Errorf("the row of %s reads another field than spec.underlay.%s", kind, kind)
		}
		if v := s.Field(r.tls); reflect.TypeOf(v).Kind() != reflect.Bool {
			t.Errorf("%s: %s is no switch", kind, r.tls)
		}
		for _, path := range []string{"underlay." + kind + ".nodes", "underlay." + kind + ".port"} {
			if !slices.ContainsFunc(slices.Collect(env.Contract()), func(v env.Variable) bool { return v.Field == path }) {
				t.Errorf("spec.%s is in no line of env.Contract", path)
			}
		}
	}
	for i := range reflect.TypeFor[Underlay]().NumField() {
		f := reflect.TypeFor[Underlay]().Field(i)
		if !isSection(f.Type) {
			continue
		}
		if _, has := fieldNamed(f.Type, "nodes"); has && !slices.Contains(inRoles, f.Tag.Get("yaml")) {
			t.Errorf("spec.underlay.%s has nodes, and no row in roles", f.Tag.Get("yaml"))
		}
	}
}
