// Package bounded reads input that may be larger than intended: a device, a pipe
// without an end, the wrong file.
package bounded

import (
	"errors"
	"io"
	"strconv"
)

// Most is how many bytes of YAML one input may have. Ten thousand NestedConfigs in
// one file have a quarter of that.
const Most = 64 << 20

// ErrTooLarge says that there is more than Most.
var ErrTooLarge = errors.New("is larger than " + strconv.Itoa(Most>>20) + " MB: split it")

// Read reads all of r. The error is that of r, or ErrTooLarge.
func Read(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, Most+1))
	if err != nil {
		return nil, err
	}
	if len(text) > Most {
		return nil, ErrTooLarge
	}
	return text, nil
}
