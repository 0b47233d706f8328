package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

func (k *checker) images() {
	im := k.c.Spec.Images
	if im.Registry == "" {
		k.missing("spec.images.registry", "is required: registry and path, such as docker.io/opencontrailnightly")
	}
	tagged := false // a common tag that nobody uses needs no judgement
	for _, i := range []struct {
		path string
		Image
	}{{"spec.images.kubeManager", im.KubeManager}, {"spec.images.cniInit", im.CNIInit}} {
		k.reference(i.path, i.Image)
		switch {
		case i.Digest != "":
		case i.Tag == "latest":
			k.warnf(i.path+".tag", quote(i.Tag), "changes under a running cluster: name a release or a digest")
		case i.Tag == "":
			tagged = true
		}
	}
	switch {
	case tagged && im.Tag == "":
		k.missing("spec.images.tag", "is required unless both images have a digest, such as R21.4-latest")
	case tagged && im.Tag == "latest":
		k.warnf("spec.images.tag", quote(im.Tag), "changes under a running cluster: name a release or a digest")
	}
	for i, s := range im.PullSecrets {
		p := fmt.Sprintf("spec.images.pullSecrets[%d]", i)
		if s == "" {
			k.missing(p, "must not be empty: name a Secret or remove the line")
		} else if j := slices.Index(im.PullSecrets, s); j < i {
			k.errorf(p, quote(s), "appears twice: keep one")
		}
	}
}

// reference checks what the grammar of each part cannot: the port of the
// registry, and the length of the whole name (github.com/distribution/reference).
func (k *checker) reference(path string, i Image) {
	registry := k.c.Spec.Images.Registry
	host, _, _ := strings.Cut(registry, "/")
	if _, port, ok := strings.Cut(host, ":"); ok && path == "spec.images.kubeManager" {
		if n, err := strconv.Atoi(port); err == nil && (n < 1 || n > 65535) {
			k.errorf("spec.images.registry", quote(registry), "must have a port from 1 to 65535")
		}
	}
	if n := len(registry) + 1 + len(i.Name); n > 255 {
		k.errorf(path+".name", quote(i.Name), "makes an image name of %d characters with spec.images.registry: must be at most 255", n)
	}
}
