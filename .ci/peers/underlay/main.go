// Command underlay is the underlay of examples/underlay for .ci/peers/underlay/hook: a Keystone and a config API at the addresses that the example
// names, which this network namespace must have. The first config API of the example is not there. On 127.0.0.1:8080, GET gives the link-local
// services that are stored, and PUT replaces them, as somebody else's GUI does.
package main

import (
	"encoding/json"
	"io"
	"log"
	"net/http"
	"time"

	"github.com/nested-config/nested-config/internal/underlay/apitest"
)

func main() {
	api := apitest.New()
	api.Tokens = map[string]apitest.Role{}
	for address, handler := range map[string]http.Handler{
		"192.168.1.101:8082": api,
		"192.168.1.200:5000": &apitest.Keystone{Server: api},
		"127.0.0.1:8080":     table(api),
	} {
		server := &http.Server{Addr: address, Handler: handler, ReadHeaderTimeout: time.Minute}
		go func() { log.Fatal(server.ListenAndServe()) }()
	}
	select {}
}

func table(api *apitest.Server) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			body, err := io.ReadAll(r.Body)
			if err != nil || !json.Valid(body) {
				http.Error(w, "no JSON", http.StatusBadRequest)
				return
			}
			api.Set("linklocal_services", string(body))
			return
		}
		io.WriteString(w, api.Get("linklocal_services"))
	}
}
