package configapi

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nested-config/nested-config/internal/underlay/jsonpick"
)

// properties reads {"<kind>": {...}} and keeps what is asked for, exactly as
// sent.
func properties(body []byte, kind string, fields []string) (map[string]json.RawMessage, error) {
	outer, _, err := jsonpick.Fields(body, kind)
	if err != nil {
		return nil, err
	}
	inner, found := outer[kind]
	if !found {
		return nil, fmt.Errorf("%w %s", errNoObject, kind)
	}
	out, _, err := jsonpick.Fields(inner, fields...)
	return out, err
}

var errNoObject = errors.New("the answer holds no")
