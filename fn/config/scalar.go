package config

import (
	"fmt"
	"math"
	"net/netip"
	"reflect"
	"strconv"
	"strings"

	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/fn/linklocal"

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
		*p, must = boolean(n)
	case *int:
		least, _ := strconv.Atoi(tag.Get("min"))
		top, _ := strconv.Atoi(tag.Get("max"))
		var i int64
		i, must = integer(n, int64(least), int64(top), fmt.Sprintf("must be a whole number from %d to %d", least, top))
		*p = int(i)
	case *int64:
		*p, must = integer(n, 0, math.MaxInt64, "must be a whole number")
	case *Quantity:
		if *p = Quantity(n.Value); !matches("quantity", n.Value) {
			must = formats["quantity"].must
		}
	case *netip.Addr:
		*p, must = address(n.Value)
	case *netip.Prefix:
		*p, must = prefix(n.Value, tag.Get("format") == "addressOrPrefix")
	case *string:
		must = d.text(n, p, tag)
	case *linklocal.Host:
		var s string
		must = d.text(n, &s, tag)
		*p = linklocal.ParseHost(s)
	default:
		panic("no decoder for " + v.Type().String() + " at " + path)
	}
	if must != "" {
		d.problems.errorf(path, show(n, tag), "%s", must)
		v.SetZero() // nothing later judges what was refused
	}
}

func boolean(n *yaml.Node) (value bool, must string) {
	value, ok := env.ParseBool(n.Value)
	if n.ShortTag() == yaml.NodeTagBool && ok {
		return value, ""
	}
	return false, unquoted(n, ok, strings.ToLower(n.Value), "must be true or false")
}

func integer(n *yaml.Node, least, top int64, must string) (int64, string) {
	i, err := strconv.ParseInt(n.Value, 10, 64)
	ok := decimal(n.Value) && err == nil && least <= i && i <= top
	if n.ShortTag() == yaml.NodeTagInt && ok {
		return i, ""
	}
	return 0, unquoted(n, ok, n.Value, must)
}

// unquoted is what must be said about a value that is no text; where it would be
// right without its quotes, that.
func unquoted(n *yaml.Node, right bool, value, must string) string {
	switch {
	case !quotes(n):
		return must
	case n.Value == "":
		return "is empty: give a value or remove the line"
	case right:
		return "is text: write " + value + " without quotes"
	}
	return must + ", without quotes"
}

// quotes reports whether a scalar is text because it is written so.
func quotes(n *yaml.Node) bool { return n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 }

func (d *decoder) text(n *yaml.Node, p *string, tag reflect.StructTag) (must string) {
	format := tag.Get("format")
	switch {
	case n.ShortTag() != yaml.NodeTagString:
		return "is " + typeOf(n) + " in YAML: put it in quotes"
	case n.Style == 0 && oldBoolean(n.Value):
		return "is a boolean in YAML 1.1, which other tools use: put it in quotes"
	case quotes(n) && noValue(n.Value) && !formats[format].secret && format != "labelValue":
		return "is text: if there is no value, remove the line"
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
	return refuse(format, n.Value)
}

// typeOf is what YAML takes a scalar for that is no string.
func typeOf(n *yaml.Node) string {
	switch n.ShortTag() {
	case yaml.NodeTagInt, yaml.NodeTagFloat:
		return "a number"
	case yaml.NodeTagBool:
		return "a boolean"
	case "!!timestamp":
		return "a date"
	}
	return "no string"
}

// noValue reports whether a text is what YAML writes for no value.
func noValue(s string) bool {
	switch s {
	case "~", "null", "Null", "NULL":
		return true
	}
	return false
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
		return netip.Addr{}, "must be IPv4: the vRouter agent supports only IPv4"
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
		return netip.Prefix{}, "must be IPv4: the vRouter agent supports only IPv4"
	case p != p.Masked():
		return netip.Prefix{}, fmt.Sprintf("must have no host bits: write %s", p.Masked())
	}
	return p, ""
}

// show is the value as it may stand in a message: text in quotes, a number or a
// boolean without, so that a reader sees which of them it is. It is "" where it
// may be a password: of a secret format, or a text in place of a section that
// names credentials (private).
func show(n *yaml.Node, tag reflect.StructTag) string {
	if n.Kind != yaml.ScalarNode || formats[tag.Get("format")].secret || tag.Get("private") != "" {
		return ""
	}
	if bare := (&yaml.Node{Kind: yaml.ScalarNode, Value: n.Value}); n.ShortTag() != yaml.NodeTagString && len(n.Value) <= 20 && bare.ShortTag() != yaml.NodeTagString {
		return n.Value
	}
	return quote(n.Value)
}
