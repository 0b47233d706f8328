package importer

import (
	"slices"
	"strconv"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/internal/pattern"
)

// inventory is an inventory of Ansible in its INI form, as Ansible's own plugin
// reads it. Libraries for INI files read another language: they strip quotes and
// comments that are part of a value here, and know no literals of Python. Those for
// inventories write out ranges of hosts, without a bound.
//
// Nothing is filled in or executed, and no range is written out.
type inventory struct {
	groups map[string]*group
	order  []*group
}

// maxLines are the variables and hosts that are read: OpenShift 3.11 has up to 2,000 nodes.
const maxLines = 20 * maxEntries

// group is a section: its hosts, and the variables of [name:vars].
type group struct {
	name  string
	hosts []host
	vars  []assignment
}

// host is a line of a group.
type host struct {
	name string
	line int
	vars []string // names of variables of the host alone
}

// assignment is name=value, with the value as it stands.
type assignment struct {
	name, text string
	line       int
}

var (
	iniSection    = pattern.Of(`^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$`)
	iniAssignment = pattern.Of(`^[A-Za-z_][A-Za-z0-9_]*\s*=`)
	iniName       = pattern.Of(`^[A-Za-z_][A-Za-z0-9_]{0,254}$`)
)

// inventory reads the text, and reports whether somebody should work on it.
func (r *reading) inventory(text string) (inventory, bool) {
	inv := inventory{groups: map[string]*group{}}
	current, kind, number, kept, before := inv.group("ungrouped"), "", 0, 0, len(r.problems)
	for line := range strings.Lines(strings.TrimPrefix(text, "\uFEFF")) {
		number++
		line = strings.TrimSpace(line)
		switch section := iniSection().FindStringSubmatch(line); {
		case line == "" || line[0] == '#' || line[0] == ';':
		case section != nil:
			current, kind = inv.group(section[1]), section[2]
		case line[0] == '[':
			r.tell(config.Error, number, "", "is not a section: must be a name in brackets, such as [all:vars]")
		case kept > maxLines:
			r.tell(config.Error, number, "", "is one of more than %d variables and hosts: no site has so many", maxLines)
			return inv, false
		case kind == "vars":
			name, value, ok := strings.Cut(line, "=")
			if name = strings.TrimSpace(name); !ok || !iniName().MatchString(name) {
				r.tell(config.Error, number, "", "is not name=value, in a section of variables")
				continue
			}
			kept++
			current.vars = append(current.vars, assignment{name, strings.TrimSpace(value), number})
		case kind == "" && iniAssignment().MatchString(line):
			r.tell(config.Error, number, "", "is name=value outside a section of variables, so Ansible reads a host: write [all:vars] above it")
		case kind == "": // the others are groups of groups
			kept++
			current.hosts = append(current.hosts, hostOf(line, number))
		}
	}
	return inv, len(r.problems) == before
}

func (inv *inventory) group(name string) *group {
	if inv.groups[name] == nil {
		inv.groups[name] = &group{name: name}
		inv.order = append(inv.order, inv.groups[name])
	}
	return inv.groups[name]
}

// hostOf takes a line of a host apart. Values are not looked at.
func hostOf(line string, number int) host {
	words := strings.Fields(line)
	h := host{name: words[0], line: number}
	for _, w := range words[1:] {
		if strings.HasPrefix(w, "#") {
			break
		}
		if name, _, ok := strings.Cut(w, "="); ok && iniName().MatchString(name) {
			h.vars = append(h.vars, name)
		}
	}
	return h
}

// variables of all groups, each once. Every group wins over all; who wins of two
// others depends on who is in whom, and is not guessed.
func (r *reading) variables(inv inventory) []assignment {
	found := map[string]assignment{}
	of := map[string]string{}
	var names []string
	add := func(g *group) {
		for _, a := range g.vars {
			there, has := found[a.name]
			switch {
			case !has:
				names = append(names, a.name)
			case of[a.name] == g.name && there.text != a.text:
				r.tell(config.Warning, there.line, a.name, "is set again on line %d, which counts", a.line)
			case of[a.name] == g.name || there.text == a.text:
			case of[a.name] == "all":
				r.tell(config.Warning, there.line, a.name, "differs in [%s:vars] on line %d, which overrides [all:vars]", short(g.name), a.line)
			default:
				r.tell(config.Error, a.line, a.name, "differs in [%s:vars] on line %d: keep one of them", short(of[a.name]), there.line)
				continue
			}
			found[a.name], of[a.name] = a, g.name
		}
	}
	add(inv.group("all"))
	for _, g := range inv.order {
		if g.name != "all" {
			add(g)
		}
	}
	out := make([]assignment, len(names))
	for i, name := range names {
		out[i] = found[name]
	}
	return out
}

// hosts notes the groups that are not read, and tells of variables that are known and
// of one host.
func (r *reading) hosts(inv inventory, read []string, known func(name string) bool) {
	for _, g := range inv.order {
		for _, h := range g.hosts {
			for _, name := range h.vars {
				if known(name) {
					r.drop(h.line, name, "is for one host, but a NestedConfig is for all: it is left out")
				}
			}
		}
		if len(g.hosts) > 0 && !slices.Contains(read, g.name) {
			r.note("["+short(g.name)+"]", "names machines; add the nodes yourself")
		}
	}
}

// literal is the text that Ansible makes of a value: what a literal of Python stands
// for, and any other text as it is, comments and all. ok is false for what is told
// and gives none; variable is what it would set.
func (r *reading) literal(a assignment, variable string) (value string, ok bool) {
	text := a.text
	bare, _, commented := strings.Cut(text, " #")
	bare = strings.TrimSpace(bare)
	switch {
	case text == "":
		return "", true
	case text[0] == '"' || text[0] == '\'':
		value, rest, closed := strings.Cut(text[1:], text[:1])
		rest = strings.TrimSpace(rest)
		if strings.Contains(value, `\`) || !closed {
			r.fault(a.line, variable, "(%s) has a backslash, or a quote without its end: write the value in one pair of quotes", a.name)
			return "", false
		}
		if rest != "" && rest[0] != '#' {
			r.fault(a.line, variable, "(%s) has text after its value, like the published examples, and Ansible reads it as a part of the value: write only the value", a.name)
			return "", false
		}
		return value, true
	case commented && !integer().MatchString(bare), strings.Contains(text, "<-"):
		r.fault(a.line, variable, "(%s) has text after its value, and Ansible reads it as a part of the value: write only the value", a.name)
		return "", false
	case integer().MatchString(bare):
		return bare, true
	case decimal().MatchString(text):
		f, err := strconv.ParseFloat(text, 64)
		if made := shortest(f); err == nil && made != text {
			r.tell(config.Warning, a.line, a.name, "%s", shortened)
			return made, true
		}
	case numeric().MatchString(text), text[0] == '[', text[0] == '(', text == "None":
		r.fault(a.line, variable, "(%s) is not text for Ansible: write it in quotes", a.name)
		return "", false
	case strings.HasPrefix(text, "$ANSIBLE_VAULT;"):
		r.fault(a.line, variable, "(%s) is encrypted with ansible-vault: write its value", a.name)
		return "", false
	}
	return text, true
}

// numeric is a number that is written in a way of its own.
var numeric = pattern.Of(`^[+-]?(0[0-9_xXoObB][0-9a-fA-F_]*|[0-9][0-9_]*[lLjJ]|[0-9][0-9_]*_[0-9_]*|[0-9.]+[eE][+-]?[0-9]+)$`)
