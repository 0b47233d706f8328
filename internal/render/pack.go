package render

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/internal/source"
)

// packed is a config while it waits: half as large as a Config, and without a
// pointer for the collector to follow. With ten thousand of them waiting, that
// is most of what the collector would do.
type packed struct {
	name string
	text []byte
}

// pack takes the configs out of a fleet.
func pack(f *source.Fleet) []packed {
	out := make([]packed, len(f.Configs))
	for i := range f.Configs {
		text, err := json.Marshal(f.Configs[i])
		if err != nil {
			panic(err) // strings, numbers and addresses always encode
		}
		out[i] = packed{f.Configs[i].Name, text}
		f.Configs[i] = config.Config{}
	}
	f.Configs = nil
	return out
}

func (p packed) unpack() config.Config {
	var c config.Config
	if err := json.Unmarshal(p.text, &c); err != nil {
		panic(err) // what pack wrote
	}
	return c
}

// input identifies what is rendered from: a Config is all that rendering sees,
// and the version of this program all that it is done by.
func (p packed) input(o Options) string {
	h := sha256.New()
	h.Write([]byte(o.Version + "\n" + string(o.Layout) + "\n"))
	h.Write(p.text)
	return hex.EncodeToString(h.Sum(nil))
}
