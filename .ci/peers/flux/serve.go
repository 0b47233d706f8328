//go:build ignore

// Command serve serves a directory on an address: serve 127.0.0.1:8080 DIR.
package main

import (
	"log"
	"net/http"
	"os"
	"time"
)

func main() {
	server := &http.Server{Addr: os.Args[1], Handler: http.FileServer(http.Dir(os.Args[2])), ReadHeaderTimeout: time.Minute}
	log.Fatal(server.ListenAndServe())
}
