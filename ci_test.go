package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// .ci/pins lets a Dockerfile pass whose base images are all named by tag and digest, and no other.
func TestPins(t *testing.T) {
	const digest = "@sha256:0000000000000000000000000000000000000000000000000000000000000000"
	const valid = "ARG GO_IMAGE=docker.io/library/golang:1.26" + digest + "\nARG BASE_IMAGE=gcr.io/static:nonroot" + digest + "\n" +
		"FROM --platform=$BUILDPLATFORM ${GO_IMAGE} AS build\nFROM ${BASE_IMAGE}\n"
	for _, c := range []struct{ reason, old, new, want string }{
		{"as it must be", "", "", ""},
		{"a tag alone", "golang:1.26" + digest, "golang:1.26", "FILE: docker.io/library/golang:1.26: must be REGISTRY/NAME:TAG@sha256:DIGEST\n"},
		{"a digest alone, of which nobody knows what it is", ":1.26", "", "FILE: docker.io/library/golang" + digest + ": must be REGISTRY/NAME:TAG@sha256:DIGEST\n"},
		{"half a digest", "0000\nFROM", "\nFROM", "FILE: gcr.io/static:nonroot" + digest[:len(digest)-4] + ": must be REGISTRY/NAME:TAG@sha256:DIGEST\n"},
		{"a stage without an argument", "FROM ${BASE_IMAGE}", "FROM alpine", "FILE: FROM alpine: must name an argument that ends in _IMAGE\n"},
		{"no base image at all", valid, "", "FILE: has 0 base images in arguments, not 2\n"},
	} {
		file := filepath.Join(t.TempDir(), "Dockerfile")
		if err := os.WriteFile(file, []byte(strings.Replace(valid, c.old, c.new, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("bash", ".ci/pins", file).CombinedOutput()
		if diff := cmp.Diff(c.want, strings.ReplaceAll(string(out), file, "FILE")); diff != "" || (err == nil) != (c.want == "") {
			t.Errorf("%s: %v (-want +got):\n%s", c.reason, err, diff)
		}
	}
}
