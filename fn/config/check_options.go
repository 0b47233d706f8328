package config

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/env"
)

// sections are those that kube-manager's entrypoint writes before it appends the
// options of KUBERNETES__section__param ([AUTH] with Keystone alone).
var sections = []string{"DEFAULTS", "KUBERNETES", "VNC", "SANDESH", "STATS"}

// options refuses what would give kube-manager's configuration file a section or
// an option twice. The entrypoint sorts the variables by name and begins a
// section whenever its name changes (add_ini_params_from_env of
// contrail-functions.sh, all releases), also one that the file has. Python 3
// ends at such a file with DuplicateSectionError or DuplicateOptionError, Python
// 2 takes the last value.
func (k *checker) options() {
	written := slices.Clone(sections)
	if k.c.Spec.Auth.Mode == Keystone {
		written = append(written, "AUTH")
	}
	begun, section, options := []string{}, "", map[string]string{}
	for _, name := range k.optionNames() {
		s, param := env.Option(name)
		if s == "" {
			// Without a section or a parameter the entrypoint writes "[]" or " = value",
			// which no parser reads, or adds to whichever section is the last. Without
			// the second __ it takes the variable if its value has "__" and then "=", as
			// a section of that name, and else leaves it out.
			k.errorf(fmt.Sprintf("spec.kubeManager.env[%s]", name), "", "must be KUBERNETES__<section>__<param>, with a section and a param: kube-manager's entrypoint writes the variable to its configuration file, and a variable of another form breaks the file or is lost")
			continue
		}
		param = strings.ToLower(param) // both parsers compare options so
		if s != section {
			begun, section, options = append(begun, section), s, map[string]string{}
		}
		switch first, twice := options[param]; {
		case slices.Contains(written, s):
			k.python2Only(name, "begins the section ["+s+"] a second time")
		case slices.Contains(begun, s):
			k.python2Only(name, "begins the section ["+s+"] a second time, because another section sorts between its options")
		case twice:
			k.python2Only(name, "sets the option of "+first+" a second time")
		}
		options[param] = name
	}
}

// optionNames are the variables that add options, of commonEnv and of the field,
// as the entrypoint sorts them: by the bytes of their lines.
func (k *checker) optionNames() []string {
	values := map[string]string{}
	for _, s := range k.c.Extra {
		values[s.Name] = s.Value
	}
	maps.Copy(values, k.c.Spec.KubeManager.Env)
	maps.DeleteFunc(values, func(name, _ string) bool {
		return !env.IsOption(name)
	})
	return slices.SortedFunc(maps.Keys(values), func(a, b string) int {
		return cmp.Compare(a+"="+values[a], b+"="+values[b])
	})
}

// python2Only reports a variable that only Python 2 lets pass.
func (k *checker) python2Only(name, what string) {
	path := fmt.Sprintf("spec.kubeManager.env[%s]", name)
	if python2(k.c.Spec.Release) {
		k.warnf(path, "", "%s: this works only with Python 2, which release %s has and later releases do not", what, k.c.Spec.Release)
		return
	}
	k.errorf(path, "", "%s: with Python 3 kube-manager does not start (DuplicateSectionError or DuplicateOptionError of configparser); remove it, or set spec.release where kube-manager runs on Python 2, up to %s", what, lastPython2)
}
