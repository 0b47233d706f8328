package wholefile

import "testing"

// A name that Windows takes for something else than a file is refused there, and only
// there.
func TestRefused(t *testing.T) {
	const is = "is not a file name on Windows: "
	for name, want := range map[string]string{
		"nested-config.yaml":             "",
		"../east/underlay/manifest.yaml": "",
		".nested-config":                 "",
		"console.yaml":                   "",
		"com10.yaml":                     "",
		"common.env":                     "",
		"v1_configmap_nul-device.yaml":   "",
		"clusterrole_system:node.yaml":   is + `must not contain ':'`,
		`up\..\up.yaml`:                  is + `must not contain '\\'`,
		"a*.yaml":                        is + `must not contain '*'`,
		"a\x1fb":                         is + `must not contain '\x1f'`,
		"dir./file.yaml":                 is + `must not end with '.'`,
		"file.yaml ":                     is + `must not end with ' '`,
		"nul/nested-config.yaml":         is + "NUL is a device there",
		"Aux.yaml":                       is + "AUX is a device there",
		"con .yaml":                      is + "CON is a device there",
		"east/com1":                      is + "COM1 is a device there",
		"lpt³.yaml":                      is + "LPT³ is a device there",
	} {
		got := ""
		if err := refused("windows", name); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %q, not %q", name, got, want)
		}
		for _, goos := range []string{"linux", "darwin"} {
			if err := refused(goos, name); err != nil {
				t.Errorf("%s: %q: %v", goos, name, err)
			}
		}
	}
}
