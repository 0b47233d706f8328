package importer

import (
	"regexp"
	"strings"

	"github.com/nested-config/nested-config/internal/pattern"
)

// Form is what a source is written as.
type Form string

const (
	// CommonEnv is the common.env of the old script.
	CommonEnv Form = "common.env"
	// Manifest is YAML or JSON of Kubernetes: what the old script printed, or what
	// kubectl get prints.
	Manifest Form = "manifest"
	// Instances is the instances.yaml of contrail-ansible-deployer and its successor.
	Instances Form = "instances.yaml"
	// Juju is a bundle, or the options of the charm contrail-kubernetes-master.
	Juju Form = "juju-config"
	// OpenShift is the inventory of openshift-ansible 3.11.
	OpenShift Form = "openshift-inventory"
	// ContrailAnsible is an inventory of contrail-ansible 4.x, or its group_vars.
	ContrailAnsible Form = "contrail-ansible-inventory"
)

// form is a row of forms.
type form struct {
	Form
	what string // what comments and messages call it
	read func(file, text string) draft
	line func() *regexp.Regexp // that a text of it has; nil where more tells it
}

// forms are those that can be read. A new one is a row here, and a file with its reader.
var forms = []form{
	{CommonEnv, "a common.env", readCommonEnv, nil},
	{Manifest, "a manifest of Kubernetes", readManifest, nil},
	{Instances, "an instances.yaml of an Ansible deployer", readInstances,
		pattern.Of(`(?m)^["']?(global_configuration|contrail_configuration|provider_config)["']?:`)},
	{Juju, "a bundle or the options of Juju", readJuju,
		pattern.Of(`(?m)^[ \t]*["']?(nested_mode_config|contrail-kubernetes-master)["']?:|^[ \t]*charm:.*[:/]contrail-kubernetes-master(-[0-9]+)?["']?[ \t\r]*$`)},
	{OpenShift, "an inventory of openshift-ansible", readOpenShift, openShiftLine},
	{ContrailAnsible, "an inventory of contrail-ansible", readContrailAnsible,
		pattern.Of(`(?m)^\[(kubernetes-contrail-controllers|kubernetes-contrail-analytics|contrail-kubernetes)\]|^["']?nested_cluster_(private_)?network["']?[ \t]*[:=]`)},
}

// Forms gives the names of the forms that can be read.
func Forms() []Form {
	names := make([]Form, len(forms))
	for i, f := range forms {
		names[i] = f.Form
	}
	return names
}

func formNamed(name Form) form {
	for _, f := range forms {
		if f.Form == name {
			return f
		}
	}
	return form{}
}

func (f Form) reader() func(file, text string) draft { return formNamed(f).read }

// Named is the name with its article: a manifest.
func (f Form) Named() string {
	if strings.ContainsRune("aeiou", rune(f[0])) {
		return "an " + string(f)
	}
	return "a " + string(f)
}

// The article and the name of a form, for comments and messages.
func (f Form) what() string { return formNamed(f).what }
