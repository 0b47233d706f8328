package config

import (
	"cmp"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/nested-config/nested-config/fn/env"
)

// releases in the order of their code, as image releases are called. Branches
// of a release (R2011.L1.1) stand beside it.
var releases = []string{
	"r5.0", "R5.0", "v5.1", "R5.1", "R1907", "R1908", "R1909", "R1909.30", "R1910", "R1911", "R1912",
	"R2002", "R2003", "R2005", "R2008", "R2011.L1.1", "R2011", "R2011.L2.1", "R2011.L3.1", "R2011.L4.1", "R2011.L5.1",
	"R21.3", "R21.4", "R21.4.1", "master",
}

// lastPython2 is the last release whose kube-manager is known to run on Python 2:
// its image installs python-enum34 and python-eventlet of CentOS 7
// (contrail-container-builder). Of a later one it is not known.
const lastPython2 = "R2005"

// python2 reports whether the kube-manager of a release is known to run on Python
// 2, whose parser takes a section or an option twice.
func python2(release string) bool {
	r := since(release)
	return r >= 0 && r <= since(lastPython2)
}

// since gives the place of a release among all, -1 for an unknown one.
func since(release string) int {
	for i, r := range releases {
		if r == release {
			return i
		}
	}
	return -1
}

// compatibility warns of releases, versions and settings that cannot work
// together. Nothing here is an error: images are rebuilt and patched.
func (k *checker) compatibility() {
	s := k.c.Spec
	if s.LogLevel == "SYS_DEBUG" {
		k.warnf("spec.logLevel", quote(s.LogLevel), "prints passwords to the log of kube-manager: use it for a short time only")
	}
	if s.Release == "" {
		return
	}
	r := since(s.Release)
	if r < 0 {
		k.warnf("spec.release", quote(s.Release), "is not a known release: compatibility is not checked; known are %s", strings.Join(releases, ", "))
		return
	}
	k.kubernetesVersion(r)
	port := s.Underlay.RabbitMQ.Port
	if s.Release == "r5.0" && port == 5673 {
		k.warnf("spec.underlay.rabbitmq.port", fmt.Sprint(port), "is rarely right for release r5.0, whose RabbitMQ listens on 5672")
	}
	if s.Release != "r5.0" && port == 5672 {
		k.warnf("spec.underlay.rabbitmq.port", fmt.Sprint(port), "is rarely right for release %s, whose RabbitMQ listens on 5673", s.Release)
	}
	k.tooNew(r)
}

// tooNew warns of fields whose variable the images of the release do not read.
func (k *checker) tooNew(release int) {
	for v := range env.Contract() {
		if v.Field == "" || v.Images == 0 || release >= since(v.Since) {
			continue
		}
		field, tag := fieldAt(reflect.ValueOf(&k.c.Spec).Elem(), v.Field)
		if !isDefault(field, tag.Get("default")) {
			k.warnf("spec."+v.Field, "", "needs release %s or later, spec.release is %s: %s", v.Since, k.c.Spec.Release, cmp.Or(v.Older, "the image ignores it"))
		}
	}
}

// Minor is the second number of the version, 34 of v1.34.2; known is false if there
// is no version.
func (k Kubernetes) Minor() (minor int, known bool) {
	fields := strings.Split(k.Version, ".")
	if len(fields) < 2 {
		return 0, false
	}
	minor, err := strconv.Atoi(fields[1])
	return minor, err == nil
}

// kubernetesVersion knows what each release asks of Kubernetes.
func (k *checker) kubernetesVersion(release int) {
	v := k.c.Spec.Kubernetes.Version
	minor, known := k.c.Spec.Kubernetes.Minor()
	if !known {
		return
	}
	const path = "spec.kubernetes.version"
	switch {
	case release <= since("R2005") && minor >= 16 && minor < 20:
		k.warnf(path, quote(v), "is newer than release %s supports: its kube-manager was made for Kubernetes up to 1.15", k.c.Spec.Release)
	case release <= since("R2011.L1.1") && minor >= 20:
		k.warnf(path, quote(v), "cannot work with release %s: its kube-manager needs selfLink, which Kubernetes 1.20 removed; use R2011.L4.1 or later", k.c.Spec.Release)
	case release < since("R21.4") && minor >= 22:
		k.warnf(path, quote(v), "needs the NetworkAttachmentDefinition CRD applied beforehand (overlays/crds): kube-manager of release %s asks for apiextensions v1beta1, which Kubernetes 1.22 removed", k.c.Spec.Release)
	}
	if release <= since("R2005") && minor >= 24 {
		k.warnf(path, quote(v), "cannot work with release %s: its CNI plugin needs Docker, which Kubernetes no longer uses since 1.24", k.c.Spec.Release)
	}
}
