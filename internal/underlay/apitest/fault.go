package apitest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
)

// Fault is what goes wrong with one request.
type Fault int

// The faults. Of those that lose the answer there are two kinds, because the
// client cannot tell them apart: the request was carried out, or it was not.
const (
	OK          Fault = iota
	ResetBefore       // the connection is cut, nothing was done
	ResetAfter        // the connection is cut, everything was done
	HangBefore        // no answer until the client gives up, nothing was done
	HangAfter         // no answer until the client gives up, everything was done
	HalfAnswer        // everything was done, and half of the answer arrives
	Error500          // nothing was done
	Error503          // nothing was done
	Error409          // nothing was done
)

// Faults returns all of them.
func Faults() []Fault {
	return []Fault{ResetBefore, ResetAfter, HangBefore, HangAfter, HalfAnswer, Error500, Error503, Error409}
}

// instead gives the answer of a server that did nothing.
func (f Fault) instead(r *http.Request) (reply, bool) {
	switch f {
	case ResetBefore:
		panic(http.ErrAbortHandler)
	case HangBefore:
		hang(r)
	case Error500:
		return text(500, "Internal Server Error"), true
	case Error503:
		return text(503, "No connection to zookeeper."), true
	case Error409:
		return text(409, "Conflict"), true
	}
	return reply{}, false
}

// deliver sends the answer, or not.
func (f Fault) deliver(w http.ResponseWriter, r *http.Request, a reply) {
	switch f {
	case ResetAfter:
		panic(http.ErrAbortHandler)
	case HangAfter:
		hang(r)
	}
	for k, v := range a.header {
		w.Header()[k] = v
	}
	if a.status != http.StatusNotModified {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	if a.cut {
		a.body = nil
	}
	w.WriteHeader(a.status)
	if f == HalfAnswer && a.status != http.StatusNotModified {
		w.Write(a.body[:len(a.body)/2])
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	w.Write(a.body)
}

// hang waits until the client gives up; one without a network does so at once.
func hang(r *http.Request) {
	if r.Context().Value(noNetwork{}) == nil {
		// Only with its body read does the server notice that a client is gone.
		io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}
	panic(http.ErrAbortHandler)
}

type noNetwork struct{}

// Transport carries requests to a handler without a network, and loses answers
// as a network does. Tests that run thousands of conversations use it: nothing in it takes time.
func Transport(h http.Handler) http.RoundTripper { return transport{h} }

type transport struct{ handler http.Handler }

func (t transport) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	rec := httptest.NewRecorder()
	cut := false
	func() {
		defer func() {
			if p := recover(); p == http.ErrAbortHandler {
				cut = true
			} else if p != nil {
				panic(p)
			}
		}()
		if r.Body == nil {
			r.Body = http.NoBody
		}
		r.Host = r.URL.Host
		t.handler.ServeHTTP(rec, r.WithContext(context.WithValue(r.Context(), noNetwork{}, true)))
	}()
	if r.Context().Err() != nil {
		return nil, r.Context().Err()
	}
	if cut && rec.Body.Len() == 0 {
		return nil, errors.New("connection reset by peer")
	}
	resp = rec.Result()
	announced, _ := strconv.Atoi(resp.Header.Get("Content-Length"))
	if announced > rec.Body.Len() {
		resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(rec.Body.Bytes()), failing{}))
	}
	return resp, nil
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
