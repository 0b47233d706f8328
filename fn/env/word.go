package env

import "strings"

// word is a reader of one word of bash.
type word struct {
	text   string
	at     int
	values map[string]string
	broken map[string]bool
	braces int // where the last , or .. is: bash expands a { before it; -1 without export
	limit  int // bytes of the value, where it refers to others

	value   strings.Builder
	refers  []string
	unknown bool
	fault   string
	open    byte // what has no end on this line
}

func (w *word) read() {
	for w.fault == "" && w.at < len(w.text) {
		c := w.text[w.at]
		switch {
		case c == ' ' || c == '\t':
			return
		case c == '\'':
			w.single()
		case c == '"':
			w.double()
		case c == '\\':
			w.escaped()
		case c == '$':
			w.dollar(false)
		case c == '`':
			w.fault = commands
		case c == '(' && w.at == 0:
			w.fault = arrays
		case strings.IndexByte(";&|<>()", c) >= 0:
			w.fault = operators
		case c == '~' && (w.at == 0 || w.text[w.at-1] == ':'):
			w.fault = tilde
		case c == '{' && w.at <= w.braces:
			w.fault = braces
		default:
			w.take(1)
		}
	}
}

// take adds n bytes to the value as they are.
func (w *word) take(n int) {
	w.value.WriteString(w.text[w.at : w.at+n])
	w.at += n
}

// single reads '…': everything in it means itself.
func (w *word) single() {
	end := strings.IndexByte(w.text[w.at+1:], '\'')
	if end < 0 {
		w.fault, w.open = openQuote, '\''
		return
	}
	w.at++
	w.take(end)
	w.at++
}

// double reads "…": references count, and a backslash before $ ` " \ alone.
func (w *word) double() {
	for w.at++; w.fault == "" && w.at < len(w.text); {
		c := w.text[w.at]
		switch {
		case c == '"':
			w.at++
			return
		case c == '`':
			w.fault = commands
		case c == '$':
			w.dollar(true)
		case c == '\\' && w.at+1 < len(w.text) && strings.IndexByte("$`\"\\", w.text[w.at+1]) >= 0:
			w.at++
			w.take(1)
		default:
			w.take(1)
		}
	}
	if w.fault == "" {
		w.fault, w.open = openQuote, '"'
	}
}

// escaped reads a backslash outside quotes.
func (w *word) escaped() {
	if w.at++; w.at == len(w.text) {
		w.fault, w.open = continued, '\\'
		return
	}
	w.take(1)
}

// dollar reads a reference, or a $ that means itself because nothing follows
// that bash would expand.
func (w *word) dollar(quoted bool) {
	rest := w.text[w.at+1:]
	if n := nameLength(rest); n > 0 {
		w.at += 1 + n
		w.reference(rest[:n])
		return
	}
	if inner, ok := strings.CutPrefix(rest, "{"); ok {
		if n := nameLength(inner); n > 0 && strings.HasPrefix(inner[n:], "}") {
			w.at += n + len("${}")
			w.reference(inner[:n])
			return
		}
	}
	switch {
	case strings.HasPrefix(rest, "("):
		w.fault = commands
	case rest != "" && strings.IndexByte("{[0123456789*@#?-$!", rest[0]) >= 0,
		rest != "" && !quoted && strings.IndexByte(`'"`, rest[0]) >= 0:
		w.fault = expansion
	default:
		w.take(1)
	}
}

func (w *word) reference(name string) {
	v, ok := w.values[name]
	switch {
	case w.broken[name]:
		w.unknown = true
	case !ok:
		w.fault = unset
	case w.value.Len()+len(v) > w.limit:
		w.fault = w.tooLong()
	default:
		w.value.WriteString(v)
		w.refers = append(w.refers, name)
	}
}

// tooLong says which of the two bounds a value with references is over.
func (w *word) tooLong() string {
	if w.limit < maxValue {
		return growsInSum
	}
	return grows
}
