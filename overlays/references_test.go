package overlays_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// object is a resource as JSON has it.
type object map[string]any

// secretKeys are the keys that each Secret must have, wherever it comes from.
var secretKeys = map[string][]string{
	"contrail-credentials": {"KEYSTONE_AUTH_ADMIN_USER", "KEYSTONE_AUTH_ADMIN_PASSWORD"},
	"contrail-rabbitmq":    {"RABBITMQ_USER", "RABBITMQ_PASSWORD"},
	"contrail-tls":         {"server.pem", "server-privkey.pem", "ca-cert.pem"},
}

// unresolved says of every reference in objects that leads nowhere. site-registry is a Secret of the site's own.
func unresolved(objects []object) []string {
	var problems []string
	lost := func(o object, kind, name string) {
		problems = append(problems, fmt.Sprintf("%s %s: there is no %s %q", o.text("kind"), o.text("metadata.name"), kind, name))
	}
	workloads := 0
	for _, o := range objects {
		namespace := o.text("metadata.namespace")
		has := func(kind, name string) {
			if kind == "Secret" && name == "site-registry" {
				return
			}
			if find(objects, kind, namespace, name) == nil && (kind != "Secret" || !comes(objects, namespace, name)) {
				lost(o, kind, name)
			}
		}
		switch o.text("kind") {
		case "Deployment", "DaemonSet":
			workloads++
			for _, r := range podReferences(o.at("spec.template.spec")) {
				has(r[0], r[1])
			}
			for key, value := range o.at("spec.selector.matchLabels") {
				if o.at("spec.template.metadata.labels")[key] != value {
					problems = append(problems, fmt.Sprintf("%s: its pods have no label %s: %v", o.text("kind"), key, value))
				}
			}
		case "Secret":
			if account := o.text("metadata.annotations.kubernetes.io/service-account.name"); account != "" {
				has("ServiceAccount", account)
			}
		case "ClusterRoleBinding":
			if name := o.text("roleRef.name"); find(objects, o.text("roleRef.kind"), "", name) == nil {
				lost(o, o.text("roleRef.kind"), name)
			}
			for _, s := range o.list("subjects") {
				if find(objects, s.text("kind"), s.text("namespace"), s.text("name")) == nil {
					lost(o, s.text("kind"), s.text("name"))
				}
			}
		}
	}
	if workloads != 2 {
		problems = append(problems, fmt.Sprintf("%d workloads, want 2", workloads))
	}
	return append(problems, missingKeys(objects)...)
}

// podReferences lists kind and name of everything that a pod needs in its namespace; volumes that no container has are reported as a kind of their own.
func podReferences(pod object) (refs [][2]string) {
	volumes := map[string]bool{}
	for _, v := range pod.list("volumes") {
		volumes[v.text("name")] = true
		if name := v.text("secret.secretName"); name != "" {
			refs = append(refs, [2]string{"Secret", name})
		}
		if name := v.text("configMap.name"); name != "" {
			refs = append(refs, [2]string{"ConfigMap", name})
		}
	}
	for _, c := range append(pod.list("initContainers"), pod.list("containers")...) {
		for _, e := range c.list("envFrom") {
			if name := e.text("secretRef.name"); name != "" {
				refs = append(refs, [2]string{"Secret", name})
			}
			if name := e.text("configMapRef.name"); name != "" {
				refs = append(refs, [2]string{"ConfigMap", name})
			}
		}
		for _, m := range c.list("volumeMounts") {
			if !volumes[m.text("name")] {
				refs = append(refs, [2]string{"volume", m.text("name")})
			}
		}
	}
	for _, s := range pod.list("imagePullSecrets") {
		refs = append(refs, [2]string{"Secret", s.text("name")})
	}
	if account := pod.text("serviceAccountName"); account != "" {
		refs = append(refs, [2]string{"ServiceAccount", account})
	}
	return refs
}

// comes reports whether a controller makes the Secret.
func comes(objects []object, namespace, name string) bool {
	for _, o := range objects {
		if o.text("metadata.namespace") != namespace {
			continue
		}
		if o.text("kind") == "ExternalSecret" && o.text("spec.target.name") == name || o.text("kind") == "SealedSecret" && o.text("metadata.name") == name {
			return true
		}
	}
	return false
}

// missingKeys says which keys the Secrets lack.
func missingKeys(objects []object) (problems []string) {
	found := map[string][]string{}
	for _, o := range objects {
		var keys []string
		switch o.text("kind") {
		case "Secret":
			keys = append(o.at("data").keys(), o.at("stringData").keys()...)
		case "SealedSecret":
			keys = o.at("spec.encryptedData").keys()
		case "ExternalSecret":
			for _, d := range o.list("spec.data") {
				keys = append(keys, d.text("secretKey"))
			}
		}
		for name := range secretKeys {
			if strings.HasPrefix(o.text("metadata.name"), name) {
				found[name] = append(found[name], keys...)
			}
		}
	}
	for name, want := range secretKeys {
		for _, key := range want {
			if !slices.Contains(found[name], key) {
				problems = append(problems, fmt.Sprintf("Secret %s has no key %s", name, key))
			}
		}
	}
	return problems
}

// images lists the images of all containers, each once, sorted.
func images(objects []object) (all []string) {
	for _, o := range objects {
		pod := o.at("spec.template.spec")
		for _, c := range append(pod.list("initContainers"), pod.list("containers")...) {
			all = append(all, c.text("image"))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// pullSecrets lists the pull secrets of the Deployment, and that both workloads have the same.
func pullSecrets(objects []object) (names []string) {
	for _, o := range objects {
		if o.text("kind") != "Deployment" && o.text("kind") != "DaemonSet" {
			continue
		}
		var own []string
		for _, s := range o.list("spec.template.spec.imagePullSecrets") {
			own = append(own, s.text("name"))
		}
		if names != nil && !slices.Equal(names, own) {
			return append(names, "and another workload has", fmt.Sprint(own))
		}
		names = own
	}
	return names
}

func find(objects []object, kind, namespace, name string) object {
	for _, o := range objects {
		if o.text("kind") == kind && o.text("metadata.name") == name && o.text("metadata.namespace") == namespace {
			return o
		}
	}
	return nil
}

// at returns the mapping at a path, empty if there is none. A key of an annotation may have dots.
func (o object) at(path string) object {
	if m, ok := o.value(path).(map[string]any); ok {
		return m
	}
	return nil
}

func (o object) text(path string) string {
	s, _ := o.value(path).(string)
	return s
}

func (o object) list(path string) (out []object) {
	items, _ := o.value(path).([]any)
	for _, i := range items {
		out = append(out, object(i.(map[string]any)))
	}
	return out
}

func (o object) value(path string) any {
	if v, ok := o[path]; ok {
		return v
	}
	first, rest, more := strings.Cut(path, ".")
	if m, ok := o[first].(map[string]any); ok && more {
		return object(m).value(rest)
	}
	return nil
}

func (o object) keys() (keys []string) {
	for k := range o {
		keys = append(keys, k)
	}
	return keys
}

// parse reads a stream of YAML documents.
func parse(t *testing.T, text string) (objects []object) {
	t.Helper()
	for doc := range strings.SplitSeq(text, "\n---\n") {
		var o object
		if err := yaml.Unmarshal([]byte(doc), &o); err != nil {
			t.Fatal(err)
		}
		objects = append(objects, o)
	}
	return objects
}

// TestUnresolved proves that unresolved sees: without any one of the objects that others name, it complains.
func TestUnresolved(t *testing.T) {
	dir := site(t)
	objects := parse(t, run(t, choice{"link-local", "private", "env", true}.kustomization(t, dir)))
	kinds := []string{"Deployment", "DaemonSet", "ServiceAccount", "ClusterRole", "ConfigMap", "Secret"} // that others name, or that are counted
	for i, o := range objects {
		name := o.text("kind") + " " + o.text("metadata.name")
		want := slices.Contains(kinds, o.text("kind")) && name != "ConfigMap contrail-link-local-services"
		if got := len(unresolved(slices.Delete(slices.Clone(objects), i, i+1))) > 0; got != want {
			t.Errorf("without %s: unresolved complains: %v", name, got)
		}
	}
}
