package config

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// resources has the rules of the API server, which would refuse the rest
// (ValidateContainerResourceRequirements of k8s.io/kubernetes).
func (k *checker) resources(path string, r Resources) {
	k.amounts(path+".requests", r.Requests)
	k.amounts(path+".limits", r.Limits)
	for _, name := range slices.Sorted(maps.Keys(r.Requests)) {
		p := fmt.Sprintf("%s.requests[%s]", path, name)
		request, limit := r.Requests[name], r.Limits[name]
		requested, limited := amount(request), amount(limit)
		switch {
		case limit == "" && whole(name):
			k.errorf(p, quote(string(request)), "needs the same value at %s.limits[%s]: Kubernetes does not overcommit this resource", path, name)
		case requested < limited && whole(name):
			k.errorf(p, quote(string(request)), "must be %s.limits[%s] %s: Kubernetes does not overcommit this resource", path, name, limit)
		case requested > limited:
			k.errorf(p, quote(string(request)), "must not be more than %s.limits[%s] %s", path, name, limit)
		}
	}
	if has(r, isHugePages) && !has(r, func(name string) bool { return name == "cpu" || name == "memory" }) {
		k.errorf(path, "", "needs cpu or memory in addition to hugepages")
	}
}

// has reports whether a resource is requested or limited.
func has(r Resources, is func(name string) bool) bool {
	for _, m := range []map[string]Quantity{r.Requests, r.Limits} {
		if slices.ContainsFunc(slices.Collect(maps.Keys(m)), is) {
			return true
		}
	}
	return false
}

// amounts checks each resource by itself.
func (k *checker) amounts(path string, m map[string]Quantity) {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		p, q := fmt.Sprintf("%s[%s]", path, name), m[name]
		size, huge := strings.CutPrefix(name, hugePages)
		switch {
		case huge && !(amount(Quantity(size)) >= 1):
			k.errorf(p, "", "must name the size of the pages, such as hugepages-2Mi")
		case name == "cpu", name == "memory", name == "ephemeral-storage", huge,
			strings.Contains(name, "/") && !strings.HasPrefix(name, quota):
			k.amount(p, q, name, size)
		default:
			k.errorf(p, "", "is not a resource of a container: must be cpu, memory, ephemeral-storage, hugepages-… or one with a domain")
		}
	}
}

// amount checks a quantity of a resource; size is that of a huge page.
func (k *checker) amount(path string, q Quantity, name, size string) {
	f := amount(q)
	switch {
	case f >= math.MaxInt64:
		k.errorf(path, quote(string(q)), "must be less than 8Ei: Kubernetes supports no larger quantity")
	case math.IsNaN(f): // its format is told already
	case name != "cpu" && f != math.Trunc(f):
		k.errorf(path, quote(string(q)), "must be a whole number: m means a thousandth, Mi means 1024 x 1024")
	case isHugePages(name) && math.Mod(f, amount(Quantity(size))) != 0:
		k.errorf(path, quote(string(q)), "must be a number of whole pages of %s", size)
	}
}

const (
	hugePages = "hugepages-"
	quota     = "requests." // of a ResourceQuota, which calls resources so
)

func isHugePages(name string) bool { return strings.HasPrefix(name, hugePages) }

// whole reports whether Kubernetes never promises more of a resource than there is:
// huge pages, and what a device plugin counts.
func whole(name string) bool {
	return isHugePages(name) || strings.Contains(name, "/") && !strings.Contains(name, "kubernetes.io/") && !strings.HasPrefix(name, quota)
}

var suffixes = map[string]float64{
	"m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
	"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40, "Pi": 1 << 50, "Ei": 1 << 60,
}

// amount is a quantity as a number, close enough to compare two; +Inf is one that no
// number holds, NaN is what is no quantity.
func amount(q Quantity) float64 {
	n := strings.TrimRight(string(q), "mkMGTPEi")
	f, err := strconv.ParseFloat(n, 64)
	if err != nil && !math.IsInf(f, 1) {
		return math.NaN()
	}
	suffix := string(q[len(n):])
	if suffix == "" {
		return f
	}
	factor, ok := suffixes[suffix]
	if !ok {
		return math.NaN()
	}
	return f * factor
}
