package env

import "strings"

// Image is a set of the images that read a variable.
type Image uint8

const (
	KubeManager Image = 1 << iota
	CNI
)

// Kind says how a value is written as text.
type Kind uint8

const (
	Text   Kind = iota // as it is; in the images' ini files, so without % or newline
	Nodes              // IPv4 addresses of the underlay, as pods dial them: comma separated, no blanks
	Agent              // the service IP of the vRouter agent: pinned by the field, or allocated
	Fabric             // one address of the underlay, as pods dial it, or a DNS name
	Words              // prefixes, separated by blanks
	Dict               // a Python dictionary of strings, in single quotes
	Bool               // true or false, in lower case: the Python side knows only these
	Int                // decimal
)

// Variable is one line of the contract.
type Variable struct {
	Name string
	// Field is the path below spec of a NestedConfig that holds the value. It is ""
	// if the variable can only be added (kubeManager.env, cni.env, commonEnv) or is
	// not for users to set.
	Field string
	// From is the field of another variable that gives this one its value too.
	From string
	// Instead is the field from which the value follows. It is an error to add the
	// variable: set this field instead.
	Instead string
	Kind    Kind
	// When lists the conditions, separated by commas, that a config must meet so
	// that this program writes the variable by itself. A condition is a field below
	// spec that is set, a section with a switch that is true, or field=value.
	When string
	// Images are those that read it; zero if none reads it in nested mode.
	Images Image
	// Default is what the image takes when the variable is missing or empty.
	Default string
	// Fallback is the variable that the image reads in that case; "" for none.
	Fallback string
	// DefaultText describes a default that Default and Fallback cannot express,
	// such as one that differs between releases.
	DefaultText string
	// Constant is what this program always writes, whatever the image's default.
	Constant string
	// Preset is what this program writes unless the user adds another value.
	Preset string
	// Credential values come from a Secret only, and are never printed.
	Credential bool
	// Secret is the field that names the Secret with the credential; "" for the
	// token of the ServiceAccount.
	Secret string
	// Since is the first release that reads it, as in spec.release; "" for all.
	Since string
	// Readers describes the releases if "from Since on" does not.
	Readers string
	// Older says what releases before Since do with the value; "" if they ignore
	// it.
	Older string
}

const both = KubeManager | CNI

// Lookup gives the line of a variable.
func Lookup(name string) (Variable, bool) {
	for v := range Contract() {
		if v.Name == name {
			return v, true
		}
	}
	if section, _ := Option(name); section != "" {
		return Variable{Name: name, Images: KubeManager}, true
	}
	return Variable{}, false
}

// Password reports whether the value alone gives access: every credential except
// user names.
func (v Variable) Password() bool {
	return v.Credential && v.Name != KeystoneUser && v.Name != RabbitMQUser
}

// optionPrefix begins the variables that the kube-manager's entrypoint appends
// to its configuration file: KUBERNETES__section__param is "[section] param = ",
// with DASH for - since R1909.
const optionPrefix = "KUBERNETES__"

// IsOption reports whether kube-manager's entrypoint reads a variable as an option
// of its configuration file, even if Option cannot.
func IsOption(name string) bool { return strings.HasPrefix(name, optionPrefix) }

// Option returns the section and the option of the configuration file that a
// variable adds, or "" and "" if it adds none. The section is the part before the
// last pair of underscores.
func Option(name string) (section, param string) {
	rest, ok := strings.CutPrefix(name, optionPrefix)
	i := strings.LastIndex(rest, "__")
	if !ok || i < 1 || i+2 == len(rest) {
		return "", ""
	}
	dash := strings.NewReplacer("DASH", "-")
	return dash.Replace(rest[:i]), dash.Replace(rest[i+2:])
}
