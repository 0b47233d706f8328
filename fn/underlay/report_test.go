package underlay_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/fn/underlay"
)

// Whatever a report says is in its JSON: without the value of any field, the JSON is
// another one. The fields follow from the types, so that a new one is asked for too.
func TestReportIsWholeInJSON(t *testing.T) {
	var report underlay.Report
	fill(reflect.ValueOf(&report).Elem())
	report.Kept[0].Note = "" // the standing is shown in its place
	report.Kept = append(report.Kept, underlay.Kept{Note: "note"})
	report.Conflicts[0].What = ""
	report.Conflicts = append(report.Conflicts, underlay.Conflict{Reason: "the virtual network does not exist", What: "what"})
	whole := encoded(t, report)
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		for i := range v.NumField() {
			field := v.Field(i)
			name := v.Type().Name() + "." + v.Type().Field(i).Name
			if !v.Type().Field(i).IsExported() || field.IsZero() || name == "Report.Planned" { // without a plan, no report is written
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
}

// fill gives every field a value, and every list an element.
func fill(v reflect.Value) {
	switch {
	case !v.CanSet():
	case v.Type() == reflect.TypeFor[json.RawMessage]():
		v.SetBytes([]byte(`{}`))
	case v.Type() == reflect.TypeFor[underlay.Action]():
		v.SetString(string(underlay.ActionAdd))
	case v.Type() == reflect.TypeFor[linklocal.Service]():
		v.FieldByName("Name").SetString("x")
	case v.Kind() == reflect.String:
		v.SetString("x")
	case v.CanInt():
		v.SetInt(1_000_000)
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
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
