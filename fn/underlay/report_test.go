package underlay_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/fn/underlay"
)

// Whatever a report says is in its JSON: without the value of any field, the JSON is
// another one. The fields follow from the types, so that a new one is asked for too.
func TestReportIsWholeInJSON(t *testing.T) {
	report := underlay.Report{
		Server: "http://192.168.1.100:8082",
		Changes: []underlay.Change{
			{Action: underlay.ActionAdd, Clusters: []string{"k8s"}, Before: []byte(`1`), After: []byte(`2`), What: "what", Note: "note"},
		},
		Kept: []underlay.Kept{
			{Entry: []byte(`1`), What: "what", Owners: []string{"east"}, Wanted: []string{"west"}, Standing: underlay.Shared},
			{Note: "note"},
		},
		Conflicts: []underlay.Conflict{
			{Reason: "reason", Clusters: []string{"k8s"}, Service: linklocal.Service{Name: "name"}, Entry: []byte(`{}`), Owners: []string{"east"}},
			{Reason: "the virtual network does not exist", What: "what"},
		},
		Applied: true, ListWrites: 1, OtherWrites: 2, Window: time.Second, Repaired: []string{"a"}, Left: []string{"b"},
	}
	whole := encoded(t, report)
	seen := map[string]bool{"Report.Planned": true} // without a plan, no report is written
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		for i := range v.NumField() {
			field := v.Field(i)
			name := v.Type().Name() + "." + v.Type().Field(i).Name
			if !v.Type().Field(i).IsExported() {
				continue
			}
			seen[name] = seen[name] || !field.IsZero()
			if field.IsZero() {
				continue
			}
			before := reflect.New(field.Type()).Elem()
			before.Set(field)
			field.SetZero()
			if encoded(t, report) == whole {
				t.Errorf("%s is not in the JSON of a report", name)
			}
			field.Set(before)
			if field.Kind() == reflect.Slice && field.Type().Elem().Kind() == reflect.Struct {
				for j := range field.Len() {
					walk(field.Index(j))
				}
			}
		}
	}
	walk(reflect.ValueOf(&report).Elem())
	for _, typ := range []reflect.Type{reflect.TypeFor[underlay.Report](), reflect.TypeFor[underlay.Change](), reflect.TypeFor[underlay.Kept](), reflect.TypeFor[underlay.Conflict]()} {
		for i := range typ.NumField() {
			name := fmt.Sprintf("%s.%s", typ.Name(), typ.Field(i).Name)
			if typ.Field(i).IsExported() && !seen[name] {
				t.Errorf("%s has no value here", name)
			}
		}
	}
}

func encoded(t *testing.T, r underlay.Report) string {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
