package config

import (
	"fmt"
	"net/netip"
	"reflect"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// decimal reports whether s is a plain number: no sign, no octal, no 1e3.
func decimal(s string) bool {
	if s == "" || len(s) > 18 || (len(s) > 1 && s[0] == '0') {
		return false
	}
	return strings.Trim(s, "0123456789") == ""
}

// scalar decodes a leaf. Every string is checked against its format here, once.
func (d *decoder) scalar(path string, n *yaml.Node, v reflect.Value, tag reflect.StructTag) {
	if n.Kind != yaml.ScalarNode {
		d.problems.errorf(path, "", "must be a single value")
		return
	}
	var must string
	switch p := v.Addr().Interface().(type) {
	case *bool:
		if *p = n.Value == "true" || n.Value == "True" || n.Value == "TRUE"; n.ShortTag() != yaml.NodeTagBool {
			must = "must be true or false"
		}
	case *int:
		must = d.integer(n, p, tag)
	case *int64:
		if *p, _ = strconv.ParseInt(n.Value, 10, 64); n.ShortTag() != yaml.NodeTagInt || !decimal(n.Value) {
			must = "must be a whole number"
		}
	case *Quantity:
		if *p = Quantity(n.Value); !d.compiled.matches("quantity", n.Value) {
			must = formats["quantity"].must
		}
	case *netip.Addr:
		*p, must = address(n.Value)
	case *netip.Prefix:
		*p, must = prefix(n.Value, tag.Get("format") == "addressOrPrefix")
	case *string:
		must = d.text(n, p, tag)
	default:
		panic("no decoder for " + v.Type().String() + " at " + path)
	}
	if must != "" {
		d.problems.errorf(path, show(n, tag), "%s", must)
		v.SetZero() // nothing later judges what was refused
	}
}

func (d *decoder) integer(n *yaml.Node, p *int, tag reflect.StructTag) (must string) {
	least, _ := strconv.Atoi(tag.Get("min"))
	top, _ := strconv.Atoi(tag.Get("max"))
	i, err := strconv.Atoi(n.Value)
	if n.ShortTag() != yaml.NodeTagInt || !decimal(n.Value) || err != nil || i < least || i > top {
		return fmt.Sprintf("must be a whole number from %d to %d", least, top)
	}
	*p = i
	return ""
}

func (d *decoder) text(n *yaml.Node, p *string, tag reflect.StructTag) (must string) {
	if n.ShortTag() != yaml.NodeTagString || n.Style == 0 && oldBoolean(n.Value) {
		return "must be a string: write it in quotes"
	}
	*p = n.Value
	if n.Value == "" {
		if def := tag.Get("default"); def != "" {
			return fmt.Sprintf("must not be empty: remove the line for the default %s", def)
		}
		return ""
	}
	if enum := tag.Get("enum"); enum != "" {
		words := strings.Split(enum, ",")
		for _, w := range words {
			if w == n.Value {
				return ""
			}
		}
		return "must be " + strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
	}
	return d.compiled.refuse(tag.Get("format"), n.Value)
}

// oldBoolean reports whether YAML 1.1, which Kubernetes' own tools read, takes an
// unquoted word for a boolean: they and this program would disagree.
func oldBoolean(s string) bool {
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off":
		return true
	}
	return false
}

func address(s string) (netip.Addr, string) {
	a, err := netip.ParseAddr(s)
	switch {
	case err != nil && strings.Contains(s, "/"):
		return netip.Addr{}, "must be an IPv4 address without a prefix length, such as 192.168.1.100"
	case err != nil:
		return netip.Addr{}, "must be an IPv4 address, such as 192.168.1.100"
	case !a.Is4():
		return netip.Addr{}, "must be IPv4: the vRouter agent knows nothing else"
	}
	return a, ""
}

func prefix(s string, addressAllowed bool) (netip.Prefix, string) {
	if addressAllowed && !strings.Contains(s, "/") {
		a, must := address(s)
		if must != "" {
			return netip.Prefix{}, "must be an IPv4 address or prefix, such as 10.10.10.7 or 10.10.10.0/29"
		}
		return netip.PrefixFrom(a, 32), ""
	}
	p, err := netip.ParsePrefix(s)
	switch {
	case err != nil:
		return netip.Prefix{}, "must be a prefix, such as 10.10.10.0/29"
	case !p.Addr().Is4():
		return netip.Prefix{}, "must be IPv4: the vRouter agent knows nothing else"
	case p != p.Masked():
		return netip.Prefix{}, fmt.Sprintf("must have no host bits: write %s", p.Masked())
	}
	return p, ""
}

// show is the value as it may stand in a message.
func show(n *yaml.Node, tag reflect.StructTag) string {
	if n.Kind != yaml.ScalarNode || formats[tag.Get("format")].secret {
		return ""
	}
	return quote(n.Value)
}
