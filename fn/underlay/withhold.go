package underlay

import (
	"encoding/json"
	"errors"
	"net/netip"
	"slices"
	"strings"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/secret"
	"github.com/nested-config/nested-config/internal/underlay/plan"
)

// A server, or whoever writes to it, may have put the password or the token into
// what it holds. So nothing of it is shown that holds a secret: of a plan for
// people, of one for programs, of a conflict or of a repair. What is written is
// not changed by this.

// shown is the plan as it may be shown.
func (r *run) shown(p plan.Plan) plan.Plan {
	p.Changes = slices.Clone(p.Changes)
	for i := range p.Changes {
		c := &p.Changes[i]
		if string(c.After) == string(c.Before) { // else it is as declared
			c.After = r.entry(c.After)
		}
		c.Before, c.Clusters, c.What = r.entry(c.Before), r.names(c.Clusters), r.what(c.What)
	}
	p.Kept = slices.Clone(p.Kept)
	for i := range p.Kept {
		k := &p.Kept[i]
		k.Entry, k.Owners, k.What = r.entry(k.Entry), r.names(k.Owners), r.what(k.What)
	}
	p.Conflicts = slices.Clone(p.Conflicts)
	for i := range p.Conflicts {
		c := &p.Conflicts[i]
		c.Entry, c.Owners = r.entry(c.Entry), r.names(c.Owners)
	}
	return p
}

// describe is an entry in one printable line.
func (r *run) describe(raw json.RawMessage) string { return plan.Describe(r.entry(raw)) }

// entry keeps of an entry that holds a secret the fields that do not, for a row
// to say where it is.
func (r *run) entry(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 || !r.client.Secrets.In(string(raw)) {
		return raw
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil || len(fields) > maxFields {
		return withheld()
	}
	for name, value := range fields {
		if r.client.Secrets.In(name) {
			return withheld()
		}
		if !isPlace(name, value) && r.client.Secrets.In(string(value)) {
			fields[name] = withheld()
		}
	}
	text, err := json.Marshal(fields)
	if err != nil {
		return withheld()
	}
	return text
}

// isPlace reports whether a field holds addresses or a port, which are no texts.
func isPlace(name string, value json.RawMessage) bool {
	switch name {
	case linklocal.FieldServiceIP:
		return json.Unmarshal(value, new(netip.Addr)) == nil
	case linklocal.FieldFabricIPs:
		return json.Unmarshal(value, new([]netip.Addr)) == nil
	case linklocal.FieldServicePort, linklocal.FieldFabricPort:
		return json.Unmarshal(value, new(uint16)) == nil
	}
	return false
}

// maxFields is how many fields of an entry are looked at one by one: it has six.
const maxFields = 20

// withheld stands in the place of JSON that holds a secret.
func withheld() json.RawMessage { return json.RawMessage(`"` + secret.Withheld + `"`) }

// names are those of clusters; the ones of the call are the operator's own words.
func (r *run) names(names []string) []string {
	out := slices.Clone(names)
	for i, name := range out {
		if !slices.ContainsFunc(r.want, func(c plan.Cluster) bool { return c.Name == name }) {
			out[i] = r.text(name)
		}
	}
	return out
}

// what is the name of something beside the list: that of a network may be from a
// record.
func (r *run) what(s string) string {
	network, ok := strings.CutPrefix(s, plan.WhatSNAT)
	if !ok || slices.ContainsFunc(r.want, func(c plan.Cluster) bool { return c.SNAT != nil && c.SNAT.Network.String() == network }) {
		return s
	}
	return r.text(s)
}

func (r *run) text(s string) string {
	if r.client.Secrets.In(s) {
		return secret.Withheld
	}
	return s
}

// foreign is an error that quotes what the server holds.
func (r *run) foreign(err error) error {
	if err != nil && r.client.Secrets.In(err.Error()) {
		return errors.New(secret.Withheld)
	}
	return err
}
