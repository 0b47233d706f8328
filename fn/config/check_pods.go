package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/env"
)

// pods checks what is handed on to the two pods.
func (k *checker) pods() {
	km, cni := k.c.Spec.KubeManager, k.c.Spec.CNI
	k.env("spec.kubeManager.env", km.Env, env.KubeManager)
	k.env("spec.cni.env", cni.Env, env.CNI)
	k.options()
	k.secrets()
	k.tolerations("spec.kubeManager.tolerations", km.Tolerations)
	k.tolerations("spec.cni.tolerations", cni.Tolerations)
	k.resources("spec.kubeManager.resources", km.Resources)
	k.resources("spec.cni.resources", cni.Resources)
	if cni.MTU != 0 && cni.MTU < 68 {
		k.errorf("spec.cni.mtu", fmt.Sprint(cni.MTU), "must be at least 68, the minimum of IPv4, or 0 for the image's default")
	}
	if k.set["spec.tls"] && !k.c.Spec.TLS.Enabled() {
		k.warnf("spec.tls", "", "has no effect: none of its switches is true")
	}
}

// env refuses variables that have a field, so that nothing is said twice.
func (k *checker) env(path string, vars map[string]string, image env.Image) {
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		p := fmt.Sprintf("%s[%s]", path, name)
		v, known := env.Lookup(name)
		switch {
		case name == env.VRouterVIPTypo:
			k.errorf(p, "", "is not read by the images, which misspell it as %s; set spec.linkLocal.vrouterServiceIP", env.VRouterVIP)
		case !known:
		case v.Credential && image == env.CNI:
			k.errorf(p, "", "is a credential: the CNI pods must not have it")
		case v.Credential:
			k.errorf(p, "", "is a credential: %s", credentialHome(v))
		case v.Constant != "":
			k.errorf(p, "", "is always %s: remove it", v.Constant)
		case v.Field != "":
			k.errorf(p, "", "is set by spec.%s: write it there", v.Field)
		case v.Instead != "":
			k.errorf(p, "", "is set by spec.%s: write it there", v.Instead)
		case name == env.KeystoneCA && k.c.Spec.Auth.CASecret != "":
			k.errorf(p, "", "is set by spec.auth.caSecret: remove one of them")
		case v.Images&image == 0:
			k.warnf(p, "", "is not read by this image")
		case refuseVariable(v, image, vars[name]) != "":
			k.errorf(p, "", "%s", refuseVariable(v, image, vars[name]))
		}
	}
}

// refuseVariable says why an image could not use the value of a variable that no
// field holds, "" when it can.
func refuseVariable(v env.Variable, images env.Image, value string) string {
	switch {
	case value == "":
		return "" // as if it were missing
	case images&env.CNI != 0 && strings.ContainsAny(value, `"\`):
		return `must be without " and \: it becomes part of a JSON document`
	}
	return v.Kind.Refuse(value)
}

// credentialHome says where a credential belongs.
func credentialHome(v env.Variable) string {
	if v.Secret == "" {
		return "it comes from the Secret of the ServiceAccount; remove it"
	}
	return "put it into the Secret that spec." + v.Secret + " names"
}

// tolerations has the rules of the API server, which would refuse the rest.
func (k *checker) tolerations(path string, ts []Toleration) {
	for i, t := range ts {
		p := fmt.Sprintf("%s[%d]", path, i)
		if t.Key == "" && t.Operator != "Exists" {
			k.missing(p+".operator", "must be Exists when key is empty")
		}
		if t.Operator == "Exists" && t.Value != "" {
			k.errorf(p+".value", quote(t.Value), "must be empty when operator is Exists")
		}
		if t.TolerationSeconds != nil && t.Effect != "NoExecute" {
			k.errorf(p+".tolerationSeconds", fmt.Sprint(*t.TolerationSeconds), "needs effect NoExecute")
		}
	}
}
