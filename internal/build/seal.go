package build

import (
	"errors"
	"net/http"
	"os"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
)

// maxCopied is what the copies of one JSON patch may add.
const maxCopied = 64 << 20

// Seal makes sure that kustomize starts no process and opens no connection in this process from now on, should it find a way that this package does
// not know. kustomize looks for git on PATH and gets files by the default HTTP transport, and neither can be given to it: so there is nothing
// on PATH, and the transport refuses. That takes what belongs to the whole process, which is why main alone may ask for it, once, for a command
// that needs neither afterwards. What the flag allows to be fetched is fetched by package fetch, which has its own of both.
func Seal() error {
	http.DefaultTransport = closed{}
	jsonpatch.AccumulatedCopySizeLimit = maxCopied
	return os.Setenv("PATH", "")
}

type closed struct{}

func (closed) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("build opens no connection")
}
