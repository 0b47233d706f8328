package importer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/internal/yamlnode"
)

// unite makes one draft of those of several sources. What an earlier source says
// counts, and a later one gives only what none before it has. A difference is
// told, with both values where they may be seen.
func unite(sources []Source, drafts []draft) draft {
	if len(drafts) == 1 {
		d := drafts[0]
		d.spans = spansOf(sources)
		if d.places == nil {
			d.places = map[string]string{}
		}
		return d
	}
	for i, d := range drafts {
		if d.settings == nil { // a common.env
			lines, faults := env.Parse(yamlnode.Text(d.fields, "commonEnv"))
			drafts[i].settings = &config.Settings{Lines: lines, Faults: faults}
		}
	}
	u := &union{images: none, owners: accountOwners(drafts), lines: map[string]env.Line{}, draft: draft{
		fields: yamlnode.Map(), settings: &config.Settings{}, places: map[string]string{},
		comments: map[string]string{}, from: map[string]int{}, spans: spansOf(sources)}}
	for i, d := range drafts {
		u.number, u.added = i, nil
		u.addSettings(d)
		u.addFields(d)
		for _, line := range d.left {
			u.left = append(u.left, u.spans.file(i)+": "+line)
		}
		u.problems = append(u.problems, d.problems...)
		u.allot = u.allot.join(d.allot)
		if i > 0 && len(u.added) > 0 {
			u.problems = append(u.problems, config.Problem{Severity: config.Warning, Path: u.spans.file(i),
				Message: fmt.Sprintf("adds settings that are not in %s: %s", u.spans[:i], strings.Join(u.added, ", "))})
		}
	}
	return u.draft
}

// union is the draft of several sources in the making.
type union struct {
	draft
	owners map[string]int      // of each account, by its password: the source that it is of
	lines  map[string]env.Line // the variables that count, but for empty ones
	images int                 // the source that the images are of, or none
	number int                 // of the source that is added
	added  []string            // what it gives
}

// none is no source.
const none = -1

// addSettings adds the variables of a source. Their lines are counted on from those
// of the sources before.
func (u *union) addSettings(d draft) {
	before := u.spans[u.number].before
	for _, f := range d.settings.Faults {
		f.Line += before
		u.settings.Faults = append(u.settings.Faults, f)
	}
	for _, l := range d.settings.Lines {
		v, known := env.Lookup(l.Name)
		there, has := u.lines[l.Name]
		owner, isAccount := u.owners[accountOf(l.Name)]
		switch {
		case l.Value == "" && has:
		case has && canonical(v, there.Value) == canonical(v, l.Value):
		case has:
			u.differs(l, l.Secret || there.Secret || v.Credential || !known, there.Value, u.from[l.Name])
		case isAccount && owner != u.number && l.Value != "":
			u.leave(placeOf(l), "", "is left out: the account is that of "+u.spans.file(owner))
		case v.Field != "" && l.Value != "" && u.covered(v, l):
		default:
			u.take(v, l)
			l.Number += before
			u.settings.Lines = append(u.settings.Lines, l)
		}
	}
}

func placeOf(l env.Line) string { return fmt.Sprintf("line %d: %s", l.Number, l.Name) }

// take remembers a variable that counts.
func (u *union) take(v env.Variable, l env.Line) {
	if l.Value == "" {
		return
	}
	u.lines[l.Name] = l
	u.keep(l.Name, v.Field)
	if v.Field != "" && u.number > 0 {
		u.comments["spec."+v.Field] = l.Name + " of " + u.spans.file(u.number)
	}
}

// keep remembers what the source gives, a variable or a field, and that it sets
// the field.
func (u *union) keep(what, field string) {
	u.from[what] = u.number
	if v, known := env.Lookup(what); known && v.Constant == "" || field != "" {
		u.added = append(u.added, what)
	}
	if slices.Contains(imageFields, field) && u.images == none {
		u.images = u.number
	}
}

// covered reports whether an earlier source has a field that a variable would set.
func (u *union) covered(v env.Variable, l env.Line) bool {
	n := yamlnode.Last(u.fields, strings.Split(v.Field, ".")...)
	switch {
	case n == nil && u.hasImages(v.Field):
		u.leave(placeOf(l), "", "is left out: the images are those of "+u.spans.file(u.images))
		return true
	case n == nil:
		return false
	case flat(n) != canonical(v, l.Value):
		u.differs(l, l.Secret || v.Credential, flat(n), u.from["spec."+v.Field])
	}
	return true
}

// differs tells of a variable that an earlier source has with another value.
func (u *union) differs(l env.Line, hidden bool, there string, source int) {
	if hidden {
		u.leave(placeOf(l), "", fmt.Sprintf("is left out: %s, which comes first, has another one; neither is shown", u.spans.file(source)))
		return
	}
	u.leave(placeOf(l), excerpt(l.Value), fmt.Sprintf("is left out: %s, which comes first, has %s", u.spans.file(source), excerpt(there)))
}

// leave tells of something that is not taken.
func (u *union) leave(place, value, message string) {
	u.problems = append(u.problems, config.Problem{Severity: config.Warning, Path: u.spans.file(u.number),
		Place: place, Value: value, Message: message})
}

// excerpt quotes the beginning of a value.
func excerpt(s string) string {
	const maxShown = 80 // bytes
	if len(s) > maxShown {
		return strconv.Quote(strings.ToValidUTF8(s[:maxShown], "")) + "…"
	}
	return strconv.Quote(s)
}

// accountOf is the password of the account that a variable is of, "" for none: a
// user and a password of two sources are no account.
func accountOf(name string) string {
	switch name {
	case env.KeystoneUser, env.KeystonePassword:
		return env.KeystonePassword
	case env.RabbitMQUser, env.RabbitMQPassword:
		return env.RabbitMQPassword
	}
	return ""
}

// accountOwners says which source each account is of: the first with its password,
// or else with its user.
func accountOwners(drafts []draft) map[string]int {
	owners := map[string]int{}
	for _, wanted := range []bool{true, false} {
		for i, d := range drafts {
			for _, l := range d.settings.Lines {
				account := accountOf(l.Name)
				if _, has := owners[account]; account != "" && !has && l.Value != "" && (l.Name == account) == wanted {
					owners[account] = i
				}
			}
		}
	}
	return owners
}
