package wholefile

import (
	"fmt"
	"strings"
)

// refused says why a system (a GOOS) can have no file of a name; nil: it can.
//
// On Windows what follows a colon names a stream within another file, and some
// names are devices, whatever their ending: what is written there is in no file
// that anybody finds. A dot or a blank at the end is dropped, and so another file
// is written (learn.microsoft.com, "Naming Files, Paths, and Namespaces").
func refused(goos, name string) error {
	if goos != "windows" {
		return nil
	}
	for part := range strings.SplitSeq(name, "/") {
		i := strings.IndexFunc(part, func(r rune) bool { return r < ' ' || strings.ContainsRune(`<>:"|?*\`, r) })
		stem, _, _ := strings.Cut(part, ".")
		stem = strings.ToLower(strings.TrimRight(stem, " "))
		switch {
		case i >= 0:
			return fmt.Errorf("is not a file name on Windows: must not contain %q", part[i])
		case part != "." && part != ".." && strings.TrimRight(part, ". ") != part:
			return fmt.Errorf("is not a file name on Windows: must not end with %q", part[len(part)-1])
		case isDevice(stem):
			return fmt.Errorf("is not a file name on Windows: %s is a device there", strings.ToUpper(stem))
		}
	}
	return nil
}

func isDevice(stem string) bool {
	switch stem {
	case "con", "prn", "aux", "nul", "conin$", "conout$":
		return true
	}
	port, com := strings.CutPrefix(stem, "com")
	if !com {
		var lpt bool
		if port, lpt = strings.CutPrefix(stem, "lpt"); !lpt {
			return false
		}
	}
	return len([]rune(port)) == 1 && strings.Contains("0123456789¹²³", port)
}
