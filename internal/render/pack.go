package render

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/env"
	"github.com/nested-config/nested-config/internal/source"
)

// packed is a config while it waits: half as large as a Config, and with little
// for the collector to follow. With ten thousand of them waiting, that is most of
// what the collector would do.
type packed struct {
	name   string
	text   []byte // without secrets
	secret []byte // what else there is, nil for nothing
	// credentials: a Secret is rendered.
	credentials bool
}

// secrets are what a Config holds that nobody else may read: the credentials, and
// the text that they and anything else came in.
type secrets struct {
	Credentials []env.Setting
	CommonEnv   string
}

// pack takes the configs out of a fleet.
func pack(f *source.Fleet) []packed {
	out := make([]packed, len(f.Configs))
	for i := range f.Configs {
		c := &f.Configs[i]
		out[i] = packed{name: c.Name, credentials: len(c.Credentials) > 0}
		if s := (secrets{c.Credentials, c.Spec.CommonEnv}); len(s.Credentials) > 0 || s.CommonEnv != "" {
			out[i].secret = encode(s)
			c.Credentials, c.Spec.CommonEnv = nil, ""
		}
		out[i].text = encode(*c)
		*c = config.Config{}
	}
	f.Configs = nil
	return out
}

func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings, numbers and addresses always encode
	}
	return text
}

func (p packed) unpack() config.Config {
	var c config.Config
	if err := json.Unmarshal(p.text, &c); err != nil {
		panic(err) // what pack wrote
	}
	if p.secret != nil {
		var s secrets
		if err := json.Unmarshal(p.secret, &s); err != nil {
			panic(err)
		}
		c.Credentials, c.Spec.CommonEnv = s.Credentials, s.CommonEnv
	}
	return c
}

// input identifies what is rendered from: a Config is all that rendering sees,
// and the version of this program all that it is done by. Anybody may read it, so
// it covers no secret, and cannot tell whether one has changed: it is "" where one
// is rendered.
func (p packed) input(o Options) string {
	if o.Version == "" || p.credentials {
		return ""
	}
	h := sha256.New()
	h.Write([]byte(o.Version + "\n" + string(o.Layout) + "\n"))
	h.Write(p.text)
	return hex.EncodeToString(h.Sum(nil))
}
