package env

import (
	"net/netip"
	"strings"
)

// Refuse says why a non-empty value is not of this kind, or returns "" if it is. It
// is for variables without a field in a NestedConfig.
func (k Kind) Refuse(value string) string {
	switch k {
	case Nodes:
		for item := range strings.SplitSeq(value, ",") {
			if ip, err := netip.ParseAddr(item); err != nil || !ip.Is4() {
				return "must be IPv4 addresses with commas between them and no blanks"
			}
		}
	case Dict:
		if _, ok := ParseDict(value); !ok {
			return "must be a Python dictionary of strings, such as {'domain': 'default-domain', 'project': 'admin'}"
		}
	case Bool:
		if _, ok := ParseBool(value); !ok {
			return "must be true or false: the images disagree about any other value"
		}
	case Int:
		if strings.Trim(value, "0123456789") != "" || len(value) > 9 || len(value) > 1 && value[0] == '0' {
			return "must be a whole number"
		}
	}
	return ""
}

// ParseBool reads the values that the shell and the Python of the images read
// alike. Their shell also takes yes and enabled for true, their Python does not;
// both take 1 and on for false.
func ParseBool(s string) (value, ok bool) {
	switch strings.ToLower(s) {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	return false, false
}
