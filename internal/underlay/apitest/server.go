// Package apitest is a config API for tests. It answers as the real server was
// recorded to answer, input by input, and does so as an http.Handler value. A test
// can let another client write between any two steps, and lose any answer.
package apitest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// The names of the object that holds the link-local services.
var (
	vrouterConfig = []string{"default-global-system-config", "default-global-vrouter-config"}
)

// Types of objects that the server knows.
const (
	typeVRouterConfig = "global-vrouter-config"
	typeNetwork       = "virtual-network"
)

// Limit is the longest body that the server takes, in bytes.
const Limit = 1_024_000

// Server is a config API. Its exported fields are set before the first request.
type Server struct {
	// Rival is called before a request is carried out and once more before its
	// answer is sent; n counts the requests from 0. It may use every method.
	Rival func(n int, answered bool, r *http.Request)
	// Fault says what goes wrong with a request.
	Fault func(n int, r *http.Request) Fault
	// Stored is called when a PUT has replaced a property.
	Stored func(n int, uuid, property string, before, after json.RawMessage)
	// Tokens are the roles of the tokens that are accepted. Nil: no auth.
	Tokens map[string]Role
	// RBAC makes a refusal a text, in place of one that is cut off.
	RBAC bool

	mu      sync.Mutex
	objects []*object
	clock   int
	count   int
	log     []string
}

// Role is what the owner of a token may do.
type Role int

// The roles.
const (
	Admin Role = iota
	Member
)

type object struct {
	kind, uuid string
	fqName     []string
	modified   int
	properties map[string]any // as stored; numbers are json.Number
}

// New is a fresh install: the default object, and no linklocal_services in it.
func New() *Server {
	s := &Server{}
	s.create(typeVRouterConfig, vrouterConfig)
	return s
}

func (s *Server) create(kind string, fqName []string) *object {
	s.clock++
	o := &object{kind: kind, fqName: fqName, modified: s.clock, properties: map[string]any{},
		uuid: fmt.Sprintf("%08x-0000-4000-8000-%012x", s.clock*0x9e3779b1&0xffffffff, s.clock)}
	s.objects = append(s.objects, o)
	return o
}

// Create adds an object, as a POST of somebody else would, and gives its uuid.
func (s *Server) Create(kind string, fqName ...string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.create(kind, fqName).uuid
}

// Restart is the server that came back with an empty database: every object is
// gone, and the default one has a new uuid.
func (s *Server) Restart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects = nil
	s.create(typeVRouterConfig, vrouterConfig)
}

// Set stores a property unchecked, as a rival with any client may have done
// long ago; "null" removes it. The object is the default one unless fqName says
// otherwise.
func (s *Server) Set(property, value string, fqName ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.named(fqName)
	s.touch(o)
	v := decode([]byte(value))
	if v == nil {
		delete(o.properties, property)
		return
	}
	o.properties[property] = v
}

// Get gives a property as it is stored, keys sorted; "" when it is absent.
func (s *Server) Get(property string, fqName ...string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.named(fqName).properties[property]
	if !ok {
		return ""
	}
	return string(encode(v))
}

// Log lists the requests so far: method and path, uuids and queries left out.
func (s *Server) Log() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

func (s *Server) named(fqName []string) *object {
	if len(fqName) == 0 {
		fqName = vrouterConfig
	}
	for _, o := range s.objects {
		if slices.Equal(o.fqName, fqName) {
			return o
		}
	}
	panic("apitest: no object " + strings.Join(fqName, ":"))
}

func (s *Server) touch(o *object) {
	s.clock++
	o.modified = s.clock
}

func (o *object) lastModified() string {
	return fmt.Sprintf("2026-01-01T%02d:%02d:%02d.%06d", o.modified/3600%24, o.modified/60%60, o.modified%60, o.modified)
}
