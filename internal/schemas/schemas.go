// Package schemas validates objects against the CRDs that their projects publish, for tests. The CRDs come from Go modules, so they are the real
// ones, in a known version, and go.sum verifies them.
package schemas

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"
	"sigs.k8s.io/yaml"
)

// CRD is the file of a custom resource definition in a Go module.
type CRD struct{ Module, Path string }

// Module returns the directory of a module, such as "example.com/m@v1.2.3", fetching it if need be. dir is any directory outside of a module.
func Module(name, dir string) (string, error) {
	cmd := exec.Command("go", "mod", "download", "-json", name)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go mod download %s: %w: %s", name, err, out)
	}
	var m struct{ Dir string }
	return m.Dir, json.Unmarshal(out, &m)
}

type definition struct {
	Spec struct {
		Group    string
		Names    struct{ Kind string }
		Versions []struct {
			Name   string
			Served bool
			Schema struct{ OpenAPIV3Schema map[string]any }
		}
	}
}

// Validate checks object strictly: a field that the CRD does not know is an error, where an API server would only drop it.
func Validate(crd CRD, dir string, object map[string]any) error {
	schema, err := load(crd, dir, object)
	if err != nil {
		return err
	}
	closeSchema(schema)
	text, err := json.Marshal(schema)
	if err != nil {
		return err
	}
	var s spec.Schema
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	return validate.NewSchemaValidator(&s, nil, "", strfmt.Default).Validate(object).AsError()
}

// Defaults returns the fields that an API server would add to object, sorted. Whoever compares what is applied with what is there, as Argo CD does,
// finds each of them forever.
func Defaults(crd CRD, dir string, object map[string]any) ([]string, error) {
	schema, err := load(crd, dir, object)
	if err != nil {
		return nil, err
	}
	added := defaults(schema, object, "")
	slices.Sort(added)
	return added, nil
}

func defaults(schema map[string]any, value any, path string) []string {
	var added []string
	switch value := value.(type) {
	case map[string]any:
		properties, _ := schema["properties"].(map[string]any)
		for name, p := range properties {
			property, _ := p.(map[string]any)
			if v, ok := value[name]; ok {
				added = append(added, defaults(property, v, path+"."+name)...)
			} else if d, ok := property["default"]; ok {
				added = append(added, fmt.Sprintf("%s: %v", strings.TrimPrefix(path+"."+name, "."), d))
			}
		}
	case []any:
		items, _ := schema["items"].(map[string]any)
		for i, v := range value {
			added = append(added, defaults(items, v, fmt.Sprintf("%s[%d]", path, i))...)
		}
	}
	return added
}

// load returns the schema that crd has for objects of this version and kind.
func load(crd CRD, dir string, object map[string]any) (map[string]any, error) {
	module, err := Module(crd.Module, dir)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(module, crd.Path))
	if err != nil {
		return nil, err
	}
	var d definition
	if err := yaml.Unmarshal(text, &d); err != nil {
		return nil, err
	}
	for _, v := range d.Spec.Versions {
		if v.Served && d.Spec.Group+"/"+v.Name == object["apiVersion"] && d.Spec.Names.Kind == object["kind"] {
			return v.Schema.OpenAPIV3Schema, nil
		}
	}
	return nil, fmt.Errorf("%s serves no %v of kind %v", crd.Module, object["apiVersion"], object["kind"])
}

// closeSchema makes unknown fields errors wherever a schema lists the known ones. It does not for metadata, whose fields no CRD lists.
func closeSchema(schema map[string]any) {
	for _, v := range schema {
		switch v := v.(type) {
		case map[string]any:
			closeSchema(v)
		case []any:
			for _, e := range v {
				if m, ok := e.(map[string]any); ok {
					closeSchema(m)
				}
			}
		}
	}
	_, known := schema["properties"].(map[string]any)
	if known && schema["type"] == "object" && schema["x-kubernetes-preserve-unknown-fields"] == nil {
		schema["additionalProperties"] = false
	}
}
