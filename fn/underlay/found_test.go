package underlay

import (
	"reflect"
	"testing"

	"github.com/nested-config/nested-config/internal/underlay/plan"
)

// Whatever a plan says of a change, of what stays and of a conflict, a report says too.
func TestReportHasAllOfAPlan(t *testing.T) {
	for _, pair := range [][2]reflect.Type{
		{reflect.TypeFor[plan.Change](), reflect.TypeFor[Change]()},
		{reflect.TypeFor[plan.Kept](), reflect.TypeFor[Kept]()},
		{reflect.TypeFor[plan.Conflict](), reflect.TypeFor[Conflict]()},
	} {
		for i := range pair[0].NumField() {
			name := pair[0].Field(i).Name
			if _, has := pair[1].FieldByName(name); !has {
				t.Errorf("%s has %s, and a report does not", pair[0], name)
			}
		}
	}
}
