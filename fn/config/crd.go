package config

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/nested-config/nested-config/internal/yamlnode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// kind is a kind of the API with the type of its spec, nil for none.
type kind struct {
	name, plural, doc string
	spec              reflect.Type
}

var kinds = []kind{
	{Kind, "nestedconfigs", "A Kubernetes cluster nested in a Contrail underlay.", reflect.TypeFor[Spec]()},
	{LinkLocalServiceKind, "linklocalservices", "A link-local service that the underlay must have.", reflect.TypeFor[LinkLocalServiceSpec]()},
	{FabricSNATKind, "fabricsnats", "Fabric SNAT that a virtual network of the underlay must have.", reflect.TypeFor[FabricSNATSpec]()},
	{FleetCheckKind, "fleetchecks", "As functionConfig: check every NestedConfig of the list against the others, render nothing.", nil},
}

// CRDs returns the CustomResourceDefinitions of all kinds as YAML, made from the
// types that the decoder uses.
func CRDs() ([]byte, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.CompactSeqIndent()
	for _, k := range kinds {
		if err := e.Encode(crd(k)); err != nil {
			return nil, err
		}
	}
	err := e.Close()
	return b.Bytes(), err
}

func crd(k kind) *yaml.Node {
	group, version, _ := strings.Cut(APIVersion, "/")
	return yamlnode.Map(
		"apiVersion", "apiextensions.k8s.io/v1",
		"kind", "CustomResourceDefinition",
		"metadata", yamlnode.Map("name", k.plural+"."+group, "annotations", yamlnode.Map(Group+"/version", Release)),
		"spec", yamlnode.Map(
			"group", group,
			"names", yamlnode.Map("kind", k.name, "listKind", k.name+"List", "plural", k.plural, "singular", strings.ToLower(k.name)),
			"scope", "Cluster",
			"versions", yamlnode.List(yamlnode.Map(
				"name", version, "served", true, "storage", true,
				"schema", yamlnode.Map("openAPIV3Schema", generator{}.resource(k)),
			)),
		),
	)
}

// JSONSchema is one JSON schema (draft 7) for all kinds, for editors.
func JSONSchema() ([]byte, error) {
	variants := yamlnode.List()
	for _, k := range kinds {
		variants.Content = append(variants.Content, generator{json: true}.resource(k))
	}
	doc := yamlnode.Map(
		"$schema", "http://json-schema.org/draft-07/schema#",
		"$id", SchemaID,
		"title", APIVersion,
		"type", "object",
		"oneOf", variants,
	)
	text, err := yaml.NewRNode(doc).MarshalJSON()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, bytes.TrimSpace(text), "", "  "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}
