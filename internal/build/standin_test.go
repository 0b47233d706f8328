package build_test

import (
	"errors"
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/nested-config/nested-config/fn/krm"
)

// standIn is a function small enough to see through: for every NestedConfig it writes a ConfigMap, a Pod that reads it and a local-config
// LinkLocalService; FleetCheck wants every spec.value once. It treats the list as our function does: it keeps the items of others and does not
// return kustomize's copy of the functionConfig.
func standIn(rl *krm.ResourceList) error {
	var configs []*yaml.RNode
	if rl.FunctionConfig.GetKind() == "NestedConfig" {
		configs = append(configs, rl.FunctionConfig)
	}
	var items []*yaml.RNode
	for _, item := range rl.Items {
		if item.GetKind() == rl.FunctionConfig.GetKind() && item.GetName() == rl.FunctionConfig.GetName() {
			continue
		}
		if item.GetKind() == "NestedConfig" {
			configs = append(configs, item)
		}
		items = append(items, item)
	}
	rl.Items = items
	if rl.FunctionConfig.GetKind() == "FleetCheck" {
		return checkFleet(configs)
	}
	for _, c := range configs {
		value, err := c.GetString("spec.value")
		if err != nil {
			rl.Results = append(rl.Results, krm.Result{Message: "required", Field: &krm.Field{Path: "spec.value"}, Severity: krm.Error},
				krm.Result{Message: "has nothing else", Field: &krm.Field{Path: "spec"}, Severity: krm.Error})
			return errors.New("the input has errors")
		}
		if value == "changed" {
			return rl.Items[0].PipeE(yaml.SetAnnotation("changed", "yes"))
		}
		rl.Results = append(rl.Results, krm.Result{Message: "rendered " + c.GetName(), Severity: krm.Info})
		for _, text := range []string{
			"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: %[1]s-env\n  namespace: kube-system\ndata:\n  value: %[2]q\n",
			"apiVersion: v1\nkind: Pod\nmetadata:\n  name: %[1]s\n  namespace: kube-system\nspec:\n  containers:\n  - name: main\n    image: registry.example/%[1]s:%[2]s\n" +
				"    envFrom:\n    - configMapRef:\n        name: %[1]s-env\n    - secretRef:\n        name: credentials\n",
			"apiVersion: nested.opencontrail.org/v1alpha1\nkind: LinkLocalService\nmetadata:\n  name: %[1]s\n  annotations:\n    config.kubernetes.io/local-config: \"true\"\n",
		} {
			rl.Items = append(rl.Items, yaml.MustParse(fmt.Sprintf(text, c.GetName(), value)))
		}
	}
	return nil
}

func checkFleet(configs []*yaml.RNode) error {
	seen := map[string]string{}
	for _, c := range configs {
		value, err := c.GetString("spec.value")
		if err != nil {
			return errors.New("spec.value: required")
		}
		if other, ok := seen[value]; ok {
			return fmt.Errorf("spec.value: %q: %s and %s share it", value, other, c.GetName())
		}
		seen[value] = c.GetName()
	}
	if len(configs) < 2 {
		return errors.New("no fleet: the configs did not arrive")
	}
	return nil
}
