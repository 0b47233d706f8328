package build

import (
	"errors"
	"io"
	"log"
	"net/http"
	"os"
	"strings"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"

	"github.com/nested-config/nested-config/internal/printable"
)

// maxCopied is what the copies of one JSON patch may add.
const maxCopied = 64 << 20

// Seal makes sure that kustomize starts no process and opens no connection in this process from now on, should it find a way that this package does
// not know. kustomize looks for git on PATH and gets files by the default HTTP transport, and neither can be given to it: so there is nothing
// on PATH, and the transport refuses. That takes what belongs to the whole process, which is why main alone may ask for it, once, for a command
// that needs neither afterwards. What the flag allows to be fetched is fetched by package fetch, which has its own of both.
//
// What kustomize logs holds names out of the repository as they are. It goes to stderr, a message a line. What kustomize writes past
// the log are sentences of its own.
func Seal(stderr io.Writer) error {
	log.SetOutput(logged{stderr})
	log.SetFlags(0) // the hour says nothing, and no two runs would print the same
	http.DefaultTransport = closed{}
	jsonpatch.AccumulatedCopySizeLimit = maxCopied
	return os.Setenv("PATH", "")
}

type closed struct{}

func (closed) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("build opens no connection")
}

// logged passes on each message of the log as one printable line.
type logged struct{ w io.Writer }

func (l logged) Write(message []byte) (int, error) {
	_, err := io.WriteString(l.w, printable.Text(strings.TrimSpace(string(message)))+"\n")
	return len(message), err
}
