package env

import "strings"

// ParseDict reads a Python dictionary of strings, as kube-manager's
// ast.literal_eval would: {'domain': 'd', "project": "p"}. Single and double quotes
// mean the same. Escapes, other types than strings, and repeated keys are refused,
// although the images accept them: no site writes them. ok is false for these and
// for any text that is not a dictionary.
func ParseDict(s string) (pairs []Setting, ok bool) {
	p := dict{strings.TrimSpace(s)}
	if !p.next('{') {
		return nil, false
	}
	for !p.next('}') {
		if len(pairs) > 0 && !p.next(',') {
			return nil, false
		}
		if len(pairs) > 0 && p.next('}') { // Python allows a comma at the end
			break
		}
		key, okKey := p.text()
		colon := p.next(':')
		value, okValue := p.text()
		if !okKey || !colon || !okValue {
			return nil, false
		}
		for _, e := range pairs {
			if e.Name == key {
				return nil, false
			}
		}
		pairs = append(pairs, Setting{key, value})
	}
	return pairs, p.rest == ""
}

type dict struct{ rest string }

// next takes one mark, blanks before it left out.
func (p *dict) next(mark byte) bool {
	p.rest = strings.TrimLeft(p.rest, " \t")
	if p.rest == "" || p.rest[0] != mark {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

func (p *dict) text() (string, bool) {
	quote := byte('\'')
	if !p.next(quote) {
		if quote = '"'; !p.next(quote) {
			return "", false
		}
	}
	value, rest, ended := strings.Cut(p.rest, string(quote))
	p.rest = rest
	return value, ended && !strings.Contains(value, `\`)
}
