package apitest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	n := s.count
	s.count++
	s.log = append(s.log, logLine(r))
	s.mu.Unlock()

	if s.Rival != nil {
		s.Rival(n, false, r)
	}
	fault := OK
	if s.Fault != nil {
		fault = s.Fault(n, r)
	}
	a, done := fault.instead(r)
	if !done {
		a = s.answer(n, r)
	}
	if s.Rival != nil {
		s.Rival(n, true, r)
	}
	fault.deliver(w, r, a)
}

func logLine(r *http.Request) string {
	parts := strings.Split(r.URL.Path, "/")
	line := r.Method + " /" + parts[1]
	if r.Header.Get("If-None-Match") != "" {
		line += " if-none-match"
	}
	return line
}

// reply is an answer in the making.
type reply struct {
	status int
	header http.Header
	body   []byte
	cut    bool // Content-Length is announced and nothing follows
}

func text(status int, format string, args ...any) reply {
	return reply{status: status, header: http.Header{"Content-Type": {"text/html; charset=UTF-8"}}, body: fmt.Appendf(nil, format, args...)}
}

func object200(v any) reply {
	return reply{status: http.StatusOK, header: http.Header{"Content-Type": {"application/json"}}, body: encode(v)}
}

func (s *Server) answer(n int, r *http.Request) reply {
	body, err := io.ReadAll(io.LimitReader(r.Body, Limit+1))
	if err != nil {
		return text(500, "Internal Server Error")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if refused, ok := s.authorize(r); !ok {
		return refused
	}
	if len(body) > Limit {
		return text(413, "<!DOCTYPE HTML><html><head><title>Error: 413 Request Entity Too Large</title></head></html>")
	}
	writes := r.Method == http.MethodPut || r.Method == http.MethodPost
	if writes && !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		return reply{status: 200}
	}
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case r.URL.Path == "/":
		return object200(map[string]any{"href": "http://" + r.Host, "links": []any{typeVRouterConfig, typeNetwork, "fqname-to-id", "prop-collection-update"}})
	case r.URL.Path == "/fqname-to-id" && r.Method == http.MethodPost:
		return s.find(body)
	case r.URL.Path == "/prop-collection-update" && r.Method == http.MethodPost:
		return s.update(body)
	case len(parts) == 1 && r.Method == http.MethodGet && (parts[0] == typeVRouterConfig+"s" || parts[0] == typeNetwork+"s"):
		return s.list(strings.TrimSuffix(parts[0], "s"))
	case len(parts) == 2 && (parts[0] == typeVRouterConfig || parts[0] == typeNetwork):
		return s.one(n, r, parts[0], parts[1], body)
	}
	return text(404, "Not found: %q", r.URL.Path)
}

func (s *Server) authorize(r *http.Request) (reply, bool) {
	if s.Tokens == nil || r.URL.Path == "/" {
		return reply{}, true
	}
	role, known := s.Tokens[r.Header.Get("X-Auth-Token")]
	switch {
	case !known:
		return reply{status: 401, header: http.Header{
			"Content-Type":     {"application/json"},
			"Www-Authenticate": {`Keystone uri="http://127.0.0.1:5000/v3"`}},
			body: []byte(`{"error": {"message": "The request you have made requires authentication.", "code": 401, "title": "Unauthorized"}}`)}, false
	case role == Admin:
		return reply{}, true
	case s.RBAC:
		return text(403, "Permission Denied for bob as ['reader', 'member'] to %s global-vrouter-config in admin", r.Method[:1]), false
	}
	return reply{status: 403, body: make([]byte, 21), cut: true}, false
}

func (s *Server) find(body []byte) reply {
	var q struct {
		Type   string   `json:"type"`
		FQName []string `json:"fq_name"`
	}
	if json.Unmarshal(body, &q) != nil {
		return text(500, "Internal Server Error")
	}
	for _, o := range s.objects {
		if o.kind == q.Type && slices.Equal(o.fqName, q.FQName) {
			return object200(map[string]any{"uuid": o.uuid})
		}
	}
	return text(404, "Name %v not found", q.FQName)
}

func (s *Server) list(kind string) reply {
	found := []any{}
	for _, o := range s.objects {
		if o.kind == kind {
			found = append(found, map[string]any{"uuid": o.uuid, "fq_name": o.fqName})
		}
	}
	return object200(map[string]any{kind + "s": found})
}

func (s *Server) one(n int, r *http.Request, kind, uuid string, body []byte) reply {
	i := slices.IndexFunc(s.objects, func(o *object) bool { return o.kind == kind && o.uuid == uuid })
	if i < 0 {
		return text(404, "Unknown id: %s", uuid)
	}
	switch r.Method {
	case http.MethodGet:
		return s.read(s.objects[i], r)
	case http.MethodPut:
		return s.replace(n, s.objects[i], body)
	}
	return text(405, "Method not allowed.")
}

func (s *Server) read(o *object, r *http.Request) reply {
	etag := `"` + o.lastModified() + `"`
	if r.Header.Get("If-None-Match") == etag {
		return reply{status: http.StatusNotModified, header: http.Header{"Etag": {etag}}}
	}
	doc := map[string]any{
		"uuid": o.uuid, "fq_name": o.fqName, "href": "http://" + r.Host + r.URL.Path,
		"id_perms": map[string]any{"last_modified": o.lastModified(), "enable": true},
		"perms2":   map[string]any{"owner": "cloud-admin", "owner_access": 7, "global_access": 0, "share": []any{}},
	}
	fields := r.URL.Query().Get("fields")
	for k, v := range o.properties {
		if fields == "" || slices.Contains(strings.Split(fields, ","), k) {
			doc[k] = v
		}
	}
	// The order of keys is not stable: every other answer has them backwards.
	a := object200(nil)
	a.body = encodeOrdered(map[string]any{o.kind: doc}, s.count%2 == 0)
	a.header.Set("Etag", etag)
	return a
}

func decode(raw []byte) any {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		panic(fmt.Sprintf("apitest: no JSON: %.100s", raw))
	}
	return v
}

func encode(v any) []byte { return encodeOrdered(v, false) }
