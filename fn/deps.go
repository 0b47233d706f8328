//go:build deps

// Package fn: keeps the modules that are on their way in go.mod; goes when the
// last of them is imported.
package fn

import (
	_ "github.com/distribution/reference"
	_ "github.com/google/go-cmp/cmp"
	_ "github.com/google/renameio/v2"
	_ "github.com/gophercloud/gophercloud/v2/openstack"
	_ "github.com/gophercloud/gophercloud/v2/openstack/config"
	_ "github.com/gophercloud/gophercloud/v2/openstack/config/clouds"
	_ "github.com/joho/godotenv"
	_ "github.com/mattn/go-runewidth"
	_ "github.com/rogpeppe/go-internal/testscript"
	_ "github.com/schollz/progressbar/v3"
	_ "github.com/spf13/cobra"
	_ "golang.org/x/term"
	_ "pgregory.net/rapid"
	_ "sigs.k8s.io/kustomize/api/filters/imagetag"
	_ "sigs.k8s.io/kustomize/api/krusty"
	_ "sigs.k8s.io/kustomize/kyaml/fn/framework/command"
	_ "sigs.k8s.io/yaml"
)
